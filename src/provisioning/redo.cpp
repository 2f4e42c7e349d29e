#include "redo.hpp"

#include "change.hpp"

namespace rolecall::provisioning {
namespace {

void add_change(std::vector<patch::MemberChange>& changes, patch::MemberChange::Kind kind, const Joining& who,
                bool with_strangers) {
  patch::MemberChange change;
  change.kind = kind;
  for (const std::string& member : who.members) change.members.push_back({member, {}});
  for (const auto& [value, of_type] : who.strangers) {
    if (with_strangers) change.members.push_back({value, of_type});
  }
  if (!change.members.empty()) changes.push_back(std::move(change));
}

}  // namespace

Result<void> redo(WriteSession& session, const schema::ResourceType& type, const ResourceId& id,
                  const json::Object& values, const Joining& leaving, const Joining& joining) {
  ROLECALL_TRY_ASSIGN(auto record, find_for_change(session, type, id, std::nullopt));
  std::vector<patch::MemberChange> changes;
  const bool does_park = session.connection.unknown_members == store::UnknownMemberPolicy::parked;
  add_change(changes, patch::MemberChange::Kind::remove, leaving, true);
  add_change(changes, patch::MemberChange::Kind::add, joining, does_park);
  if (values.empty()) {
    ROLECALL_TRY(store_change(session, type, std::move(record), nullptr, nullptr, changes));
    return {};
  }
  ROLECALL_TRY_ASSIGN(const auto before, document_of(record));
  // In the order of the schema, and checked: it may be another one by now.
  ROLECALL_TRY_ASSIGN(const auto after,
                      resource::canonicalize(session.environment.registry, type, overlaid(before, values),
                                             validation_of(session.environment, session.caller)));
  ROLECALL_TRY(store_change(session, type, std::move(record), &before, &after, changes));
  return {};
}

}  // namespace rolecall::provisioning
