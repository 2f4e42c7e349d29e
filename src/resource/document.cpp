#include "rolecall/resource/document.hpp"

#include "rolecall/base/random.hpp"

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

std::optional<ManagerPlace> find_manager(std::string_view document) {
  // Quotes inside a string are escaped, so that none of these can be found in the middle of a value.
  constexpr std::string_view kExtension = R"("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{)";
  constexpr std::string_view kManager = R"("manager":{"value":")";
  constexpr std::string_view kNextExtension = R"(},"urn:)";
  constexpr std::string_view kReference = R"(,"$ref")";
  constexpr std::size_t kIdBytes = 36;
  const auto extension = document.find(kExtension);
  if (extension == std::string_view::npos) return std::nullopt;
  const auto manager = document.find(kManager, extension);
  if (manager == std::string_view::npos || document.find(kNextExtension, extension) < manager) return std::nullopt;
  const std::string_view rest = document.substr(manager + kManager.size());
  const std::string_view id = rest.substr(0, kIdBytes);
  const std::string_view behind = rest.substr(id.size());
  if (!is_generated_id(id) || !behind.starts_with('"') || behind.substr(1).starts_with(kReference)) return std::nullopt;
  return ManagerPlace{manager + kManager.size() + kIdBytes + 1, id};
}

}  // namespace rolecall::resource
