#include "rolecall/administration/roles.hpp"

#include <algorithm>

#include "default_role.hpp"
#include "listing.hpp"
#include "lookup.hpp"
#include "rolecall/granting/recompute.hpp"

namespace rolecall::administration {
namespace {

constexpr std::size_t kLongestDescription = 1'000;
/// Between the shipped roles and those that were made from pushed groups.
constexpr std::int64_t kPriorityOfCustomRole = 100;
constexpr std::int64_t kLastPriority = 1'000'000;

std::string target_of(const access::Role& role) { return "Role/" + role.id.value(); }

Result<std::vector<std::string>> check_permissions(const access::Catalogue& catalogue,
                                                   std::vector<std::string> permissions) {
  for (const std::string& permission : permissions) {
    if (catalogue.knows(permission)) continue;
    std::vector<std::string> names;
    for (const auto& known : catalogue.permissions) names.push_back(known.name);
    return fail(ErrorCode::invalid_value,
                "There is no permission “" + permission + "”." + suggestion(permission, names), "permissions");
  }
  std::sort(permissions.begin(), permissions.end());
  permissions.erase(std::unique(permissions.begin(), permissions.end()), permissions.end());
  return permissions;
}

Result<void> check_description(const std::string& description) {
  if (description.size() <= kLongestDescription && is_valid_utf8(description)) return {};
  return fail(ErrorCode::invalid_value, "A role's description is UTF-8 text of 1000 bytes at most.", "description");
}

/// Above 0, so that nothing goes before Owner: who is made one stays one in single mode.
Result<void> check_priority(std::int64_t priority) {
  if (priority >= 1 && priority <= kLastPriority) return {};
  return fail(ErrorCode::invalid_value, "A role's priority is a number from 1 to 1000000; the lowest number wins.",
              "priority");
}

/// In multi mode a priority is an order for lists.
Result<void> follow_priority(Change& change) {
  ROLECALL_TRY_ASSIGN(const auto mode, change.workspace.role_mode());
  if (mode == access::RoleMode::multi) return {};
  return granting::recompute_everybody(change.workspace, change.trail, change.environment.folder);
}

/// Ceilings compare permissions, so new permissions of one role can move any role across a ceiling.
Result<void> follow_permissions(Change& change, const access::Role& role) {
  ROLECALL_TRY_ASSIGN(const auto connections, change.workspace.connections().list());
  for (const auto& connection : connections) {
    if (connection.default_role == role.id) ROLECALL_TRY(check_privilege(change.environment, connection, role));
    ROLECALL_TRY(follow_ceiling(change, connection));
    ROLECALL_TRY(
        granting::recompute_asserted(change.workspace, connection.id, change.trail, change.environment.folder));
    ROLECALL_TRY(
        granting::recompute_defaults(change.workspace, connection.id, change.trail, change.environment.folder));
  }
  return {};
}

}  // namespace

const char* name_of(access::RoleOrigin origin) {
  switch (origin) {
    case access::RoleOrigin::shipped:
      return "shipped";
    case access::RoleOrigin::custom:
      return "custom";
    case access::RoleOrigin::from_group:
      return "from_group";
  }
  return "";
}

Result<std::vector<access::Role>> list_roles(const Environment& environment, const WorkspaceId& workspace_id) {
  return in_view(environment, workspace_id, [](store::Workspace& workspace) { return workspace.roles().list(); });
}

Result<access::Role> get_role(const Environment& environment, const WorkspaceId& workspace_id,
                              const std::string& name) {
  return in_view(environment, workspace_id,
                 [&](store::Workspace& workspace) { return find_role(workspace, environment.folder, name); });
}

Result<access::Role> create_role(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                 const NewRole& wanted) {
  ROLECALL_TRY(check_name("role", wanted.name));
  ROLECALL_TRY(check_description(wanted.description));
  if (wanted.priority) ROLECALL_TRY(check_priority(*wanted.priority));
  access::Role role;
  role.name = wanted.name;
  role.description = wanted.description;
  role.rank = static_cast<int>(wanted.priority.value_or(kPriorityOfCustomRole));
  ROLECALL_TRY_ASSIGN(role.permissions, check_permissions(environment.catalogue, wanted.permissions));
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<access::Role> {
    ROLECALL_TRY_ASSIGN(const auto existing, change.workspace.roles().find_by_key(environment.folder.fold(role.name)));
    if (existing) return fail(ErrorCode::uniqueness, "There is a role “" + existing->name + "” already.", "name");
    access::Role made = role;
    made.id = RoleId(environment.ids.next());
    ROLECALL_TRY(add_role(change, made));
    return made;
  });
}

Result<access::Role> update_role(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                 const std::string& name, const RoleChange& wanted) {
  if (wanted.description) ROLECALL_TRY(check_description(*wanted.description));
  if (wanted.priority) ROLECALL_TRY(check_priority(*wanted.priority));
  std::optional<std::vector<std::string>> permissions;
  if (wanted.permissions) {
    ROLECALL_TRY_ASSIGN(permissions, check_permissions(environment.catalogue, *wanted.permissions));
  }
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<access::Role> {
    ROLECALL_TRY_ASSIGN(auto role, find_role(change.workspace, environment.folder, name));
    if (role.is_protected) {
      return fail(ErrorCode::forbidden, "The role " + role.name + " is protected and cannot be changed.");
    }
    json::Array attributes;
    if (wanted.description && role.description != *wanted.description) {
      role.description = *wanted.description;
      attributes.emplace_back("description");
    }
    const bool is_priority_changed = wanted.priority && role.rank != *wanted.priority;
    if (is_priority_changed) {
      role.rank = static_cast<int>(*wanted.priority);
      attributes.emplace_back("priority");
    }
    const bool are_permissions_changed = permissions && role.permissions != *permissions;
    if (are_permissions_changed) {
      role.permissions = *permissions;
      attributes.emplace_back("permissions");
    }
    if (attributes.empty()) return role;
    ROLECALL_TRY(change.workspace.roles().update(role, environment.folder.fold(role.name)));
    ROLECALL_TRY(change.trail.record("role.updated", target_of(role), {{"attributes", std::move(attributes)}}));
    if (are_permissions_changed) ROLECALL_TRY(follow_permissions(change, role));
    if (is_priority_changed) ROLECALL_TRY(follow_priority(change));
    return role;
  });
}

Result<RoleHolders> role_holders(const Environment& environment, const WorkspaceId& workspace_id,
                                 const std::string& name, const ResourceId& after, std::int64_t limit) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<RoleHolders> {
    ROLECALL_TRY_ASSIGN(const auto role, find_role(workspace, environment.folder, name));
    ROLECALL_TRY_ASSIGN(const auto ids, workspace.grants().holders_of(role.id));
    RoleHolders holders;
    holders.total = static_cast<std::int64_t>(ids.size());
    const auto limit_of_page = static_cast<std::size_t>(page_limit(limit));
    for (auto id = std::upper_bound(ids.begin(), ids.end(), after); id != ids.end(); ++id) {
      if (holders.holders.size() == limit_of_page) {
        holders.next = holders.holders.back().user;
        break;
      }
      ROLECALL_TRY_ASSIGN(const auto user, workspace.resources().find_anywhere("User", *id));
      holders.holders.push_back({*id, user ? user->display : std::string()});
    }
    return holders;
  });
}

}  // namespace rolecall::administration
