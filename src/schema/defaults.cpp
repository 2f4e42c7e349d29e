#include "defaults.hpp"

#include <string_view>

namespace rolecall::schema {
namespace {

void state(json::Object& definition, std::string_view keyword, json::Value value) {
  if (definition.find(keyword) == nullptr) definition.append(std::string(keyword), std::move(value));
}

void state_defaults_of(json::Object& definition) {
  state(definition, "type", "string");
  const std::string type = *definition.find("type")->as_string();
  state(definition, "multiValued", false);
  state(definition, "required", false);
  // Errata 6000, 6001, 6004: references and binaries are case exact; what has no letters has no case, and a boolean or
  // complex attribute is no key.
  if (type == "string") state(definition, "caseExact", false);
  if (type == "reference" || type == "binary") state(definition, "caseExact", true);
  state(definition, "mutability", "readWrite");
  state(definition, "returned", "default");
  if (type != "complex" && type != "boolean") state(definition, "uniqueness", "none");
}

}  // namespace

void state_defaults(json::Array& definitions) {
  for (json::Value& definition : definitions) {
    state_defaults_of(*definition.as_object());
    json::Value* subs = definition.as_object()->find("subAttributes");
    if (subs == nullptr) continue;
    for (json::Value& sub : *subs->as_array()) state_defaults_of(*sub.as_object());
  }
}

}  // namespace rolecall::schema
