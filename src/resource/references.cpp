#include "references.hpp"

#include <algorithm>

namespace rolecall::resource {
namespace {

bool names(const schema::Attribute& attribute, std::string_view type) {
  const auto& types = attribute.reference_types;
  return std::find(types.begin(), types.end(), type) != types.end();
}

Result<void> check(const schema::Registry& registry, const schema::Attribute& attribute, const json::Value& value,
                   const std::string& shown) {
  const std::string* uri = value.as_string();
  const auto& types = attribute.reference_types;
  if (uri == nullptr || types.empty() || names(attribute, "external") || names(attribute, "uri")) return {};
  const schema::ResourceType* type = registry.find_type_by_endpoint(endpoint_of(*uri));
  if (type == nullptr || names(attribute, type->name)) return {};
  std::string allowed;
  for (const std::string& name : types) allowed += (allowed.empty() ? "" : " or ") + name;
  return fail(ErrorCode::invalid_value,
              "The attribute \"" + shown + "\" refers to a " + type->name + "; it may refer to " + allowed + " only.",
              shown);
}

Result<void> check_subs(const schema::Registry& registry, const schema::Attribute& attribute, const json::Value& value,
                        const std::string& shown) {
  const json::Object* object = value.as_object();
  if (object == nullptr) return {};
  for (const schema::Attribute& sub : attribute.sub_attributes) {
    if (sub.type != schema::Type::reference) continue;
    if (const json::Value* given = object->find(sub.name)) {
      ROLECALL_TRY(check(registry, sub, *given, shown + "." + sub.name));
    }
  }
  return {};
}

bool has_references(const schema::Attribute& attribute) {
  const auto& subs = attribute.sub_attributes;
  return attribute.type == schema::Type::reference ||
         std::any_of(subs.begin(), subs.end(), [](const auto& sub) { return sub.type == schema::Type::reference; });
}

}  // namespace

std::string endpoint_of(std::string_view uri) {
  uri = uri.substr(0, uri.find_first_of("?#"));
  const auto last = uri.rfind('/');
  if (last == std::string_view::npos) return {};
  uri = uri.substr(0, last);
  const auto before = uri.rfind('/');
  return "/" + std::string(before == std::string_view::npos ? uri : uri.substr(before + 1));
}

Result<void> check_references(const schema::Registry& registry, const std::vector<schema::Attribute>& attributes,
                              const json::Object& values, const std::string& prefix) {
  for (const schema::Attribute& attribute : attributes) {
    const json::Value* value = has_references(attribute) ? values.find(attribute.name) : nullptr;
    if (value == nullptr) continue;
    const std::string shown = prefix + attribute.name;
    const bool is_simple = attribute.type != schema::Type::complex;
    const json::Array* elements = value->as_array();
    const std::size_t count = elements != nullptr ? elements->size() : 1;
    for (std::size_t i = 0; i < count; ++i) {
      const json::Value& element = elements != nullptr ? (*elements)[i] : *value;
      ROLECALL_TRY(is_simple ? check(registry, attribute, element, shown)
                             : check_subs(registry, attribute, element, shown));
    }
  }
  return {};
}

}  // namespace rolecall::resource
