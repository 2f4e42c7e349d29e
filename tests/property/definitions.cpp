#include "definitions.hpp"

#include <algorithm>

#include "rolecall/base/text.hpp"

namespace rolecall::property {

std::string text_in(const json::Value& definition, const char* name, const char* otherwise) {
  const json::Value* found = definition.as_object()->find(name);
  return found != nullptr && found->is_string() ? *found->as_string() : otherwise;
}

bool flag_in(const json::Value& definition, const char* name) {
  const json::Value* found = definition.as_object()->find(name);
  return found != nullptr && *found == json::Value(true);
}

const json::Value* definition_in(const json::Array& definitions, const std::string& name) {
  const auto found = std::find_if(definitions.begin(), definitions.end(), [&](const json::Value& each) {
    return equals_ignoring_ascii_case(text_in(each, "name"), name);
  });
  return found != definitions.end() ? &*found : nullptr;
}

const json::Array& subs_of(const json::Value& definition) {
  static const json::Array kNone;
  const json::Value* subs = definition.as_object()->find("subAttributes");
  return subs != nullptr ? *subs->as_array() : kNone;
}

}  // namespace rolecall::property
