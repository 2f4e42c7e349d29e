#include "rolecall/base/text.hpp"
#include "walk.hpp"

// Entra ID without its flag, OneLogin and others write booleans as text:
//   {"op":"Replace","path":"active","value":"False"}
//   {"userName":"ana","active":"True","roles":[{"value":"Agent","primary":"True"}]}
// Text that says true or false becomes that, where the schema has a boolean and nowhere else.

namespace rolecall::patch::dialect {
namespace {

std::optional<bool> said_by(const json::Value& value) {
  const std::string* text = value.as_string();
  if (text == nullptr) return std::nullopt;
  if (equals_ignoring_ascii_case(*text, "true")) return true;
  if (equals_ignoring_ascii_case(*text, "false")) return false;
  return std::nullopt;
}

/// Calls `function` for each value of a boolean.
template <typename Value, typename Function>
void for_each_boolean(const Place& place, Value& value, Function&& function) {
  if (place.path.leaf().type == schema::Type::boolean) {
    for_each_element(place, value, [&](Value& element) { function(place.path, element); });
    return;
  }
  if (!place.is_whole() || place.path.attribute->type != schema::Type::complex) return;
  for_each_element(place, value, [&](Value& element) {
    if (!element.is_object()) return;
    for (auto& [name, inner] : *element.as_object()) {
      schema::AttributePath path = place.path;
      path.sub_attribute = path.attribute->find_sub_attribute(name);
      if (path.sub_attribute != nullptr && path.sub_attribute->type == schema::Type::boolean) function(path, inner);
    }
  });
}

}  // namespace

bool text_booleans(const Place& place, json::Value& value) {
  bool changed = false;
  for_each_boolean(place, value, [&](const schema::AttributePath&, json::Value& given) {
    const auto said = said_by(given);
    if (!said) return;
    given = json::Value(*said);
    changed = true;
  });
  return changed;
}

Result<void> check_text_booleans(const Place& place, const json::Value& value) {
  std::string wrong;
  for_each_boolean(place, value, [&](const schema::AttributePath& path, const json::Value& given) {
    if (wrong.empty() && said_by(given)) wrong = path.to_string();
  });
  if (wrong.empty()) return {};
  return fail(ErrorCode::invalid_value,
              "The attribute \"" + wrong + "\" must be true or false, written without quotation marks.", wrong);
}

}  // namespace rolecall::patch::dialect
