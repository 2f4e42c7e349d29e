#include "asserted_roles.hpp"
#include "default_role.hpp"
#include "guarded.hpp"
#include "members.hpp"
#include "role_groups.hpp"
#include "rolecall/granting/history.hpp"
#include "rolecall/granting/membership.hpp"
#include "rolecall/granting/recompute.hpp"
#include "session.hpp"
#include "tombstones.hpp"
#include "verbs.hpp"
#include "view.hpp"

namespace rolecall::provisioning {
namespace {

json::Object attribute_names(const json::Object& document) {
  return json::Object{{"attributes", json::Value(changed_attributes(json::Object{}, document))}};
}

std::vector<patch::MemberChange> as_changes(const NewResource& made, patch::MemberChange::Kind kind) {
  std::vector<patch::MemberChange> changes;
  if (made.members) {
    patch::MemberChange change;
    change.kind = kind;
    change.members = *made.members;
    changes.push_back(std::move(change));
  }
  return changes;
}

Result<void> insert(WriteSession& session, const NewResource& made) {
  if (auto inserted = session.workspace.resources().insert(made.record, made.index); !inserted) {
    return fail(already_there(std::move(inserted).error(), made.record.type));
  }
  return granting::note_name(session.workspace, made.record, session.now);
}

Result<View> create_user(WriteSession& session, NewResource made, Need need) {
  ROLECALL_TRY_ASSIGN(const bool has_returned, raise(session, made.record));
  ROLECALL_TRY(insert(session, made));
  ROLECALL_TRY(session.trail.record(has_returned ? "user.returned" : "user.created", target_of(made.record),
                                    attribute_names(made.document)));
  ROLECALL_TRY(notice_unusable_default_role(session, made.record));
  ROLECALL_TRY(notice_unusable_roles(session, made.record));
  ROLECALL_TRY_ASSIGN(auto record, granting::admit_parked(session.workspace, std::move(made.record), session.trail,
                                                          session.environment.folder));
  ROLECALL_TRY(granting::recompute_user(session.workspace, record, session.trail, session.environment.folder));
  return load_view(session.workspace, std::move(record), need);
}

/// A group that is there with its members may itself be awaited by others.
Result<View> arrived(WriteSession& session, store::ResourceRecord group, Need need) {
  ROLECALL_TRY_ASSIGN(auto record, granting::admit_parked(session.workspace, std::move(group), session.trail,
                                                          session.environment.folder));
  return load_view(session.workspace, std::move(record), need);
}

/// A resource of a type that an operator defined: nothing follows from it.
Result<View> create_other(WriteSession& session, NewResource made, Need need) {
  ROLECALL_TRY(insert(session, made));
  ROLECALL_TRY(session.trail.record("resource.created", target_of(made.record), attribute_names(made.document)));
  return load_view(session.workspace, std::move(made.record), need);
}

/// A POST of the name of a role whose group the IdP deleted before: the listing that took its place becomes the pushed
/// group.
Result<View> claim_relisted_group(WriteSession& session, NewResource made, const store::ResourceRecord& listed,
                                  Need need) {
  made.record.id = listed.id;
  made.record.created = listed.created;
  made.record.version = Version{listed.version.number + 1};
  ROLECALL_TRY_ASSIGN(const bool updated,
                      session.workspace.resources().update(made.record, made.index, listed.version));
  if (!updated) return internal_error("a listed group changed under its claim");
  ROLECALL_TRY(granting::note_name(session.workspace, made.record, session.now));
  ROLECALL_TRY(session.workspace.roles().claim_group(listed.id));
  ROLECALL_TRY(session.trail.record("group.claimed", target_of(made.record), attribute_names(made.document)));
  ROLECALL_TRY(apply_member_changes(session, made.record, as_changes(made, patch::MemberChange::Kind::replace_all)));
  return arrived(session, std::move(made.record), need);
}

Result<View> create_group(WriteSession& session, NewResource made, Need need) {
  ROLECALL_TRY_ASSIGN(const auto meaning, meaning_of(session, made.record.unique_key));
  ROLECALL_TRY(check_name_allowed(session, meaning));
  if (meaning.taken_by) {
    if (meaning.taken_by_role_group && meaning.taken_by_role_group->relisted) {
      return claim_relisted_group(session, std::move(made), *meaning.taken_by, need);
    }
    return fail(name_taken("Group"));
  }
  ROLECALL_TRY_ASSIGN(const bool has_returned, raise(session, made.record));
  ROLECALL_TRY(insert(session, made));
  ROLECALL_TRY(session.trail.record(has_returned ? "group.returned" : "group.created", target_of(made.record),
                                    attribute_names(made.document)));
  ROLECALL_TRY(attach_role(session, made.record, meaning));
  ROLECALL_TRY(apply_member_changes(session, made.record, as_changes(made, patch::MemberChange::Kind::add)));
  return arrived(session, std::move(made.record), need);
}

}  // namespace

Result<NewResource> prepare(const Environment& environment, const Caller& caller, const schema::ResourceType& type,
                            const json::Object& body) {
  NewResource prepared;
  ROLECALL_TRY_ASSIGN(prepared.document,
                      resource::canonicalize(environment.registry, type, body, validation_of(environment, caller)));
  // Every stored User says whether it is active; what later requests leave out or remove then stays as it is.
  if (type.name == "User" && prepared.document.find("active") == nullptr) {
    prepared.document.append("active", json::Value(true));
  }
  if (type.name == "Group") prepared.members = resource::take_members(prepared.document);
  prepared.record.type = type.name;
  prepared.record.connection = caller.connection;
  prepared.record.id = ResourceId(environment.ids.next());
  fill_columns(prepared.record, type, prepared.document, environment.folder);
  prepared.index = resource::index_of(type, prepared.document, environment.folder);
  return prepared;
}

Result<View> create_in(WriteSession& session, const schema::ResourceType& type, NewResource made, Need need) {
  made.record.created = session.now;
  made.record.last_modified = session.now;
  session.effect.is_creation = true;
  if (type.name == "Group") return create_group(session, std::move(made), need);
  if (type.name == "User") return create_user(session, std::move(made), need);
  return create_other(session, std::move(made), need);
}

Result<View> create(const Environment& environment, const Caller& caller, const schema::ResourceType& type,
                    const json::Object& body, Need need, Notices& notices) {
  ROLECALL_TRY_ASSIGN(const auto prepared, prepare(environment, caller, type, body));
  return in_guarded_write(environment, caller, notices,
                          [&](WriteSession& session) { return create_in(session, type, prepared, need); });
}

}  // namespace rolecall::provisioning
