#include "rolecall/access/may_grant.hpp"
#include "rolecall/granting/history.hpp"
#include "rolecall/granting/recompute.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::granting {
namespace {

constexpr const char* kGroupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";

Result<bool> is_listed_or_taken(store::Workspace& workspace, const ConnectionId& connection, const RoleId& role,
                                const std::string& unique_key) {
  ROLECALL_TRY_ASSIGN(const auto listed, workspace.roles().groups_of(role));
  for (const auto& role_group : listed) {
    if (role_group.connection == connection) return true;
  }
  ROLECALL_TRY_ASSIGN(const auto groups, workspace.resources().find_by_key("Group", unique_key));
  for (const auto& group : groups) {
    if (group.connection == connection) return true;
  }
  return false;
}

}  // namespace

Result<void> list_role(store::Workspace& workspace, const store::ConnectionRecord& connection, const access::Role& role,
                       bool relisted, const std::string& group_id, const std::string& link_id, audit::Trail& trail,
                       const TextFolder& folder) {
  ROLECALL_TRY_ASSIGN(auto ceiling, workspace.roles().find(connection.ceiling));
  const access::Grantor grantor{access::Grantor::Kind::connection, std::move(ceiling)};
  if (!access::may_grant(grantor, role, access::GrantPath::group_membership)) return {};

  store::ResourceRecord group;
  group.unique_key = folder.fold(role.name);
  ROLECALL_TRY_ASSIGN(const bool is_there, is_listed_or_taken(workspace, connection.id, role.id, group.unique_key));
  if (is_there) return {};
  group.id = ResourceId(group_id);
  group.type = "Group";
  group.connection = connection.id;
  group.created = trail.at();
  group.last_modified = trail.at();
  group.display = role.name;
  group.document =
      json::write(json::Object{{"schemas", json::Array{json::Value(kGroupSchema)}}, {"displayName", role.name}});
  ROLECALL_TRY(workspace.resources().insert(group, {{"displayName", 0, group.unique_key}}));
  ROLECALL_TRY(note_name(workspace, group, trail.at()));
  ROLECALL_TRY(workspace.roles().insert_group({group.id, role.id, connection.id, relisted}));

  store::LinkRecord link;
  link.id = LinkId(link_id);
  link.group = group.id;
  link.role = role.id;
  link.connection = connection.id;
  link.group_name = role.name;
  link.origin = store::LinkOrigin::listing;
  link.made_by = trail.actor();
  link.made = trail.at();
  ROLECALL_TRY(workspace.links().insert(link));
  return trail.record("role.listed", "Role/" + role.id.value(),
                      {{"group", "Group/" + group_id},
                       {"link", "Link/" + link_id},
                       {"connection", "Connection/" + connection.id.value()}});
}

}  // namespace rolecall::granting
