#include "change.hpp"

#include <algorithm>

#include "asserted_roles.hpp"
#include "default_role.hpp"
#include "members.hpp"
#include "role_groups.hpp"
#include "rolecall/granting/asserted.hpp"
#include "rolecall/granting/credentials.hpp"
#include "rolecall/granting/history.hpp"
#include "rolecall/granting/membership.hpp"
#include "rolecall/granting/recompute.hpp"

namespace rolecall::provisioning {
namespace {

/// A new name of a group is a path to a role like any other: it must not pretend to be one that this connection may not
/// reach.
Result<void> check_rename(WriteSession& session, const store::ResourceRecord& changed) {
  ROLECALL_TRY_ASSIGN(const auto meaning, meaning_of(session, changed.unique_key));
  if (meaning.taken_by && meaning.taken_by->id != changed.id) return fail(name_taken("Group"));
  return check_name_allowed(session, meaning);
}

Result<void> update_document(WriteSession& session, const schema::ResourceType& type,
                             const store::ResourceRecord& record, const store::ResourceRecord& changed,
                             const json::Object& before, const json::Object& after) {
  const auto index = resource::index_of(type, after, session.environment.folder);
  auto updated = session.workspace.resources().update(changed, index, record.version);
  if (!updated) {
    return fail(already_there(std::move(updated).error(), record.type));
  }
  if (!*updated) return fail(version_mismatch());
  const char* action = record.type == "User" ? "user.updated" : "group.updated";
  if (record.type != "User" && record.type != "Group") action = "resource.updated";
  return session.trail.record(action, target_of(record),
                              json::Object{{"attributes", json::Value(changed_attributes(before, after))}});
}

Result<void> follow_user_change(WriteSession& session, const store::ResourceRecord& before,
                                const store::ResourceRecord& after, bool are_roles_changed) {
  if (are_roles_changed) ROLECALL_TRY(notice_unusable_roles(session, after));
  if (after.default_role != before.default_role) ROLECALL_TRY(notice_unusable_default_role(session, after));
  const bool is_gone = before.is_active && !after.is_active;
  if (is_gone || after.unique_key != before.unique_key) ROLECALL_TRY(end_credentials(session, after));
  if (after.is_active != before.is_active) {
    ROLECALL_TRY(session.trail.record(after.is_active ? "user.reactivated" : "user.deactivated", target_of(after), {}));
  }
  if (after.is_active != before.is_active || after.default_role != before.default_role || are_roles_changed) {
    ROLECALL_TRY(granting::recompute_user(session.workspace, after, session.trail, session.environment.folder));
  }
  if (after.display == before.display) return {};
  ROLECALL_TRY_ASSIGN(auto memberships, session.workspace.members().groups_of(after.id));
  for (const auto& membership : memberships) {
    ROLECALL_TRY(session.workspace.resources().touch("Group", membership.group, session.now));
  }
  return {};
}

}  // namespace

Result<store::ResourceRecord> find_for_change(WriteSession& session, const schema::ResourceType& type,
                                              const ResourceId& id, std::optional<Version> expected) {
  ROLECALL_TRY_ASSIGN(auto record, session.workspace.resources().find(session.caller.connection, type.name, id));
  if (!record) return fail(no_such_resource(type.name));
  if (expected && *expected != record->version) return fail(version_mismatch());
  session.effect.type = record->type;
  session.effect.id = record->id;
  session.effect.name = record->display;
  return std::move(*record);
}

Result<void> end_credentials(WriteSession& session, const store::ResourceRecord& user) {
  ROLECALL_TRY(granting::end_credentials(session.workspace, user.id, session.trail));
  return {};
}

Result<void> forget_ended_access(WriteSession& session, const store::ResourceRecord& user) {
  // Of one that is active nothing was ended.
  if (!session.is_last_word || user.type != "User" || user.is_active) return {};
  return session.workspace.ended_access().forget_user(user.id);
}

Result<store::ResourceRecord> store_change(WriteSession& session, const schema::ResourceType& type,
                                           store::ResourceRecord record, const json::Object* before,
                                           const json::Object* after,
                                           const std::vector<patch::MemberChange>& member_changes) {
  const bool is_document_changed = before != nullptr && after != nullptr && !(*before == *after);
  store::ResourceRecord changed = record;
  changed.version = Version{record.version.number + 1};
  // The wall clock may have been set back since the last change; lastModified never goes backwards.
  changed.last_modified = std::max(session.now, record.last_modified);
  if (is_document_changed) {
    note_difference(session.effect, *before, *after);
    fill_columns(changed, type, *after, session.environment.folder);
    if (type.name == "Group" && changed.unique_key != record.unique_key) ROLECALL_TRY(check_rename(session, changed));
    ROLECALL_TRY(update_document(session, type, record, changed, *before, *after));
    if (changed.display != record.display) {
      ROLECALL_TRY(granting::note_name(session.workspace, changed, session.now));
    }
    if (type.name == "User") {
      ROLECALL_TRY(follow_user_change(session, record, changed, !granting::assert_the_same(*before, *after)));
    }
    if (type.name == "Group" && changed.display != record.display) {
      ROLECALL_TRY(session.workspace.resources().touch_members_of(record.id, changed.last_modified));
    }
  }
  ROLECALL_TRY_ASSIGN(const bool are_members_changed, apply_member_changes(session, changed, member_changes));
  if (are_members_changed && !is_document_changed) {
    ROLECALL_TRY(session.workspace.resources().touch(type.name, record.id, changed.last_modified));
  }
  // A listing that the IdP uses is no longer free to be claimed by a POST of its name.
  if (type.name == "Group" && (are_members_changed || is_document_changed)) {
    ROLECALL_TRY(session.workspace.roles().claim_group(record.id));
  }
  const bool is_awaited =
      is_document_changed && changed.external_id != record.external_id && (type.name == "User" || type.name == "Group");
  if (is_awaited) {
    return granting::admit_parked(session.workspace, std::move(changed), session.trail, session.environment.folder);
  }
  return are_members_changed || is_document_changed ? std::move(changed) : std::move(record);
}

}  // namespace rolecall::provisioning
