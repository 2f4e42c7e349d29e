#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/schema/registry.hpp"

namespace rolecall::resource {

/// "/Users" of "https://scim.example.com/scim/v2/Users/<id>" and of "../Users/<id>"; empty when there is no such part.
[[nodiscard]] std::string endpoint_of(std::string_view uri);

/// Fails with `invalid_value` where a canonical value is the address of a resource whose type the attribute's
/// `referenceTypes` do not name (RFC 7643 §7). An address of somewhere else passes: what it is cannot be told.
[[nodiscard]] Result<void> check_references(const schema::Registry& registry,
                                            const std::vector<schema::Attribute>& attributes,
                                            const json::Object& values, const std::string& prefix);

}  // namespace rolecall::resource
