#include "rolecall/resource/document.hpp"

namespace rolecall::resource {
namespace {

std::string_view text_of(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  const std::string* text = value != nullptr ? value->as_string() : nullptr;
  return text != nullptr ? std::string_view(*text) : std::string_view();
}

}  // namespace

std::string_view user_name(const json::Object& resource) { return text_of(resource, "userName"); }
std::string_view display_name(const json::Object& resource) { return text_of(resource, "displayName"); }
std::string_view external_id(const json::Object& resource) { return text_of(resource, "externalId"); }

bool is_active(const json::Object& resource) {
  const json::Value* value = resource.find("active");
  const bool* flag = value != nullptr ? value->as_bool() : nullptr;
  return flag == nullptr || *flag;
}

std::string_view default_role(const json::Object& resource) {
  const json::Value* extension = resource.find(kRolecallUserExtension);
  if (extension == nullptr || !extension->is_object()) return {};
  return text_of(*extension->as_object(), "defaultRole");
}

}  // namespace rolecall::resource
