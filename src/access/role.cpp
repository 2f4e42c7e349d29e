#include "rolecall/access/role.hpp"

#include <algorithm>

namespace rolecall::access {

const char* name_of(RoleMode mode) { return mode == RoleMode::single ? "single" : "multi"; }

HeldPermission split_permission(std::string_view held) {
  const auto sign = held.find(kScopeSign);
  if (sign == std::string_view::npos) return {held, {}};
  return {held.substr(0, sign), held.substr(sign + 1)};
}

bool Catalogue::knows(std::string_view permission) const {
  const HeldPermission held = split_permission(permission);
  const bool has_scope = held.name.size() != permission.size();
  if (has_scope && find_scope(held.scope) == nullptr) return false;
  return std::any_of(permissions.begin(), permissions.end(),
                     [&](const Permission& known) { return known.name == held.name; });
}

const DataScope* Catalogue::find_scope(std::string_view name) const {
  const auto found =
      std::find_if(scopes.begin(), scopes.end(), [&](const DataScope& scope) { return scope.name == name; });
  return found == scopes.end() ? nullptr : &*found;
}

bool is_under(const Role& role, const Role& ceiling) {
  const auto has = [&](std::string_view permission) {
    return std::binary_search(ceiling.permissions.begin(), ceiling.permissions.end(), permission, std::less<>());
  };
  return std::all_of(role.permissions.begin(), role.permissions.end(), [&](const std::string& permission) {
    return has(permission) || has(split_permission(permission).name);
  });
}

}  // namespace rolecall::access
