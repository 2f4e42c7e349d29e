#include "permissions.hpp"

#include <algorithm>
#include <set>

#include "rolecall/base/text.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::api {
namespace {

constexpr std::string_view kOfWorkspaces = "workspaces:";
constexpr std::string_view kOfOneself = "self:";

std::string key_of(std::string_view method, std::string_view path) {
  return ascii_lower(method) + ' ' + std::string(path);
}

}  // namespace

Permissions::Permissions(std::string_view openapi) {
  std::set<std::string> scopes{std::string(kDecisions)};
  const auto parsed = json::parse(openapi);
  const json::Value* paths = parsed && parsed->is_object() ? parsed->as_object()->find("paths") : nullptr;
  if (paths != nullptr && paths->is_object()) {
    for (const auto& [path, operations] : *paths->as_object()) {
      if (!operations.is_object()) continue;
      for (const auto& [method, operation] : *operations.as_object()) {
        const json::Value* needed = operation.is_object() ? operation.as_object()->find("x-permission") : nullptr;
        if (needed == nullptr || !needed->is_string()) continue;
        by_route_.emplace(key_of(method, path), *needed->as_string());
        const bool is_given = needed->as_string()->starts_with(kOfWorkspaces) || is_for_everybody(*needed->as_string());
        if (!is_given) scopes.insert(*needed->as_string());
      }
    }
  }
  scopes_.assign(scopes.begin(), scopes.end());
}

bool Permissions::is_for_everybody(std::string_view permission) { return permission.starts_with(kOfOneself); }

std::vector<std::string> Permissions::routes_of(std::string_view scope) const {
  std::vector<std::string> routes;
  for (const auto& [key, needed] : by_route_) {
    if (needed != scope) continue;
    std::string route = key;
    for (char& letter : route) {
      if (letter == ' ') break;
      letter = static_cast<char>(letter - 'a' + 'A');
    }
    routes.push_back(std::move(route));
  }
  if (scope == kDecisions) routes.emplace_back("POST /access/v1/…");
  return routes;
}

std::string_view Permissions::needed(std::string_view method, std::string_view path) const {
  const auto found = by_route_.find(key_of(method, path));
  return found == by_route_.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace rolecall::api
