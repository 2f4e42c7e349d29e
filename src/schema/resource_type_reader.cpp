#include "resource_type_reader.hpp"

#include <algorithm>
#include <array>

#include "document_reader.hpp"
#include "rolecall/base/text.hpp"

namespace rolecall::schema {
namespace {

/// Addresses of the protocol itself (RFC 7644 §3.2, table 2).
constexpr std::array<std::string_view, 6> kReserved{"/Bulk",          "/Me",      "/.search",
                                                    "/ResourceTypes", "/Schemas", "/ServiceProviderConfig"};

Result<std::string> read_endpoint(const json::Object& document, const std::string& file) {
  ROLECALL_TRY_ASSIGN(auto endpoint, text_of(document, "endpoint", file));
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  const bool is_one_segment =
      endpoint.size() > 1 && endpoint.front() == '/' && endpoint.find_first_not_of(kAllowed, 1) == std::string::npos;
  if (!is_one_segment) return broken(file, "\"endpoint\" must be '/' and one word, as in \"/Devices\"");
  for (const std::string_view reserved : kReserved) {
    if (equals_ignoring_ascii_case(endpoint, reserved)) {
      return broken(file, "\"endpoint\" " + endpoint + " is an address of the protocol");
    }
  }
  return endpoint;
}

Result<void> read_extensions(ResourceType& type, const Registry& registry, const json::Object& document,
                             const std::string& file) {
  const json::Value* extensions = document.find("schemaExtensions");
  if (extensions == nullptr) return {};
  if (!extensions->is_array()) return broken(file, "\"schemaExtensions\" must be an array");
  for (const json::Value& item : *extensions->as_array()) {
    if (!item.is_object()) return broken(file, "a schema extension must be an object");
    ROLECALL_TRY_ASSIGN(auto urn, text_of(*item.as_object(), "schema", file));
    const Schema* extension = registry.find_schema(urn);
    if (extension == nullptr) return broken(file, "extension " + urn + " is not loaded");
    if (extension == type.schema || type.find_extension(urn) != nullptr) {
      return broken(file, "schema " + urn + " is named twice");
    }
    const json::Value* required = item.as_object()->find("required");
    type.extensions.push_back({extension, required != nullptr && required->is_bool() && *required->as_bool()});
  }
  return {};
}

/// What is served from the server's own tables is written by no client, so that its schemas need not be kept apart: all
/// attributes stand at the top, where readers of either schema look for them.
Result<void> read_source(ResourceType& type, const json::Object& document, const std::string& file) {
  const std::string source = optional_text_of(document, "servedFrom");
  if (source.empty()) return {};
  if (source == "roles") {
    type.source = ResourceType::Source::roles;
  } else if (source == "permissions") {
    type.source = ResourceType::Source::permissions;
  } else {
    return broken(file, R"("servedFrom" must be "roles" or "permissions")");
  }
  for (const SchemaExtension& extension : type.extensions) {
    for (const Attribute& attribute : extension.schema->attributes) {
      if (type.schema->find_attribute(attribute.name) != nullptr) continue;
      return broken(
          file, "schema " + type.schema->id + " lacks the attribute " + attribute.name + " of " + extension.schema->id);
    }
    type.aliases.push_back(extension.schema);
  }
  type.extensions.clear();
  return {};
}

void index(ResourceType& type, const AttributePath& path) {
  std::string name = path.to_string();
  if (std::find(type.indexed.begin(), type.indexed.end(), name) != type.indexed.end()) return;
  type.indexed.push_back(std::move(name));
  type.indexed_paths.push_back(path);
}

Result<void> read_indexed(ResourceType& type, const json::Object& document, const std::string& file) {
  const json::Value* indexed = document.find("indexed");
  if (indexed == nullptr) return {};
  if (!indexed->is_array()) return broken(file, "\"indexed\" must be an array of attribute paths");
  for (const json::Value& path : *indexed->as_array()) {
    if (!path.is_string()) return broken(file, "\"indexed\" must be an array of attribute paths");
    const auto resolved = type.resolve(*path.as_string());
    if (!resolved) return broken(file, "\"indexed\": " + resolved.error().detail);
    if (resolved->leaf().type == Type::complex) {
      return broken(file, "\"indexed\": " + *path.as_string() + " is complex; name a sub-attribute");
    }
    index(type, *resolved);
  }
  return {};
}

/// Uniqueness is kept by the store, which sees index rows only.
void index_unique(ResourceType& type, const Schema& schema, const Schema* extension) {
  for (const Attribute& attribute : schema.attributes) {
    if (attribute.uniqueness != Uniqueness::none && attribute.type != Type::complex) {
      index(type, {extension, &attribute, nullptr});
    }
    for (const Attribute& sub : attribute.sub_attributes) {
      if (sub.uniqueness != Uniqueness::none && sub.type != Type::complex) index(type, {extension, &attribute, &sub});
    }
  }
}

}  // namespace

Result<std::unique_ptr<ResourceType>> read_resource_type(const Registry& registry, const Registry::Source& source) {
  ROLECALL_TRY_ASSIGN(auto document, parse_file(source));
  auto type = std::make_unique<ResourceType>();
  ROLECALL_TRY_ASSIGN(type->name, text_of(document, "name", source.file));
  ROLECALL_TRY_ASSIGN(type->endpoint, read_endpoint(document, source.file));
  ROLECALL_TRY_ASSIGN(const auto urn, text_of(document, "schema", source.file));
  type->schema = registry.find_schema(urn);
  if (type->schema == nullptr) return broken(source.file, "\"schema\" names " + urn + ", which is not loaded");
  type->description = optional_text_of(document, "description");
  ROLECALL_TRY(read_extensions(*type, registry, document, source.file));
  ROLECALL_TRY(read_source(*type, document, source.file));
  ROLECALL_TRY(read_indexed(*type, document, source.file));
  index_unique(*type, *type->schema, nullptr);
  for (const SchemaExtension& extension : type->extensions) {
    index_unique(*type, *extension.schema, extension.schema);
  }
  // Ours, not part of RFC 7643 §6: clients do not see it.
  document.erase("indexed");
  document.erase("servedFrom");
  document.erase("meta");
  type->document = json::Value(std::move(document));
  return type;
}

Result<void> extend_resource_type(ResourceType& type, const ResourceType& added, const std::string& file) {
  if (type.endpoint != added.endpoint || type.schema != added.schema) {
    return broken(file, "resource type " + type.name + " is there already, with another endpoint or schema");
  }
  json::Object& document = *type.document.as_object();
  json::Array shown;
  if (const json::Value* before = document.find("schemaExtensions"); before != nullptr && before->is_array()) {
    shown = *before->as_array();
  }
  for (const SchemaExtension& extension : added.extensions) {
    if (type.find_extension(extension.schema->id) != nullptr) continue;
    type.extensions.push_back(extension);
    shown.emplace_back(
        json::Object{{"schema", json::Value(extension.schema->id)}, {"required", json::Value(extension.required)}});
  }
  document.set("schemaExtensions", json::Value(std::move(shown)));
  for (const AttributePath& path : added.indexed_paths) index(type, path);
  return {};
}

}  // namespace rolecall::schema
