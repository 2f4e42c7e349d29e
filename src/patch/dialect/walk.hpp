#pragma once

#include "rules.hpp"

namespace rolecall::patch::dialect {

using Visitor = std::function<Result<void>(const Place&, json::Value&)>;

/// Calls `visit` for each value that the schema knows; what it does not know is somebody else's to refuse.
[[nodiscard]] Result<void> for_each_value(json::Object& resource, const schema::ResourceType& type,
                                          const Visitor& visit);
[[nodiscard]] Result<void> for_each_value(Operations& operations, const schema::ResourceType& type,
                                          const Visitor& visit);

/// The elements of a list, or the one value that stands for a list.
template <typename Value, typename Function>
void for_each_element(const Place& place, Value& value, Function&& function) {
  if (!place.is_list() || !value.is_array()) {
    function(value);
    return;
  }
  for (auto& element : *value.as_array()) function(element);
}

}  // namespace rolecall::patch::dialect
