#pragma once

#include "rolecall/base/text.hpp"
#include "rolecall/filter/tree.hpp"
#include "rolecall/json/value.hpp"

namespace rolecall::filter {

/// True when the full representation of a resource (id, meta, groups and members included as far as the filter names
/// them) satisfies the filter. This is the oracle that SQL is compared with. Pure.
[[nodiscard]] bool matches(const Filter& filter, const json::Object& resource, const TextFolder& folder);

/// The same for one element of a multi-valued attribute and a filter made by `parse_value_filter`. A simple element is
/// taken as `{"value": element}`.
[[nodiscard]] bool matches_element(const Filter& filter, const json::Value& element, const TextFolder& folder);

}  // namespace rolecall::filter
