#include "enum_text.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

using store::EndedAccessRecord;
using store::EndingState;

constexpr EnumText<EndingState, 5> kStates{{{{EndingState::ending, "ending"},
                                             {EndingState::ended, "ended"},
                                             {EndingState::held, "held"},
                                             {EndingState::refused, "refused"},
                                             {EndingState::returning, "returning"}}}};

constexpr Sql kPut{
    "ended_access.put",
    "INSERT INTO ended_access (workspace, directory, person, user_id, state, status, cause, note, asked, ended) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (workspace, directory, person) DO UPDATE SET "
    "user_id = excluded.user_id, state = excluded.state, status = excluded.status, cause = excluded.cause, "
    "note = excluded.note, asked = excluded.asked, ended = excluded.ended"};
constexpr Sql kFind{"ended_access.find",
                    "SELECT directory, person, user_id, state, status, cause, note, asked, ended FROM ended_access "
                    "WHERE workspace = ? AND directory = ? AND person = ?",
                    "tttttttnn"};
// Whoever comes second waits here, and then finds another state.
constexpr Sql kTake{"ended_access.take",
                    "UPDATE ended_access SET asked = asked WHERE workspace = ? AND directory = ? AND person = ? AND "
                    "state IN ('ending', 'returning')"};
constexpr Sql kRemove{"ended_access.remove",
                      "DELETE FROM ended_access WHERE workspace = ? AND directory = ? AND person = ?"};
constexpr Sql kForgetUser{"ended_access.forget_user", "DELETE FROM ended_access WHERE workspace = ? AND user_id = ?"};
constexpr Sql kForget{"ended_access.forget", "DELETE FROM ended_access WHERE workspace = ? AND directory = ?"};
constexpr Sql kDue{"ended_access.due",
                   "SELECT workspace, directory, person FROM ended_access WHERE state IN ('ending', 'returning') AND "
                   "asked <= ? ORDER BY asked, person LIMIT ?",
                   "ttt"};

}  // namespace

Result<std::vector<store::DueEnding>> EndedAccessRepository::due(Session& session, Instant now, std::int64_t limit) {
  std::vector<store::DueEnding> found;
  ROLECALL_TRY(session.select(kDue, {now, limit}, [&](Row& row) {
    found.push_back({row.id<WorkspaceId>(0), row.id<DirectoryId>(1), row.text(2)});
  }));
  return found;
}

Result<void> EndedAccessRepository::put(const EndedAccessRecord& ending) {
  ROLECALL_TRY(scope_.session.execute(
      kPut, {scope_.workspace, ending.directory, ending.person, ending.user, kStates.text(ending.state), ending.status,
             ending.cause, ending.note, ending.asked, ending.ended}));
  return {};
}

Result<std::optional<EndedAccessRecord>> EndedAccessRepository::find(const DirectoryId& directory,
                                                                     const std::string& person) {
  std::optional<EndedAccessRecord> found;
  ROLECALL_TRY(scope_.session.select(kFind, {scope_.workspace, directory, person}, [&](Row& row) {
    found = EndedAccessRecord{row.id<DirectoryId>(0),
                              row.text(1),
                              row.id<ResourceId>(2),
                              kStates.value(row.view(3)),
                              row.text(4),
                              row.text(5),
                              row.text(6),
                              row.instant(7),
                              row.optional_instant(8)};
  }));
  return found;
}

Result<bool> EndedAccessRepository::take(const DirectoryId& directory, const std::string& person) {
  ROLECALL_TRY_ASSIGN(const auto taken, scope_.session.execute(kTake, {scope_.workspace, directory, person}));
  return taken > 0;
}

Result<bool> EndedAccessRepository::remove(const DirectoryId& directory, const std::string& person) {
  ROLECALL_TRY_ASSIGN(const auto removed, scope_.session.execute(kRemove, {scope_.workspace, directory, person}));
  return removed > 0;
}

Result<void> EndedAccessRepository::forget_user(const ResourceId& user) {
  ROLECALL_TRY(scope_.session.execute(kForgetUser, {scope_.workspace, user}));
  return {};
}

Result<void> EndedAccessRepository::forget(const DirectoryId& directory) {
  ROLECALL_TRY(scope_.session.execute(kForget, {scope_.workspace, directory}));
  return {};
}

}  // namespace rolecall::adapter::soci
