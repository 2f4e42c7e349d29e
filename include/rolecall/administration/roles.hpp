#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

struct NewRole {
  std::string name;
  std::string description;
  std::vector<std::string> permissions;       ///< any order
  std::optional<std::int64_t> priority = {};  ///< 1 to 1,000,000; none: 100
};

/// What is absent stays as it is. A role's name never changes: IdP admins link by it.
struct RoleChange {
  std::optional<std::string> description;
  std::optional<std::vector<std::string>> permissions;
  std::optional<std::int64_t> priority = {};  ///< in single mode everybody's roles follow
};

struct RoleHolder {
  ResourceId user;
  std::string user_name;
};
struct RoleHolders {
  std::int64_t total = 0;
  std::vector<RoleHolder> holders;  ///< `limit` of them at most
  ResourceId next;                  ///< pass as `after` for the next page; empty at the end
};

/// "shipped", "custom", "from_group".
[[nodiscard]] const char* name_of(access::RoleOrigin origin);

/// By rank, then name.
[[nodiscard]] Result<std::vector<access::Role>> list_roles(const Environment& environment,
                                                           const WorkspaceId& workspace);
/// By name or id, as everywhere below.
[[nodiscard]] Result<access::Role> get_role(const Environment& environment, const WorkspaceId& workspace,
                                            const std::string& role);

/// Listed as a Group for every connection whose ceiling covers it. `invalid_value` for an unknown permission, naming
/// the nearest one; `uniqueness` when the name is taken.
[[nodiscard]] Result<access::Role> create_role(const Environment& environment, const WorkspaceId& workspace,
                                               const Actor& actor, const NewRole& role);

/// Refused with `conflict` when a connection whose link, default role or filled group grants this role could then grant
/// more than its ceiling: raise the ceiling or pause nothing silently. Listed groups that nobody uses follow the
/// ceiling. Protected roles cannot be changed (`forbidden`).
[[nodiscard]] Result<access::Role> update_role(const Environment& environment, const WorkspaceId& workspace,
                                               const Actor& actor, const std::string& role, const RoleChange& change);

/// `conflict` while it is linked, a default role, a ceiling, or held; `forbidden` for protected and shipped roles. Its
/// unused listed groups go with it.
///
/// With a `replacement` (name or id) only a ceiling is still in the way: links, grants by hand and default roles go to
/// the replacement, as far as `may_grant` lets them, and a group of the role with members becomes one that is linked to
/// the replacement. What the IdP asserts by the role's name ends. All of it or nothing.
[[nodiscard]] Result<void> remove_role(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                       const std::string& role, const std::string& replacement = {});

/// Active users whose effective roles contain it, in order of id.
[[nodiscard]] Result<RoleHolders> role_holders(const Environment& environment, const WorkspaceId& workspace,
                                               const std::string& role, const ResourceId& after = {},
                                               std::int64_t limit = 100);

}  // namespace rolecall::administration
