#include "rolecall/administration/connections.hpp"

#include "default_role.hpp"
#include "listing.hpp"
#include "lookup.hpp"
#include "new_connection.hpp"
#include "rolecall/granting/recompute.hpp"
#include "rolecall/patch/dialect.hpp"
#include "shipped.hpp"

namespace rolecall::administration {
namespace {

std::string target_of(const store::ConnectionRecord& connection) { return "Connection/" + connection.id.value(); }

Result<void> check_default_role(Change& change, const store::ConnectionRecord& connection, const access::Role& role) {
  ROLECALL_TRY_ASSIGN(const auto grantor, grantor_of(change.workspace, connection, access::Grantor::Kind::admin));
  ROLECALL_TRY(access::may_grant(grantor, role, access::GrantPath::default_role));
  return check_privilege(change.environment, connection, role);
}

store::UnknownMemberPolicy default_policy_of(std::string_view dialect) {
  return dialect == patch::strict_dialect().name ? store::UnknownMemberPolicy::strict
                                                 : store::UnknownMemberPolicy::accept_known;
}

/// A ceiling that is protected would say more than it does: protected roles are never granted by a connection.
Result<void> check_ceiling(const access::Role& role) {
  if (!role.is_protected) return {};
  return fail_with_next(ErrorCode::forbidden, "The role " + role.name + " is protected and cannot be a ceiling.",
                        "Choose the next lower role.");
}

}  // namespace

const char* name_of(store::UnknownGroupPolicy policy) {
  switch (policy) {
    case store::UnknownGroupPolicy::create_role:
      return "create_role";
    case store::UnknownGroupPolicy::keep_unlinked:
      return "keep_unlinked";
    case store::UnknownGroupPolicy::refuse:
      return "refuse";
  }
  return "";
}

Result<store::UnknownGroupPolicy> parse_unknown_group_policy(std::string_view text) {
  for (const auto policy : {store::UnknownGroupPolicy::create_role, store::UnknownGroupPolicy::keep_unlinked,
                            store::UnknownGroupPolicy::refuse}) {
    if (text == name_of(policy)) return policy;
  }
  return fail(ErrorCode::invalid_value, "The policy for unknown groups is create_role, keep_unlinked or refuse.",
              "unknown_groups");
}

const char* name_of(store::AssertedRolePolicy policy) {
  return policy == store::AssertedRolePolicy::grant ? "grant" : "ignore";
}

Result<store::AssertedRolePolicy> parse_asserted_role_policy(std::string_view text) {
  for (const auto policy : {store::AssertedRolePolicy::grant, store::AssertedRolePolicy::ignore}) {
    if (text == name_of(policy)) return policy;
  }
  return fail(ErrorCode::invalid_value, "The policy for asserted roles is grant or ignore.", "asserted_roles");
}

const char* name_of(store::UnknownMemberPolicy policy) {
  switch (policy) {
    case store::UnknownMemberPolicy::accept_known:
      return "accept_known";
    case store::UnknownMemberPolicy::strict:
      return "strict";
    case store::UnknownMemberPolicy::parked:
      return "parked";
  }
  return "";
}

Result<store::UnknownMemberPolicy> parse_unknown_member_policy(std::string_view text) {
  for (const auto policy : {store::UnknownMemberPolicy::accept_known, store::UnknownMemberPolicy::strict,
                            store::UnknownMemberPolicy::parked}) {
    if (text == name_of(policy)) return policy;
  }
  return fail(ErrorCode::invalid_value, "The policy for unknown members is accept_known, strict or parked.",
              "unknown_members");
}

Result<store::ConnectionRecord> add_connection(Change& change, const NewConnection& wanted) {
  const auto& catalogue = change.environment.catalogue;
  const auto& folder = change.environment.folder;
  ROLECALL_TRY_ASSIGN(const auto existing, change.workspace.connections().find_by_name(wanted.name));
  if (existing) return fail(ErrorCode::conflict, "There is a connection “" + wanted.name + "” already.", "name");
  ROLECALL_TRY_ASSIGN(const auto default_role,
                      find_role(change.workspace, folder,
                                wanted.default_role.empty() ? shipped_default_name(catalogue) : wanted.default_role));
  ROLECALL_TRY_ASSIGN(
      const auto ceiling,
      find_role(change.workspace, folder, wanted.ceiling.empty() ? shipped_ceiling_name(catalogue) : wanted.ceiling));
  store::ConnectionRecord connection;
  connection.id = ConnectionId(change.environment.ids.next());
  connection.name = wanted.name;
  connection.dialect = wanted.dialect;
  connection.default_role = default_role.id;
  connection.ceiling = ceiling.id;
  connection.unknown_groups = wanted.unknown_groups;
  connection.asserted_roles = wanted.asserted_roles;
  connection.unknown_members = wanted.unknown_members.value_or(default_policy_of(wanted.dialect));
  connection.created = change.now;
  ROLECALL_TRY(check_ceiling(ceiling));
  ROLECALL_TRY(check_default_role(change, connection, default_role));
  ROLECALL_TRY(change.workspace.connections().insert(connection));
  ROLECALL_TRY(change.trail.record("connection.created", target_of(connection), {}));
  ROLECALL_TRY(follow_ceiling(change, connection));
  return connection;
}

Result<store::ConnectionRecord> create_connection(const Environment& environment, const WorkspaceId& workspace,
                                                  const Actor& actor, const NewConnection& connection) {
  ROLECALL_TRY(check_name("connection", connection.name));
  ROLECALL_TRY(patch::find_dialect(connection.dialect));
  return in_change(environment, workspace, actor, [&](Change& change) { return add_connection(change, connection); });
}

Result<std::vector<store::ConnectionRecord>> list_connections(const Environment& environment,
                                                              const WorkspaceId& workspace_id) {
  return in_view(environment, workspace_id, [](store::Workspace& workspace) { return workspace.connections().list(); });
}

Result<store::ConnectionRecord> get_connection(const Environment& environment, const WorkspaceId& workspace_id,
                                               const std::string& name) {
  return in_view(environment, workspace_id,
                 [&](store::Workspace& workspace) { return find_connection(workspace, name); });
}

Result<void> change_default_role(Change& change, store::ConnectionRecord& connection, const access::Role& role) {
  if (connection.default_role == role.id) return {};
  ROLECALL_TRY(check_default_role(change, connection, role));
  json::Object details{{"from", "Role/" + connection.default_role.value()}, {"to", "Role/" + role.id.value()}};
  connection.default_role = role.id;
  ROLECALL_TRY(change.workspace.connections().update(connection));
  ROLECALL_TRY(change.trail.record("connection.default_role_changed", target_of(connection), std::move(details)));
  return granting::recompute_defaults(change.workspace, connection.id, change.trail, change.environment.folder);
}

Result<store::ConnectionRecord> set_default_role(const Environment& environment, const WorkspaceId& workspace,
                                                 const Actor& actor, const std::string& name,
                                                 const std::string& role_name) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<store::ConnectionRecord> {
    ROLECALL_TRY_ASSIGN(auto connection, find_connection(change.workspace, name));
    ROLECALL_TRY_ASSIGN(const auto role, find_role(change.workspace, environment.folder, role_name));
    ROLECALL_TRY(change_default_role(change, connection, role));
    return connection;
  });
}

