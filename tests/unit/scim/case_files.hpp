#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"
#include "rolecall/schema/registry.hpp"

namespace rolecall::test {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Every case of `tests/cases/<kind>/*.json`: arrays of {name, rfc, given, when, then}.
inline std::vector<json::Object> cases_of(const std::string& kind) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(ROLECALL_SOURCE_DIR) / "tests/cases" / kind)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<json::Object> cases;
  for (const auto& file : files) {
    auto parsed = json::parse(read_file(file));
    EXPECT_TRUE(parsed.has_value()) << file << ": " << (parsed ? "" : parsed.error().detail);
    if (!parsed) continue;
    for (const json::Value& item : *parsed->as_array()) cases.push_back(*item.as_object());
  }
  return cases;
}

inline std::string text_of(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_string() ? *value->as_string() : std::string();
}

inline const json::Object& object_of(const json::Object& object, std::string_view name) {
  return *object.find(name)->as_object();
}

/// The registry of the shipped schemas.
inline std::shared_ptr<const schema::Registry> shipped_registry() {
  const std::filesystem::path root(ROLECALL_SOURCE_DIR);
  const auto read_folder = [](const std::filesystem::path& folder) {
    std::vector<schema::Registry::Source> sources;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      sources.push_back({entry.path().filename().string(), read_file(entry.path())});
    }
    return sources;
  };
  auto registry =
      schema::Registry::load(read_folder(root / "schemas/scim"), read_folder(root / "schemas/resource_types"));
  EXPECT_TRUE(registry.has_value()) << (registry ? "" : registry.error().detail);
  return *registry;
}

/// The `scimType` an error answers with.
inline std::string scim_type_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_syntax:
      return "invalidSyntax";
    case ErrorCode::invalid_filter:
      return "invalidFilter";
    case ErrorCode::invalid_path:
      return "invalidPath";
    case ErrorCode::invalid_value:
      return "invalidValue";
    case ErrorCode::no_target:
      return "noTarget";
    case ErrorCode::mutability:
      return "mutability";
    default:
      return name_of(code);
  }
}

/// `then` is {status, scimType} and maybe the attribute at fault.
template <typename T>
void expect_error(const Result<T>& result, const json::Object& then) {
  EXPECT_FALSE(result.has_value());
  if (result) return;
  EXPECT_EQ(scim_type_of(result.error().code), text_of(then, "scimType")) << result.error().detail;
  EXPECT_FALSE(result.error().detail.empty());
  if (then.find("attribute") != nullptr) {
    EXPECT_EQ(result.error().attribute, text_of(then, "attribute"));
  }
}

/// `then` is {resource: members that must be there, with exactly these values; absent: names that must not}.
inline void expect_resource(const json::Object& actual, const json::Object& then) {
  for (const auto& [name, value] : object_of(then, "resource")) {
    const json::Value* found = actual.find(name);
    EXPECT_NE(found, nullptr) << name;
    if (found != nullptr) {
      EXPECT_TRUE(*found == value) << name << ": " << json::write(*found);
    }
  }
  const json::Value* absent = then.find("absent");
  if (absent == nullptr) return;
  for (const json::Value& name : *absent->as_array()) {
    EXPECT_EQ(actual.find(*name.as_string()), nullptr) << *name.as_string();
  }
}

}  // namespace rolecall::test
