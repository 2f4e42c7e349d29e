#include "rolecall/administration/users.hpp"

#include <algorithm>

#include "lookup.hpp"
#include "rolecall/access/may_grant.hpp"
#include "rolecall/granting/recompute.hpp"
#include "scope.hpp"

namespace rolecall::administration {
namespace {

std::string target_of(const store::ResourceRecord& user) { return "User/" + user.id.value(); }

Result<UserView> view_of(store::Workspace& workspace, store::ResourceRecord user) {
  UserView view;
  ROLECALL_TRY_ASSIGN(view.connection_name, connection_name_of(workspace, user.connection));
  ROLECALL_TRY_ASSIGN(view.grants, workspace.grants().effective_of(user.id));
  ROLECALL_TRY_ASSIGN(view.groups, workspace.members().groups_of(user.id));
  ROLECALL_TRY_ASSIGN(view.direct, workspace.grants().direct_of(user.id));
  ROLECALL_TRY_ASSIGN(const auto roles, workspace.roles().list());
  for (const auto& role : roles) {
    const bool is_held = std::any_of(view.grants.begin(), view.grants.end(),
                                     [&](const access::Grant& grant) { return grant.role == role.id; });
    if (is_held) view.roles.push_back(role);
  }
  view.record = std::move(user);
  return view;
}

/// After a grant by hand came or went; shows the user as it is then.
Result<UserView> recompute(Change& change, const ResourceId& id) {
  ROLECALL_TRY_ASSIGN(const auto before, change.workspace.resources().find_anywhere("User", id));
  if (!before) return internal_error("a user vanished under a grant");
  ROLECALL_TRY(granting::recompute_and_touch(change.workspace, *before, change.trail, change.environment.folder));
  ROLECALL_TRY_ASSIGN(auto after, change.workspace.resources().find_anywhere("User", id));
  if (!after) return internal_error("a user vanished under a grant");
  return view_of(change.workspace, std::move(*after));
}

}  // namespace

Result<UserPage> list_users(const Environment& environment, const WorkspaceId& workspace_id, const std::string& after,
                            std::int64_t limit) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<UserPage> {
    UserPage page;
    ROLECALL_TRY_ASSIGN(const auto place, place_from(after));
    ROLECALL_TRY_ASSIGN(page.total, workspace.resources().count("User"));
    ROLECALL_TRY_ASSIGN(page.users, workspace.resources().list("User", place, page_limit(limit) + 1));
    if (page.users.size() > static_cast<std::size_t>(page_limit(limit))) {
      page.users.pop_back();
      page.next = to_text(store::place_of(page.users.back()));
    }
    return page;
  });
}

Result<UserView> get_user(const Environment& environment, const WorkspaceId& workspace_id, const std::string& name) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<UserView> {
    ROLECALL_TRY_ASSIGN(auto user, find_user(workspace, environment.folder, name));
    return view_of(workspace, std::move(user));
  });
}

Result<UserView> grant_direct(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                              const std::string& name, const std::string& role_name) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<UserView> {
    ROLECALL_TRY_ASSIGN(const auto user, find_user(change.workspace, environment.folder, name));
    ROLECALL_TRY_ASSIGN(const auto role, find_role(change.workspace, environment.folder, role_name));
    ROLECALL_TRY(access::may_grant({access::Grantor::Kind::admin, std::nullopt}, role, access::GrantPath::direct));
    ROLECALL_TRY_ASSIGN(const bool is_added,
                        change.workspace.grants().add_direct({user.id, role.id, actor.name, change.now}));
    if (!is_added) {
      return fail(ErrorCode::conflict, "The role " + role.name + " was granted to " + user.display + " already.");
    }
    ROLECALL_TRY(change.trail.record("user.role_granted", target_of(user), {{"role", "Role/" + role.id.value()}}));
    return recompute(change, user.id);
  });
}

Result<UserView> revoke_direct(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                               const std::string& name, const std::string& role_name) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<UserView> {
    ROLECALL_TRY_ASSIGN(const auto user, find_user(change.workspace, environment.folder, name));
    ROLECALL_TRY_ASSIGN(const auto role, find_role(change.workspace, environment.folder, role_name));
    ROLECALL_TRY_ASSIGN(const bool is_removed, change.workspace.grants().remove_direct(user.id, role.id));
    if (!is_removed) {
      return fail_with_next(ErrorCode::not_found,
                            "The role " + role.name + " was not granted to " + user.display + " by hand.",
                            "Ask for the explanation to see where it comes from.");
    }
    ROLECALL_TRY(change.trail.record("user.role_revoked", target_of(user), {{"role", "Role/" + role.id.value()}}));
    return recompute(change, user.id);
  });
}

}  // namespace rolecall::administration
