#include <algorithm>

#include "call.hpp"
#include "listing.hpp"
#include "rolecall/administration/roles.hpp"

namespace rolecall::api::admin {
namespace {

/// Which roles hold it: for all data, and within a data scope.
json::Object shown(const access::Permission& permission, const std::vector<access::Role>& roles) {
  json::Array whole;
  json::Array scoped;
  for (const access::Role& role : roles) {
    for (const std::string& text : role.permissions) {
      const auto held = access::split_permission(text);
      if (held.name != permission.name) continue;
      if (held.scope.empty()) {
        whole.emplace_back(role.name);
      } else {
        scoped.emplace_back(json::Object{{"role", role.name}, {"scope", held.scope}});
      }
    }
  }
  return json::Object{{"name", permission.name},
                      {"feature", permission.feature},
                      {"description", permission.description},
                      {"roles", std::move(whole)},
                      {"scoped", std::move(scoped)}};
}

Result<Answer> list(Call& call) {
  const access::Catalogue& catalogue = call.environment.catalogue;
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call, {"feature"}));
  ROLECALL_TRY_ASSIGN(const auto feature, call.parameter("feature"));
  std::vector<access::Permission> wanted;
  std::copy_if(catalogue.permissions.begin(), catalogue.permissions.end(), std::back_inserter(wanted),
               [&](const access::Permission& permission) { return feature.empty() || permission.feature == feature; });
  if (wanted.empty()) {
    return fail(ErrorCode::invalid_value, "There is no feature “" + feature + "” in the catalogue.", "feature");
  }
  const std::string next = listing.cut(wanted, [](const access::Permission& permission) { return permission.name; });
  ROLECALL_TRY_ASSIGN(const auto roles, administration::list_roles(call.environment, call.workspace));
  json::Array items;
  for (const access::Permission& permission : wanted) items.emplace_back(shown(permission, roles));
  json::Array scopes;
  for (const access::DataScope& scope : catalogue.scopes) {
    scopes.emplace_back(json::Object{{"name", scope.name}, {"description", scope.description}});
  }
  Answer answer = listing.answer(std::move(items), next);
  answer.body.as_object()->append("scopes", std::move(scopes));
  return answer;
}

}  // namespace

std::vector<Route> permission_routes() { return {{"GET", "/permissions", list}}; }

}  // namespace rolecall::api::admin
