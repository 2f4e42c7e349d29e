#include "rolecall/base/text.hpp"
#include "walk.hpp"

// Entra ID wraps a single value as if it were a member of a group, the manager above all:
//   {"op":"Add","path":"urn:…:enterprise:2.0:User:manager","value":[{"$ref":null,"value":"u9"}]}
//   {"op":"Add","path":"displayName","value":[{"$ref":null,"value":"Ana"}]}
// A list of one becomes its element, and an element with nothing but `value` that text.

namespace rolecall::patch::dialect {
namespace {

/// The `value` of an object that says nothing else.
const json::Value* only_value(const json::Value& wrapped) {
  const json::Object* object = wrapped.as_object();
  if (object == nullptr) return nullptr;
  for (const auto& [name, value] : *object) {
    if (!equals_ignoring_ascii_case(name, "value") && !value.is_null()) return nullptr;
  }
  return object->find_ignoring_case("value");
}

}  // namespace

bool wrapped_values(const Place& place, json::Value& value) {
  if (place.is_list()) return false;
  bool changed = false;
  if (const json::Array* items = value.as_array();
      items != nullptr && items->size() == 1 && !items->front().is_array()) {
    json::Value element = items->front();
    value = std::move(element);
    changed = true;
  }
  const bool is_simple = place.path.leaf().type != schema::Type::complex;
  if (const json::Value* inner = is_simple ? only_value(value) : nullptr;
      inner != nullptr && !inner->is_object() && !inner->is_array()) {
    json::Value text = *inner;
    value = std::move(text);
    changed = true;
  }
  return changed;
}

}  // namespace rolecall::patch::dialect
