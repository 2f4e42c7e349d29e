#include "rolecall/schema/registry.hpp"

#include <algorithm>

#include "attribute_reader.hpp"
#include "defaults.hpp"
#include "document_reader.hpp"
#include "formats.hpp"
#include "resource_type_reader.hpp"
#include "rolecall/base/text.hpp"

namespace rolecall::schema {
namespace {

Result<std::unique_ptr<Schema>> read_schema(const Registry::Source& source) {
  ROLECALL_TRY_ASSIGN(auto document, parse_file(source));
  auto schema = std::make_unique<Schema>();
  ROLECALL_TRY_ASSIGN(schema->id, text_of(document, "id", source.file));
  if (!starts_with_ignoring_ascii_case(schema->id, "urn:")) return broken(source.file, "\"id\" must be a URN");
  ROLECALL_TRY_ASSIGN(schema->name, text_of(document, "name", source.file));
  schema->description = optional_text_of(document, "description");
  json::Value* attributes = document.find("attributes");
  if (attributes == nullptr) return broken(source.file, "\"attributes\" is missing");
  ROLECALL_TRY_ASSIGN(schema->attributes, read_attributes(*attributes, source.file));
  assign_formats(*schema);
  state_defaults(*attributes->as_array());
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
  for (const Schema* alias : aliases) consider(alias);
  const std::string_view names = qualifier != nullptr ? path.substr(qualifier->id.size() + 1) : path;
  if (std::find(aliases.begin(), aliases.end(), qualifier) != aliases.end()) qualifier = schema;
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
    ROLECALL_TRY_ASSIGN(auto type, read_resource_type(*registry, source));
    const auto same = std::find_if(registry->types_.begin(), registry->types_.end(),
                                   [&](const auto& other) { return other->name == type->name; });
    if (same != registry->types_.end()) {
      ROLECALL_TRY(extend_resource_type(**same, *type, source.file));
      continue;
    }
    if (registry->find_type_by_endpoint(type->endpoint) != nullptr) {
      return broken(source.file, "the endpoint " + type->endpoint + " belongs to another resource type");
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
