#include <algorithm>
#include <array>
#include <vector>

#include "rolecall/audit/request_log.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::audit {
namespace {

constexpr std::string_view kRemoved = "[removed]";

/// Also in compound names and paths: `newPassword`, `urn:…:User:password`.
bool names_secret(std::string_view name) {
  constexpr std::array<std::string_view, 8> kWords{"password",   "passwd", "secret",     "token",
                                                   "credential", "apikey", "privatekey", "authorization"};
  const std::string lower = ascii_lower(name);
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

/// {"op": "replace", "path": "password", "value": "…"}: the name is a value here.
bool is_operation_on_secret(const json::Object& object) {
  const json::Value* path = object.find_ignoring_case("path");
  return path != nullptr && path->is_string() && names_secret(*path->as_string());
}

void clean(json::Object& object, std::vector<json::Value*>& to_do) {
  const bool hides_value = is_operation_on_secret(object);
  std::vector<std::string> gone;
  for (auto& [name, value] : object) {
    const bool is_hidden_value = hides_value && equals_ignoring_ascii_case(name, "value");
    if (names_secret(name) || looks_secret(name) || is_hidden_value) {
      gone.push_back(name);
    } else {
      to_do.push_back(&value);
    }
  }
  for (const std::string& name : gone) *object.find(name) = json::Value(kRemoved);
}

}  // namespace

bool looks_secret(std::string_view text) {
  return text.find("rolecall_") != std::string_view::npos || starts_with_ignoring_ascii_case(text, "bearer ") ||
         text.find("-----BEGIN") != std::string_view::npos;
}

std::optional<std::string> redact(std::string_view body) {
  auto parsed = json::parse(body);
  // Only members have names by which a secret is known; a bare text may be a token that was pasted.
  if (!parsed || !parsed->is_object()) return std::nullopt;
  std::vector<json::Value*> to_do{&*parsed};
  while (!to_do.empty()) {
    json::Value& value = *to_do.back();
    to_do.pop_back();
    if (json::Object* object = value.as_object()) {
      clean(*object, to_do);
    } else if (json::Array* items = value.as_array()) {
      for (json::Value& item : *items) to_do.push_back(&item);
    } else if (value.is_string() && looks_secret(*value.as_string())) {
      value = json::Value(kRemoved);
    }
  }
  return json::write(*parsed);
}

}  // namespace rolecall::audit
