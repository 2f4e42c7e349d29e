#include "change.hpp"
#include "guarded.hpp"
#include "verbs.hpp"
#include "view.hpp"

namespace rolecall::provisioning {

Result<View> replace_in(WriteSession& session, const schema::ResourceType& type, const ResourceId& id,
                        const json::Object& body, std::optional<Version> expected, Need need) {
  const Environment& environment = session.environment;
  ROLECALL_TRY_ASSIGN(auto record, find_for_change(session, type, id, expected));
  ROLECALL_TRY_ASSIGN(const auto before, document_of(record));
  ROLECALL_TRY_ASSIGN(auto after, resource::replace(environment.registry, type, before, body,
                                                    validation_of(environment, session.caller)));
  // What a PUT does not say of these stays as it is, and so does what is held of it.
  const char* decisive = type.name == "User" ? "active" : "members";
  session.is_last_word = body.find_ignoring_case(decisive) != nullptr;
  ROLECALL_TRY(forget_ended_access(session, record));
  std::vector<patch::MemberChange> member_changes;
  // RFC 7644 §3.5.1 lets the server choose what an absent attribute means; for members it is "unchanged", because a
  // client that leaves them out must not empty a role. `[]` empties the group.
  if (auto members = type.name == "Group" ? resource::take_members(after) : std::nullopt) {
    patch::MemberChange change;
    change.kind = patch::MemberChange::Kind::replace_all;
    change.members = std::move(*members);
    member_changes.push_back(std::move(change));
  }
  ROLECALL_TRY_ASSIGN(auto stored, store_change(session, type, std::move(record), &before, &after, member_changes));
  return load_view(session.workspace, std::move(stored), need);
}

Result<View> replace(const Environment& environment, const Caller& caller, const schema::ResourceType& type,
                     const ResourceId& id, const json::Object& body, std::optional<Version> expected, Need need,
                     Notices& notices) {
  return in_guarded_write(environment, caller, notices,
                          [&](WriteSession& session) { return replace_in(session, type, id, body, expected, need); });
}

}  // namespace rolecall::provisioning
