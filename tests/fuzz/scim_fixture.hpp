#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "rolecall/json/parse.hpp"
#include "rolecall/schema/registry.hpp"

namespace rolecall::fuzz {

/// The shipped schemas and resource types, told apart by what is in them so that files may move.
inline const schema::Registry& shipped_registry() {
  static const std::shared_ptr<const schema::Registry> registry = [] {
    std::vector<schema::Registry::Source> schemas;
    std::vector<schema::Registry::Source> types;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(ROLECALL_SOURCE_DIR "/schemas")) {
      if (entry.path().extension() != ".json") continue;
      std::ifstream file(entry.path());
      std::string text((std::istreambuf_iterator<char>(file)), {});
      const auto value = json::parse(text);
      const json::Object* document = value ? value->as_object() : nullptr;
      if (document == nullptr) continue;
      const json::Value* id = document->find("id");
      if (document->find("endpoint") != nullptr) {
        types.push_back({entry.path().filename(), std::move(text)});
      } else if (id != nullptr && id->is_string() && id->as_string()->starts_with("urn:")) {
        schemas.push_back({entry.path().filename(), std::move(text)});
      }
    }
    auto loaded = schema::Registry::load(schemas, types);
    if (!loaded) {
      std::fprintf(stderr, "the shipped schemas do not load: %s\n", loaded.error().detail.c_str());
      std::exit(1);
    }
    return *loaded;
  }();
  return *registry;
}

inline const schema::ResourceType& user_type() { return *shipped_registry().find_type("User"); }
inline const schema::ResourceType& group_type() { return *shipped_registry().find_type("Group"); }

/// A user with a value for what filters and paths commonly name.
inline const json::Object& sample_user() {
  static const json::Value user = *json::parse(R"({
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "id": "2819c223-7f76-453a-919d-413861904646", "externalId": "00u1", "userName": "bo@example.org",
    "name": {"givenName": "Bo", "familyName": "Ek"}, "displayName": "Bo Ek", "title": "Engineer", "active": true,
    "emails": [{"value": "bo@example.org", "type": "work", "primary": true}, {"value": "bo@home.example", "type": "home"}],
    "roles": [{"value": "viewer", "primary": true}],
    "meta": {"resourceType": "User", "created": "2024-01-01T00:00:00Z", "lastModified": "2024-02-01T00:00:00Z"},
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
      "employeeNumber": "701", "department": "Tours", "manager": {"value": "26118915"}}})");
  return *user.as_object();
}

}  // namespace rolecall::fuzz
