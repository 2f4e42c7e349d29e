#pragma once

#include <string>

#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/schema/attribute.hpp"

namespace rolecall::schema {

/// Reads the `attributes` array of a schema document and checks it against RFC 7643 §7. `where` starts every error
/// text.
[[nodiscard]] Result<std::vector<Attribute>> read_attributes(const json::Value& list, const std::string& where);

}  // namespace rolecall::schema
