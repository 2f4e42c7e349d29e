#include "change.hpp"
#include "guard.hpp"
#include "guarded.hpp"
#include "role_groups.hpp"
#include "rolecall/granting/history.hpp"
#include "rolecall/granting/recompute.hpp"
#include "tombstones.hpp"
#include "verbs.hpp"

namespace rolecall::provisioning {
namespace {

Result<void> remove_user(WriteSession& session, const store::ResourceRecord& user) {
  ROLECALL_TRY_ASSIGN(auto memberships, session.workspace.members().groups_of(user.id));
  for (const auto& membership : memberships) {
    ROLECALL_TRY(session.workspace.resources().touch("Group", membership.group, session.now));
  }
  ROLECALL_TRY(granting::revoke_everything(session.workspace, user, session.trail));
  ROLECALL_TRY(granting::forget_direct_grants(session.workspace, user, session.trail));
  ROLECALL_TRY(session.workspace.resources().remove("User", user.id));
  ROLECALL_TRY(granting::note_removal(session.workspace, user, session.now));
  ROLECALL_TRY(bury(session, user));
  return session.trail.record("user.deleted", target_of(user), {});
}

Result<void> remove_group(WriteSession& session, const store::ResourceRecord& group) {
  ROLECALL_TRY_ASSIGN(const auto role_group, session.workspace.roles().find_group(group.id));
  ROLECALL_TRY(session.workspace.resources().touch_members_of(group.id, session.now));
  ROLECALL_TRY(detach_links(session, group));
  ROLECALL_TRY(granting::recompute_members(session.workspace, group.id, session.trail, session.environment.folder));
  if (role_group) ROLECALL_TRY(session.workspace.roles().remove_group(group.id));
  ROLECALL_TRY(session.workspace.resources().remove("Group", group.id));
  ROLECALL_TRY(granting::note_removal(session.workspace, group, session.now));
  ROLECALL_TRY(session.trail.record("group.deleted", target_of(group), {}));
  // A role's group comes back as the role's next listing, under a new id.
  return role_group ? relist_role(session, *role_group) : bury(session, group);
}

}  // namespace

Result<void> remove_in(WriteSession& session, const schema::ResourceType& type, const ResourceId& id,
                       std::optional<Version> expected) {
  ROLECALL_TRY_ASSIGN(auto record, find_for_change(session, type, id, expected));
  session.effect.is_deletion = true;
  session.is_last_word = true;
  ROLECALL_TRY(note_what_is_lost(session, record));
  ROLECALL_TRY(forget_ended_access(session, record));
  if (type.name == "Group") return remove_group(session, record);
  if (type.name == "User") return remove_user(session, record);
  ROLECALL_TRY(session.workspace.resources().remove(type.name, record.id));
  return session.trail.record("resource.deleted", target_of(record), {});
}

Result<void> remove(const Environment& environment, const Caller& caller, const schema::ResourceType& type,
                    const ResourceId& id, std::optional<Version> expected, Notices& notices) {
  return in_guarded_write(environment, caller, notices,
                          [&](WriteSession& session) { return remove_in(session, type, id, expected); });
}

}  // namespace rolecall::provisioning
