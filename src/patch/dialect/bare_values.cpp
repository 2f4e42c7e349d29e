#include "walk.hpp"

// A text where RFC 7643 has an object with `value`. Entra ID writes the manager so, small clients their addresses:
//   {"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"u9"}
//   {"userName":"ana","emails":["ana@acme.example"]}
// The text can only be `value`. The empty text takes the value away, as Entra means it for a manager.

namespace rolecall::patch::dialect {
namespace {

bool has_value(const schema::Attribute& attribute) {
  return attribute.type == schema::Type::complex && attribute.find_sub_attribute("value") != nullptr;
}

}  // namespace

bool bare_values(const Place& place, json::Value& value) {
  if (!place.is_whole() || !has_value(*place.path.attribute)) return false;
  bool changed = false;
  for_each_element(place, value, [&](json::Value& element) {
    const std::string* text = element.as_string();
    if (text == nullptr) return;
    element = text->empty() ? json::Value() : json::Value(json::Object{{"value", json::Value(*text)}});
    changed = true;
  });
  return changed;
}

bool bare_members(const Place& place, json::Value& value) {
  if (!place.is_whole() || !has_value(*place.path.attribute)) return false;
  bool changed = false;
  for_each_element(place, value, [&](json::Value& element) {
    const std::string* text = element.as_string();
    if (text == nullptr || text->empty()) return;
    element = json::Value(json::Object{{"value", json::Value(*text)}});
    changed = true;
  });
  return changed;
}

Result<void> check_bare_values(const Place& place, const json::Value& value) {
  if (!place.is_whole() || !has_value(*place.path.attribute)) return {};
  bool is_bare = false;
  for_each_element(place, value, [&](const json::Value& element) { is_bare = is_bare || element.is_string(); });
  if (!is_bare) return {};
  const std::string shown = place.path.to_string();
  return fail(ErrorCode::invalid_value,
              "The attribute \"" + shown + "\" is complex: write an object such as {\"value\": …}, not a string.",
              shown);
}

}  // namespace rolecall::patch::dialect
