#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/schema/attribute.hpp"

namespace rolecall::schema {

struct Schema {
  std::string id;  ///< the URN
  std::string name;
  std::string description;
  std::vector<Attribute> attributes;
  json::Value document;  ///< as served by /Schemas, without meta.location

  [[nodiscard]] const Attribute* find_attribute(std::string_view attribute_name) const;
};

struct SchemaExtension {
  const Schema* schema = nullptr;
  bool required = false;
};

/// Where an attribute path leads inside a resource type. `extension` is null for core and common attributes;
/// `sub_attribute` is null when the path stops at `attribute`.
struct AttributePath {
  const Schema* extension = nullptr;
  const Attribute* attribute = nullptr;
  const Attribute* sub_attribute = nullptr;

  /// The deepest attribute named.
  [[nodiscard]] const Attribute& leaf() const { return sub_attribute != nullptr ? *sub_attribute : *attribute; }
  /// `name.givenName`, `urn:…:User:manager.value`: the schema's spelling, stable, used as key of index rows.
  [[nodiscard]] std::string to_string() const;
  bool operator==(const AttributePath&) const = default;
};

/// A resource type (RFC 7643 §6) with its schemas resolved.
class ResourceType {
 public:
  std::string name;      ///< "User"
  std::string endpoint;  ///< "/Users"
  std::string description;
  const Schema* schema = nullptr;
  std::vector<SchemaExtension> extensions;
  /// Where its resources come from: rows that clients write, or something of the server that they can only read.
  enum class Source { stored, roles, permissions };
  Source source = Source::stored;
  /// Of a type that is not stored: schemas its resources follow as well, with the same attributes in the same place. A
  /// client that knows one of them reads the resource by that one.
  std::vector<const Schema*> aliases;
  std::vector<std::string> indexed;          ///< attribute paths that get index rows in the store, e.g. "emails.value"
  std::vector<AttributePath> indexed_paths;  ///< the same, resolved
  json::Value document;                      ///< as served by /ResourceTypes

  /// Resolves `name`, `name.sub`, `urn:…:name.sub` by the rules of RFC 7644 §3.10 and §3.4.2.2: case ignored, longest
  /// schema URN first, an unqualified name is looked up in the common attributes, the core schema and then the
  /// extensions, where it must be unique. Null when the path is not defined. The bare URN of an extension is not an
  /// attribute path.
  [[nodiscard]] Result<AttributePath> resolve(std::string_view path) const;
  [[nodiscard]] bool is_read_only() const { return source != Source::stored; }
  /// The extension whose URN `text` is, ignoring case; null when none.
  [[nodiscard]] const Schema* find_extension(std::string_view urn) const;
};

/// All schemas and resource types the server speaks. Built once, immutable, shared by all threads.
class Registry {
 public:
  /// Reads schema and resource type documents (the texts of `schemas/*.json`, then those of an operator) and checks
  /// them against the rules of RFC 7643 §7; the error names file, attribute and rule. A resource type that is there
  /// already takes on the extensions of a later document of the same name.
  struct Source {
    std::string file;
    std::string text;
  };
  [[nodiscard]] static Result<std::shared_ptr<const Registry>> load(const std::vector<Source>& schemas,
                                                                    const std::vector<Source>& resource_types);

  [[nodiscard]] const ResourceType* find_type(std::string_view name) const;                  ///< "User", case-sensitive
  [[nodiscard]] const ResourceType* find_type_by_endpoint(std::string_view endpoint) const;  ///< "/Users"
  [[nodiscard]] const Schema* find_schema(std::string_view urn) const;                       ///< ignores case
  [[nodiscard]] const std::vector<std::unique_ptr<Schema>>& schemas() const { return schemas_; }
  [[nodiscard]] const std::vector<std::unique_ptr<ResourceType>>& types() const { return types_; }

 private:
  std::vector<std::unique_ptr<Schema>> schemas_;
  std::vector<std::unique_ptr<ResourceType>> types_;
};

/// `schemas`, `id`, `externalId`, `meta`: part of every resource, of no schema (RFC 7643 §3.1).
[[nodiscard]] const std::vector<Attribute>& common_attributes();

}  // namespace rolecall::schema
