#include "rolecall/schema/registry.hpp"

#include "attribute_reader.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::schema {
namespace {

tl::unexpected<Error> broken(const std::string& file, const std::string& rule) {
  return fail(ErrorCode::invalid_value, file + ": " + rule);
}

Result<json::Object> parse_file(const Registry::Source& source) {
  auto parsed = json::parse(source.text);
  if (!parsed) return broken(source.file, parsed.error().detail);
  if (!parsed->is_object()) return broken(source.file, "must be a JSON object");
  return std::move(*parsed->as_object());
}

Result<std::string> text_of(const json::Object& object, std::string_view name, const std::string& file) {
  const json::Value* value = object.find(name);
  if (value == nullptr || !value->is_string() || value->as_string()->empty()) {
    return broken(file, "\"" + std::string(name) + "\" must be a non-empty string");
  }
  return *value->as_string();
}

Result<std::unique_ptr<Schema>> read_schema(const Registry::Source& source) {
  ROLECALL_TRY_ASSIGN(auto document, parse_file(source));
  auto schema = std::make_unique<Schema>();
  ROLECALL_TRY_ASSIGN(schema->id, text_of(document, "id", source.file));
  if (!starts_with_ignoring_ascii_case(schema->id, "urn:")) return broken(source.file, "\"id\" must be a URN");
  ROLECALL_TRY_ASSIGN(schema->name, text_of(document, "name", source.file));
  if (const json::Value* text = document.find("description"); text != nullptr && text->is_string()) {
    schema->description = *text->as_string();
  }
  const json::Value* attributes = document.find("attributes");
  if (attributes == nullptr) return broken(source.file, "\"attributes\" is missing");
  ROLECALL_TRY_ASSIGN(schema->attributes, read_attributes(*attributes, source.file));
  document.erase("meta");
  schema->document = json::Value(std::move(document));
  return schema;
}

/// A path with no separator left: the attribute and, after the first dot, its sub-attribute.
struct NamePair {
  std::string_view attribute;
  std::string_view sub_attribute;
  bool has_sub = false;
};

NamePair split_names(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return {text, {}, false};
  return {text.substr(0, dot), text.substr(dot + 1), true};
}

const Attribute* find_in(const std::vector<Attribute>& attributes, std::string_view name) {
  for (const Attribute& attribute : attributes) {
    if (equals_ignoring_ascii_case(attribute.name, name)) return &attribute;
  }
  return nullptr;
}

}  // namespace

const Attribute* Schema::find_attribute(std::string_view attribute_name) const {
  return find_in(attributes, attribute_name);
}

std::string AttributePath::to_string() const {
  std::string text = extension != nullptr ? extension->id + ":" : std::string();
  text += attribute->name;
  if (sub_attribute != nullptr) text += "." + sub_attribute->name;
  return text;
}

const Schema* ResourceType::find_extension(std::string_view urn) const {
  for (const SchemaExtension& extension : extensions) {
    if (equals_ignoring_ascii_case(extension.schema->id, urn)) return extension.schema;
  }
  return nullptr;
}

Result<AttributePath> ResourceType::resolve(std::string_view path) const {
  const auto undefined = [&](const std::string& why) {
    return fail(ErrorCode::invalid_path, "The attribute \"" + std::string(path) + "\" " + why + ".", std::string(path));
  };
  // RFC 7644 §3.10: the URN is the longest schema URN the text starts with, never a guess by dots or colons ("2.0" has
  // one).
  const Schema* qualifier = nullptr;
  const auto consider = [&](const Schema* candidate) {
    if (path.size() > candidate->id.size() && path[candidate->id.size()] == ':' &&
        starts_with_ignoring_ascii_case(path, candidate->id) &&
        (qualifier == nullptr || candidate->id.size() > qualifier->id.size())) {
      qualifier = candidate;
    }
  };
  consider(schema);
  for (const SchemaExtension& extension : extensions) consider(extension.schema);
  const std::string_view names = qualifier != nullptr ? path.substr(qualifier->id.size() + 1) : path;
  if (qualifier == nullptr && names.find(':') != std::string_view::npos) {
    return undefined("does not start with a schema URN of " + name);
  }
  const NamePair pair = split_names(names);

  AttributePath resolved;
  if (qualifier != nullptr) {
    resolved.attribute = qualifier->find_attribute(pair.attribute);
    if (resolved.attribute == nullptr && qualifier == schema) {
      resolved.attribute = find_in(common_attributes(), pair.attribute);
    }
    if (qualifier != schema) resolved.extension = qualifier;
  } else {
    resolved.attribute = find_in(common_attributes(), pair.attribute);
    if (resolved.attribute == nullptr) resolved.attribute = schema->find_attribute(pair.attribute);
    if (resolved.attribute == nullptr) {
      for (const SchemaExtension& extension : extensions) {
        const Attribute* found = extension.schema->find_attribute(pair.attribute);
        if (found == nullptr) continue;
        if (resolved.attribute != nullptr) {
          return undefined("is defined by more than one extension; write it with its schema URN");
        }
        resolved.attribute = found;
        resolved.extension = extension.schema;
      }
    }
  }
  if (resolved.attribute == nullptr) return undefined("is not defined for " + name);
  if (pair.has_sub) {
    if (pair.sub_attribute.find('.') != std::string_view::npos) {
      return undefined("is too deep: only one level of sub-attributes exists");
    }
    if (resolved.attribute->type != Type::complex) {
      return undefined("is not defined: " + resolved.attribute->name + " has no sub-attributes");
    }
    resolved.sub_attribute = resolved.attribute->find_sub_attribute(pair.sub_attribute);
    if (resolved.sub_attribute == nullptr) {
      return undefined("is not defined: " + resolved.attribute->name + " has no such sub-attribute");
    }
  }
  return resolved;
}