Result<store::ConnectionRecord> set_ceiling(const Environment& environment, const WorkspaceId& workspace,
                                            const Actor& actor, const std::string& name, const std::string& role_name) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<store::ConnectionRecord> {
    ROLECALL_TRY_ASSIGN(auto connection, find_connection(change.workspace, name));
    ROLECALL_TRY_ASSIGN(const auto role, find_role(change.workspace, environment.folder, role_name));
    if (connection.ceiling == role.id) return connection;
    ROLECALL_TRY(check_ceiling(role));
    json::Object details{{"from", "Role/" + connection.ceiling.value()}, {"to", "Role/" + role.id.value()}};
    connection.ceiling = role.id;
    ROLECALL_TRY(change.workspace.connections().update(connection));
    ROLECALL_TRY(change.trail.record("connection.ceiling_changed", target_of(connection), std::move(details)));
    ROLECALL_TRY(follow_ceiling(change, connection));
    ROLECALL_TRY(granting::recompute_asserted(change.workspace, connection.id, change.trail, environment.folder));
    ROLECALL_TRY(granting::recompute_defaults(change.workspace, connection.id, change.trail, environment.folder));
    return connection;
  });
}

Result<store::ConnectionRecord> set_unknown_groups(const Environment& environment, const WorkspaceId& workspace,
                                                   const Actor& actor, const std::string& name,
                                                   store::UnknownGroupPolicy policy) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<store::ConnectionRecord> {
    ROLECALL_TRY_ASSIGN(auto connection, find_connection(change.workspace, name));
    if (connection.unknown_groups == policy) return connection;
    json::Object details{{"from", name_of(connection.unknown_groups)}, {"to", name_of(policy)}};
    connection.unknown_groups = policy;
    ROLECALL_TRY(change.workspace.connections().update(connection));
    ROLECALL_TRY(change.trail.record("connection.unknown_groups_changed", target_of(connection), std::move(details)));
    return connection;
  });
}

Result<store::ConnectionRecord> set_asserted_roles(const Environment& environment, const WorkspaceId& workspace,
                                                   const Actor& actor, const std::string& name,
                                                   store::AssertedRolePolicy policy) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<store::ConnectionRecord> {
    ROLECALL_TRY_ASSIGN(auto connection, find_connection(change.workspace, name));
    if (connection.asserted_roles == policy) return connection;
    json::Object details{{"from", name_of(connection.asserted_roles)}, {"to", name_of(policy)}};
    connection.asserted_roles = policy;
    ROLECALL_TRY(change.workspace.connections().update(connection));
    ROLECALL_TRY(change.trail.record("connection.asserted_roles_changed", target_of(connection), std::move(details)));
    ROLECALL_TRY(granting::recompute_asserted(change.workspace, connection.id, change.trail, environment.folder));
    return connection;
  });
}

Result<store::ConnectionRecord> set_unknown_members(const Environment& environment, const WorkspaceId& workspace,
                                                    const Actor& actor, const std::string& name,
                                                    store::UnknownMemberPolicy policy) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<store::ConnectionRecord> {
    ROLECALL_TRY_ASSIGN(auto connection, find_connection(change.workspace, name));
    if (connection.unknown_members == policy) return connection;
    json::Object details{{"from", name_of(connection.unknown_members)}, {"to", name_of(policy)}};
    connection.unknown_members = policy;
    ROLECALL_TRY(change.workspace.connections().update(connection));
    ROLECALL_TRY(change.trail.record("connection.unknown_members_changed", target_of(connection), std::move(details)));
    return connection;
  });
}

}  // namespace rolecall::administration
