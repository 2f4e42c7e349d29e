#include "rolecall/base/text.hpp"
#include "rules.hpp"

// Resources whose `schemas` is missing or names what does not exist here. Entra ID adds a URN of its own to groups,
// OneLogin knows the names of the drafts only:
//   {"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group",
//     "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],"displayName":"Desk"}
//   {"schemas":["urn:scim:schemas:core:2.0","urn:scim:schemas:extension:enterprise:2.0"],"userName":"ana"}
// RFC 7643 §3 wants the schema of the resource and only schemas that it has. They follow from the resource anyway.

namespace rolecall::patch::dialect {
namespace {

bool is_known(const json::Value& urn, const schema::ResourceType& type) {
  return urn.is_string() && (equals_ignoring_ascii_case(*urn.as_string(), type.schema->id) ||
                             type.find_extension(*urn.as_string()) != nullptr);
}

bool is_list_of_texts(const json::Value& value) {
  const json::Array* items = value.as_array();
  if (items == nullptr) return false;
  for (const json::Value& item : *items) {
    if (!item.is_string()) return false;
  }
  return true;
}

}  // namespace

bool loose_schemas(json::Object& resource, const schema::ResourceType& type) {
  json::Value* schemas = resource.find_ignoring_case("schemas");
  if (schemas == nullptr) {
    resource.append("schemas", json::Value(json::Array{json::Value(type.schema->id)}));
    return true;
  }
  if (!schemas->is_null() && !is_list_of_texts(*schemas)) return false;  // wrong in a way that nobody is known to send
  if (check_schemas(resource, type)) return false;
  json::Array known{json::Value(type.schema->id)};
  if (const json::Array* items = schemas->as_array()) {
    for (const json::Value& urn : *items) {
      if (is_known(urn, type) && !equals_ignoring_ascii_case(*urn.as_string(), type.schema->id)) known.push_back(urn);
    }
  }
  *schemas = json::Value(std::move(known));
  return true;
}

Result<void> check_schemas(const json::Object& resource, const schema::ResourceType& type) {
  const auto refuse = [](const std::string& why) {
    return fail(ErrorCode::invalid_value, "The attribute \"schemas\" " + why + ".", "schemas");
  };
  const json::Value* schemas = resource.find_ignoring_case("schemas");
  if (schemas == nullptr || schemas->is_null()) return refuse("is missing; it must name " + type.schema->id);
  const json::Array* items = schemas->as_array();
  if (items == nullptr) return refuse("must be an array of schema URNs");
  bool has_core = false;
  for (const json::Value& urn : *items) {
    if (!is_known(urn, type)) {
      return refuse("names " + (urn.is_string() ? "\"" + urn.as_string()->substr(0, 200) + "\"" : "something") +
                    ", which is no schema of " + type.name);
    }
    has_core = has_core || equals_ignoring_ascii_case(*urn.as_string(), type.schema->id);
  }
  return has_core ? Result<void>() : refuse("must name " + type.schema->id);
}

}  // namespace rolecall::patch::dialect
