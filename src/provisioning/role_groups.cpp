#include "role_groups.hpp"

#include "rolecall/access/may_grant.hpp"
#include "rolecall/granting/history.hpp"
#include "rolecall/granting/recompute.hpp"

namespace rolecall::provisioning {
namespace {

/// Below every shipped role: a role born from a group holds nothing until an admin gives it something.
constexpr int kRankOfPushedRole = 1'000;

Result<access::Role> create_role_from(WriteSession& session, const store::ResourceRecord& group) {
  access::Role role;
  role.id = RoleId(session.environment.ids.next());
  role.name = group.display;
  role.description = "Made from a group that was pushed by the connection " + session.connection.name + ".";
  role.origin = access::RoleOrigin::from_group;
  role.rank = kRankOfPushedRole;
  ROLECALL_TRY(session.workspace.roles().insert(role, group.unique_key, session.now));
  ROLECALL_TRY(granting::note_name(session.workspace, role, session.now));
  ROLECALL_TRY(session.trail.record(
      "role.created", "Role/" + role.id.value(),
      json::Object{{"origin", json::Value("from_group")}, {"group", json::Value(target_of(group))}}));
  session.notices.texts.push_back("a role without permissions was made from the pushed group");
  ROLECALL_TRY_ASSIGN(auto connections, session.workspace.connections().list());
  for (const store::ConnectionRecord& connection : connections) {
    if (connection.id == session.connection.id) continue;
    ROLECALL_TRY(granting::list_role(session.workspace, connection, role, false, session.environment.ids.next(),
                                     session.environment.ids.next(), session.trail, session.environment.folder));
  }
  ROLECALL_TRY(granting::recompute_named(session.workspace, role, session.trail, session.environment.folder));
  return role;
}

}  // namespace

Result<NameMeaning> meaning_of(WriteSession& session, const std::string& unique_key) {
  NameMeaning meaning;
  ROLECALL_TRY_ASSIGN(meaning.role, session.workspace.roles().find_by_key(unique_key));
  ROLECALL_TRY_ASSIGN(auto groups, session.workspace.resources().find_by_key("Group", unique_key));
  for (auto& group : groups) {
    if (group.connection == session.connection.id) meaning.taken_by = std::move(group);
  }
  if (meaning.taken_by) {
    ROLECALL_TRY_ASSIGN(meaning.taken_by_role_group, session.workspace.roles().find_group(meaning.taken_by->id));
  }
  return meaning;
}

Result<void> check_name_allowed(WriteSession& session, const NameMeaning& meaning) {
  if (!meaning.role) return {};
  ROLECALL_TRY_ASSIGN(auto ceiling, session.workspace.roles().find(session.connection.ceiling));
  return access::may_grant({access::Grantor::Kind::connection, std::move(ceiling)}, *meaning.role,
                           access::GrantPath::group_membership);
}

Result<void> attach_role(WriteSession& session, const store::ResourceRecord& group, const NameMeaning& meaning) {
  std::optional<access::Role> role = meaning.role;
  const auto origin = role ? store::LinkOrigin::listing : store::LinkOrigin::pushed;
  if (!role) {
    switch (session.connection.unknown_groups) {
      case store::UnknownGroupPolicy::refuse:
        return fail(
            ErrorCode::forbidden,
            "No role has this name, and this connection does not make roles from groups. Link the group to one of "
            "the roles in the list of Groups, or ask the application's admin for a role of this name.",
            "displayName");
      case store::UnknownGroupPolicy::keep_unlinked:
        session.notices.texts.push_back("the pushed group matches no role and was kept without a link");
        return {};
      case store::UnknownGroupPolicy::create_role: {
        ROLECALL_TRY_ASSIGN(role, create_role_from(session, group));
        break;
      }
    }
  }
  ROLECALL_TRY(
      session.workspace.roles().insert_group(store::RoleGroupRecord{group.id, role->id, session.connection.id, false}));
  store::LinkRecord link;
  link.id = LinkId(session.environment.ids.next());
  link.group = group.id;
  link.role = role->id;
  link.connection = session.connection.id;
  link.group_name = group.display;
  link.origin = origin;
  link.made_by = session.trail.actor();
  link.made = session.now;
  ROLECALL_TRY(session.workspace.links().insert(link));
  return session.trail.record(
      "link.created", "Link/" + link.id.value(),
      json::Object{{"group", json::Value(target_of(group))}, {"role", json::Value("Role/" + role->id.value())}});
}

Result<void> detach_links(WriteSession& session, const store::ResourceRecord& group) {
  ROLECALL_TRY_ASSIGN(auto links, session.workspace.links().of_group(group.id));
  for (const store::LinkRecord& link : links) {
    // One of a group of before that came back with its id: an admin's, to be resumed or removed by hand.
    if (link.state == store::LinkState::orphaned) continue;
    const bool is_admins = link.origin == store::LinkOrigin::admin;
    if (is_admins) {
      ROLECALL_TRY(session.workspace.links().set_state(link.id, store::LinkState::orphaned));
    } else {
      ROLECALL_TRY(session.workspace.links().remove(link.id));
    }
    ROLECALL_TRY(session.trail.record(
        is_admins ? "link.orphaned" : "link.removed", "Link/" + link.id.value(),
        json::Object{{"group", json::Value(target_of(group))}, {"role", json::Value("Role/" + link.role.value())}}));
  }
  return {};
}

Result<void> relist_role(WriteSession& session, const store::RoleGroupRecord& role_group) {
  ROLECALL_TRY_ASSIGN(auto role, session.workspace.roles().find(role_group.role));
  if (!role) return {};
  // Another group of this connection may stand for the role or carry its name by now; then there is nothing to list.
  ROLECALL_TRY_ASSIGN(auto others, session.workspace.roles().groups_of(role->id));
  for (const store::RoleGroupRecord& other : others) {
    if (other.connection == session.connection.id && other.group != role_group.group) return {};
  }
  ROLECALL_TRY_ASSIGN(auto meaning, meaning_of(session, session.environment.folder.fold(role->name)));
  if (meaning.taken_by) return {};
  return granting::list_role(session.workspace, session.connection, *role, true, session.environment.ids.next(),
                             session.environment.ids.next(), session.trail, session.environment.folder);
}

}  // namespace rolecall::provisioning
