#include "listing.hpp"

#include "lookup.hpp"
#include "rolecall/granting/history.hpp"
#include "rolecall/granting/recompute.hpp"

namespace rolecall::administration {
namespace {

Result<std::vector<store::LinkRecord>> living_links(store::Workspace& workspace, const RoleId& role,
                                                    const ConnectionId& connection) {
  ROLECALL_TRY_ASSIGN(const auto links, workspace.links().of_role(role));
  std::vector<store::LinkRecord> living;
  for (const auto& link : links) {
    if (link.connection == connection && link.state != store::LinkState::orphaned) living.push_back(link);
  }
  return living;
}

tl::unexpected<Error> would_exceed(const store::ConnectionRecord& connection, const access::Role& role,
                                   const std::string& reason, const char* next) {
  return fail_with_next(
      ErrorCode::conflict,
      "The connection " + connection.name + " would grant " + role.name + " above its ceiling: " + reason, next);
}

/// Everything of a role that the connection may no longer grant goes, or the change is refused.
Result<void> withdraw(Change& change, const store::ConnectionRecord& connection, const access::Role& role) {
  if (connection.default_role == role.id) {
    return would_exceed(connection, role, "it is the default role.", "Choose another default role first.");
  }
  ROLECALL_TRY_ASSIGN(const auto listed, change.workspace.roles().groups_of(role.id));
  for (const auto& role_group : listed) {
    if (role_group.connection != connection.id) continue;
    ROLECALL_TRY_ASSIGN(const bool is_unused, is_unused_listing(change.workspace, role_group));
    if (is_unused) ROLECALL_TRY(delist(change, role_group));
  }
  ROLECALL_TRY_ASSIGN(const auto links, living_links(change.workspace, role.id, connection.id));
  if (links.empty()) return {};
  return would_exceed(connection, role, "the group " + links.front().group_name + " is linked to it.",
                      "Remove that link, or unlink the group in the IdP, first.");
}

}  // namespace

Result<access::Grantor> grantor_of(store::Workspace& workspace, const store::ConnectionRecord& connection,
                                   access::Grantor::Kind kind) {
  ROLECALL_TRY_ASSIGN(auto ceiling, workspace.roles().find(connection.ceiling));
  return access::Grantor{kind, std::move(ceiling)};
}

Result<bool> is_unused_listing(store::Workspace& workspace, const store::RoleGroupRecord& role_group) {
  ROLECALL_TRY_ASSIGN(const auto group, workspace.resources().find_anywhere("Group", role_group.group));
  if (!group || !group->external_id.empty()) return false;
  ROLECALL_TRY_ASSIGN(const auto links, workspace.links().of_group(role_group.group));
  for (const auto& link : links) {
    if (link.origin != store::LinkOrigin::listing) return false;
  }
  ROLECALL_TRY_ASSIGN(const auto members, workspace.members().count(role_group.group));
  return members == 0;
}

Result<void> delist(Change& change, const store::RoleGroupRecord& role_group) {
  ROLECALL_TRY_ASSIGN(const auto links, change.workspace.links().of_group(role_group.group));
  for (const auto& link : links) ROLECALL_TRY(change.workspace.links().remove(link.id));
  ROLECALL_TRY(change.workspace.roles().remove_group(role_group.group));
  ROLECALL_TRY(change.workspace.resources().remove("Group", role_group.group));
  ROLECALL_TRY(change.workspace.grant_history().note_name(store::NamedKind::group, role_group.group.value(), {}, {},
                                                          change.now));
  return change.trail.record(
      "role.delisted", "Role/" + role_group.role.value(),
      {{"group", "Group/" + role_group.group.value()}, {"connection", "Connection/" + role_group.connection.value()}});
}

Result<void> follow_ceiling(Change& change, const store::ConnectionRecord& connection) {
  ROLECALL_TRY_ASSIGN(const auto grantor, grantor_of(change.workspace, connection, access::Grantor::Kind::connection));
  ROLECALL_TRY_ASSIGN(const auto roles, change.workspace.roles().list());
  for (const auto& role : roles) {
    if (access::may_grant(grantor, role, access::GrantPath::group_membership)) {
      ROLECALL_TRY(granting::list_role(change.workspace, connection, role, false, change.environment.ids.next(),
                                       change.environment.ids.next(), change.trail, change.environment.folder));
    } else {
      ROLECALL_TRY(withdraw(change, connection, role));
    }
  }
  return {};
}

Result<void> add_role(Change& change, const access::Role& role) {
  ROLECALL_TRY(change.workspace.roles().insert(role, change.environment.folder.fold(role.name), change.now));
  ROLECALL_TRY(granting::note_name(change.workspace, role, change.now));
  ROLECALL_TRY(change.trail.record("role.created", "Role/" + role.id.value(), {}));
  ROLECALL_TRY_ASSIGN(const auto connections, change.workspace.connections().list());
  for (const auto& connection : connections) {
    ROLECALL_TRY(granting::list_role(change.workspace, connection, role, false, change.environment.ids.next(),
                                     change.environment.ids.next(), change.trail, change.environment.folder));
  }
  return granting::recompute_named(change.workspace, role, change.trail, change.environment.folder);
}

}  // namespace rolecall::administration
