#pragma once

#include <optional>

#include "rolecall/base/text.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/schema/registry.hpp"
#include "rolecall/store/position.hpp"

namespace rolecall::store {

/// Where a resource stands by the value of `sort_by`: for a multi-valued attribute that of the primary element, or else
/// the first (RFC 7644 §3.4.2.3). `resource` is its representation.
[[nodiscard]] Position position_of(const ResourceId& id, const json::Object& resource,
                                   const std::optional<schema::AttributePath>& sort_by, const TextFolder& folder);

}  // namespace rolecall::store