Result<std::shared_ptr<const Registry>> Registry::load(const std::vector<Source>& schemas,
                                                       const std::vector<Source>& resource_types) {
  auto registry = std::make_shared<Registry>();
  for (const Source& source : schemas) {
    ROLECALL_TRY_ASSIGN(auto schema, read_schema(source));
    if (registry->find_schema(schema->id) != nullptr)
      return broken(source.file, "schema " + schema->id + " is defined twice");
    registry->schemas_.push_back(std::move(schema));
  }
  for (const Source& source : resource_types) {
    ROLECALL_TRY_ASSIGN(auto document, parse_file(source));
    auto type = std::make_unique<ResourceType>();
    ROLECALL_TRY_ASSIGN(type->name, text_of(document, "name", source.file));
    ROLECALL_TRY_ASSIGN(type->endpoint, text_of(document, "endpoint", source.file));
    if (!type->endpoint.starts_with('/')) return broken(source.file, "\"endpoint\" must start with '/'");
    ROLECALL_TRY_ASSIGN(auto urn, text_of(document, "schema", source.file));
    type->schema = registry->find_schema(urn);
    if (type->schema == nullptr) return broken(source.file, "\"schema\" names " + urn + ", which is not loaded");
    if (const json::Value* text = document.find("description"); text != nullptr && text->is_string()) {
      type->description = *text->as_string();
    }
    const json::Value* extensions = document.find("schemaExtensions");
    if (extensions != nullptr) {
      if (!extensions->is_array()) return broken(source.file, "\"schemaExtensions\" must be an array");
      for (const json::Value& item : *extensions->as_array()) {
        if (!item.is_object()) return broken(source.file, "a schema extension must be an object");
        ROLECALL_TRY_ASSIGN(auto extension_urn, text_of(*item.as_object(), "schema", source.file));
        const Schema* extension = registry->find_schema(extension_urn);
        if (extension == nullptr) return broken(source.file, "extension " + extension_urn + " is not loaded");
        const json::Value* required = item.as_object()->find("required");
        type->extensions.push_back({extension, required != nullptr && required->is_bool() && *required->as_bool()});
      }
    }
    if (const json::Value* indexed = document.find("indexed")) {
      if (!indexed->is_array()) return broken(source.file, "\"indexed\" must be an array of attribute paths");
      for (const json::Value& path : *indexed->as_array()) {
        if (!path.is_string()) return broken(source.file, "\"indexed\" must be an array of attribute paths");
        auto resolved = type->resolve(*path.as_string());
        if (!resolved) return broken(source.file, "\"indexed\": " + resolved.error().detail);
        if (resolved->leaf().type == Type::complex) {
          return broken(source.file, "\"indexed\": " + *path.as_string() + " is complex; name a sub-attribute");
        }
        type->indexed.push_back(resolved->to_string());
        type->indexed_paths.push_back(*resolved);
      }
      // Ours, not part of RFC 7643 §6: clients do not see it.
      document.erase("indexed");
    }
    document.erase("meta");
    type->document = json::Value(std::move(document));
    if (registry->find_type(type->name) != nullptr || registry->find_type_by_endpoint(type->endpoint) != nullptr) {
      return broken(source.file, "resource type " + type->name + " or its endpoint is defined twice");
    }
    registry->types_.push_back(std::move(type));
  }
  return std::shared_ptr<const Registry>(std::move(registry));
}

const ResourceType* Registry::find_type(std::string_view type_name) const {
  for (const auto& type : types_) {
    if (type->name == type_name) return type.get();
  }
  return nullptr;
}

const ResourceType* Registry::find_type_by_endpoint(std::string_view endpoint) const {
  for (const auto& type : types_) {
    if (type->endpoint == endpoint) return type.get();
  }
  return nullptr;
}

const Schema* Registry::find_schema(std::string_view urn) const {
  for (const auto& schema : schemas_) {
    if (equals_ignoring_ascii_case(schema->id, urn)) return schema.get();
  }
  return nullptr;
}

}  // namespace rolecall::schema
