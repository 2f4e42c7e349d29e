#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rolecall/access/data_scope.hpp"
#include "rolecall/base/ids.hpp"
#include "rolecall/base/result.hpp"

namespace rolecall::access {

/// One entry of the permission catalogue (`schemas/permissions.json`): data, not code.
struct Permission {
  std::string name;     ///< "requests.reply"
  std::string feature;  ///< also the type of the resources that the permission is about
  std::string description;
};

enum class RoleOrigin { shipped, custom, from_group };

/// How many of the roles granted to a user count: all of them, or the one of the highest priority.
enum class RoleMode { multi, single };
/// "multi", "single".
[[nodiscard]] const char* name_of(RoleMode mode);

/// A named set of permissions.
struct Role {
  RoleId id;
  std::string name;
  std::string description;
  RoleOrigin origin = RoleOrigin::custom;
  bool is_protected = false;  ///< Owner: never listed to, nor grantable by, a connection; never without a holder
  /// The priority: lists show the lowest number first, and in single mode the lowest number wins. It says nothing of
  /// what a role may do; Owner alone has 0.
  int rank = 0;
  std::vector<std::string> permissions;  ///< sorted, unique; `requests.view`, or `requests.view@own`
};

/// The shipped roles and the catalogue, read from the texts of `schemas/permissions.json` and `schemas/roles.json`, and
/// of an operator's file in the format of the first; checked: every permission a role names exists, exactly one default
/// role, it is unprotected and has the fewest permissions.
struct Catalogue {
  struct ShippedRole {
    Role role;  ///< without id
    bool is_default = false;
  };
  std::vector<Permission> permissions;
  std::vector<DataScope> scopes;
  std::vector<ShippedRole> roles;

  /// A permission as a role may hold it, with or without a scope.
  [[nodiscard]] bool knows(std::string_view permission) const;
  [[nodiscard]] const DataScope* find_scope(std::string_view name) const;
};
[[nodiscard]] Result<Catalogue> load_catalogue(std::string_view permissions_json, std::string_view roles_json,
                                               std::string_view own_json = {});

/// `role` gives nothing that `ceiling` does not give. A permission for all data covers the same one within a scope.
[[nodiscard]] bool is_under(const Role& role, const Role& ceiling);

}  // namespace rolecall::access
