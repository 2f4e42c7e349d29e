#include "redo.hpp"

#include "change.hpp"

namespace rolecall::provisioning {
namespace {

void add_change(std::vector<patch::MemberChange>& changes, patch::MemberChange::Kind kind,
                const std::set<std::string>& members) {
  if (members.empty()) return;
  patch::MemberChange change;
  change.kind = kind;
  for (const std::string& member : members) change.members.push_back({member, {}});
  changes.push_back(std::move(change));
}

}  // namespace

Result<void> redo(WriteSession& session, const schema::ResourceType& type, const ResourceId& id,
                  const json::Object& values, const std::set<std::string>& leaving,
                  const std::set<std::string>& joining) {
  ROLECALL_TRY_ASSIGN(auto record, find_for_change(session, type, id, std::nullopt));
  std::vector<patch::MemberChange> changes;
  add_change(changes, patch::MemberChange::Kind::remove, leaving);
  add_change(changes, patch::MemberChange::Kind::add, joining);
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
