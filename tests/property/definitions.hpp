#pragma once

#include <string>
#include <utility>
#include <vector>

#include "rolecall/json/value.hpp"

namespace rolecall::property {

/// The attributes of a resource type, as /Schemas shows them.
struct Definitions {
  json::Array core;
  std::vector<std::pair<std::string, json::Array>> extensions;  ///< by URN
};

[[nodiscard]] std::string text_in(const json::Value& definition, const char* name, const char* otherwise = "");
[[nodiscard]] bool flag_in(const json::Value& definition, const char* name);
/// The definition of that name, in any case; null when there is none.
[[nodiscard]] const json::Value* definition_in(const json::Array& definitions, const std::string& name);
[[nodiscard]] const json::Array& subs_of(const json::Value& definition);

}  // namespace rolecall::property
