#include "rolecall/json/parse.hpp"
#include "walk.hpp"

// Entra ID's mapping AppRoleAssignmentsComplex sends JSON as text inside `value`:
//   {"op":"Add","path":"roles","value":[{"value":"{\"id\":\"827f…\",\"value\":\"25\",\"displayName\":\"Agent\"}"}]}
// The text is the element: {"value":"25","display":"Agent"}. Of roles and entitlements only, and only where Entra is
// the client: anywhere else a text that looks like JSON is a text.

namespace rolecall::patch::dialect {
namespace {

std::optional<json::Object> read_element(const json::Value& text) {
  if (!text.is_string() || !text.as_string()->starts_with('{')) return std::nullopt;
  auto parsed = json::parse(*text.as_string());
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const json::Value* value = parsed->as_object()->find("value");
  if (value == nullptr || !value->is_string() || value->as_string()->starts_with('{')) return std::nullopt;
  return std::move(*parsed->as_object());
}

bool unfold(json::Value& element) {
  const json::Object* object = element.as_object();
  const json::Value* outer = object != nullptr ? object->find_ignoring_case("value") : &element;
  const auto inner = outer != nullptr ? read_element(*outer) : std::nullopt;
  if (!inner) return false;
  json::Object unfolded;
  if (object != nullptr) {
    for (const auto& [name, value] : *object) {
      if (&value != outer) unfolded.append(name, value);
    }
  }
  unfolded.append("value", *inner->find("value"));
  const json::Value* display = inner->find("displayName");
  if (display != nullptr && unfolded.find_ignoring_case("display") == nullptr) unfolded.append("display", *display);
  element = json::Value(std::move(unfolded));
  return true;
}

}  // namespace

bool text_elements(const Place& place, json::Value& value) {
  const std::string& name = place.path.attribute->name;
  if (place.path.extension != nullptr || (name != "roles" && name != "entitlements")) return false;
  if (!place.is_whole()) {
    const auto inner = place.path.sub_attribute->name == "value" ? read_element(value) : std::nullopt;
    if (inner) value = *inner->find("value");
    return inner.has_value();
  }
  bool changed = false;
  for_each_element(place, value, [&](json::Value& element) { changed = unfold(element) || changed; });
  return changed;
}

}  // namespace rolecall::patch::dialect
