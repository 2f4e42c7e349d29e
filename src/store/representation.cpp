#include "rolecall/store/representation.hpp"

#include <string>

#include "rolecall/base/random.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/resource/document.hpp"

namespace rolecall::store {
namespace {

std::string location(std::string_view base, std::string_view endpoint, const ResourceId& id) {
  std::string text(base);
  text += endpoint;
  text += '/';
  text += id.value();
  return text;
}

json::Object element_of(const ResourceId& id, const std::string& display, std::string reference, std::string type) {
  json::Object element{{"value", json::Value(id.value())}};
  if (!display.empty()) element.append("display", json::Value(display));
  element.append("$ref", json::Value(std::move(reference)));
  element.append("type", json::Value(std::move(type)));
  return element;
}

void add_manager_reference(json::Object& resource, std::string_view base) {
  json::Value* extension = resource.find(resource::kEnterpriseUserExtension);
  json::Object* values = extension != nullptr ? extension->as_object() : nullptr;
  json::Value* manager = values != nullptr ? values->find("manager") : nullptr;
  json::Object* parts = manager != nullptr ? manager->as_object() : nullptr;
  const json::Value* value = parts != nullptr ? parts->find("value") : nullptr;
  const std::string* id = value != nullptr ? value->as_string() : nullptr;
  if (id == nullptr || parts->find("$ref") != nullptr || !is_generated_id(*id)) return;
  parts->append("$ref", json::Value(location(base, "/Users", ResourceId(*id))));
}

void add_roles(json::Object& resource, const std::vector<HeldRoleRecord>& roles) {
  if (roles.empty()) return;
  json::Array elements;
  for (const auto& held : roles) {
    elements.emplace_back(json::Object{{"value", json::Value(held.role.value())},
                                       {"display", json::Value(held.name)},
                                       {"cause", json::Value(access::name_of(held.cause))}});
  }
  if (resource.find(resource::kRolecallUserExtension) == nullptr) {
    resource.append(std::string(resource::kRolecallUserExtension), json::Value(json::Object{}));
    json::Value* schemas = resource.find("schemas");
    if (schemas != nullptr && schemas->is_array()) {
      schemas->as_array()->emplace_back(std::string(resource::kRolecallUserExtension));
    }
  }
  json::Object* extension = resource.find(resource::kRolecallUserExtension)->as_object();
  if (extension != nullptr) extension->append(std::string(resource::kEffectiveRoles), json::Value(std::move(elements)));
}

}  // namespace

Result<json::Object> representation_of(const ResourceRecord& record, const schema::ResourceType& type,
                                       std::string_view base, const Surroundings& around) {
  json::Limits limits;
  limits.bytes = record.document.size() + 1;
  limits.string_bytes = limits.bytes;
  limits.nodes = limits.bytes;
  auto parsed = json::parse(record.document, limits);
  if (!parsed || !parsed->is_object()) {
    return internal_error("the stored document of " + record.type + "/" + record.id.value() + " is not readable");
  }
  json::Object resource = std::move(*parsed->as_object());
  if (record.type == "User") {
    add_manager_reference(resource, base);
    add_roles(resource, around.roles);
  }
  resource.append("id", json::Value(record.id.value()));
  if (!around.groups.empty()) {
    json::Array elements;
    for (const auto& group : around.groups) {
      elements.emplace_back(element_of(group.group, group.display, location(base, "/Groups", group.group),
                                       group.is_direct ? "direct" : "indirect"));
    }
    resource.append("groups", json::Value(std::move(elements)));
  }
  if (!around.members.empty()) {
    json::Array elements;
    for (const auto& member : around.members) {
      const auto* endpoint = member.type == "Group" ? "/Groups" : "/Users";
      elements.emplace_back(
          element_of(member.member, member.display, location(base, endpoint, member.member), member.type));
    }
    resource.append("members", json::Value(std::move(elements)));
  }
  json::Object meta{{"resourceType", json::Value(type.name)}};
  if (!type.is_read_only()) {
    meta.append("created", json::Value(to_timestamp(record.created)));
    meta.append("lastModified", json::Value(to_timestamp(record.last_modified)));
  }
  meta.append("location", json::Value(location(base, type.endpoint, record.id)));
  meta.append("version", json::Value("W/\"" + std::to_string(record.version.number) + "\""));
  resource.append("meta", json::Value(std::move(meta)));
  return resource;
}

}  // namespace rolecall::store
