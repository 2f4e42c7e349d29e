#include "enum_text.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

using store::DirectoryEventRecord;
using store::EventSource;
using store::RereadRecord;

constexpr EnumText<EventSource, 2> kSources{{{{EventSource::hook, "hook"}, {EventSource::log, "log"}}}};

constexpr Sql kAdd{"directory_events.add",
                   "INSERT INTO directory_events (workspace, directory, uuid, type, source, published, received) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"};
constexpr Sql kNewest{"directory_events.newest",
                      "SELECT directory, uuid, type, source, published, received FROM directory_events "
                      "WHERE workspace = ? AND directory = ? ORDER BY received DESC, uuid LIMIT ?",
                      "ttttnn"};
constexpr Sql kForgetUntil{"directory_events.forget_until",
                           "DELETE FROM directory_events WHERE workspace = ? AND (directory, uuid) IN (SELECT "
                           "directory, uuid FROM directory_events WHERE workspace = ? AND received < ? "
                           "ORDER BY received LIMIT ?)"};
constexpr Sql kForgetEvents{"directory_events.forget",
                            "DELETE FROM directory_events WHERE workspace = ? AND directory = ?"};

constexpr Sql kAsk{
    "directory_rereads.ask",
    "INSERT INTO directory_rereads (workspace, directory, person, with_sets, event, marks, asked, due, failures, "
    "lease, leased_until) VALUES (?, ?, ?, ?, ?, 1, ?, ?, 0, '', 0) ON CONFLICT (workspace, directory, person) "
    "DO UPDATE SET with_sets = CASE WHEN excluded.with_sets = 1 THEN 1 ELSE directory_rereads.with_sets END, "
    "event = excluded.event, marks = directory_rereads.marks + 1, due = excluded.due"};
constexpr Sql kFind{"directory_rereads.find",
                    "SELECT directory, person, with_sets, event, marks, asked, due, failures FROM directory_rereads "
                    "WHERE workspace = ? AND directory = ? AND person = ?",
                    "ttntnnnn"};
constexpr Sql kLease{"directory_rereads.lease",
                     "UPDATE directory_rereads SET lease = ?, leased_until = ? WHERE workspace = ? AND directory = ? "
                     "AND person = ? AND due <= ? AND leased_until <= ?"};
constexpr Sql kSettle{"directory_rereads.settle",
                      "DELETE FROM directory_rereads WHERE workspace = ? AND directory = ? AND person = ? AND "
                      "lease = ? AND marks = ?"};
constexpr Sql kPostpone{"directory_rereads.postpone",
                        "UPDATE directory_rereads SET lease = '', leased_until = 0, failures = ?, due = ? "
                        "WHERE workspace = ? AND directory = ? AND person = ? AND lease = ?"};
constexpr Sql kRelease{"directory_rereads.release",
                       "UPDATE directory_rereads SET lease = '', leased_until = 0, failures = 0 "
                       "WHERE workspace = ? AND directory = ? AND person = ? AND lease = ?"};
constexpr Sql kForgetRereads{"directory_rereads.forget",
                             "DELETE FROM directory_rereads WHERE workspace = ? AND directory = ?"};
constexpr Sql kDue{
    "directory_rereads.due",
    "SELECT workspace, directory, person FROM directory_rereads WHERE due <= ? AND leased_until <= ? AND EXISTS "
    "(SELECT 1 FROM directories WHERE directories.workspace = directory_rereads.workspace AND directories.id = "
    "directory_rereads.directory AND directories.is_paused = 0) ORDER BY due, person LIMIT ?",
    "ttt"};

}  // namespace

Result<std::vector<store::DueReread>> DirectoryEventRepository::due(Session& session, Instant now, std::int64_t limit) {
  std::vector<store::DueReread> found;
  ROLECALL_TRY(session.select(kDue, {now, now, limit}, [&](Row& row) {
    found.push_back({row.id<WorkspaceId>(0), row.id<DirectoryId>(1), row.text(2)});
  }));
  return found;
}

Result<bool> DirectoryEventRepository::add(const DirectoryEventRecord& event) {
  ROLECALL_TRY_ASSIGN(const auto added,
                      scope_.session.execute(kAdd, {scope_.workspace, event.directory, event.uuid, event.type,
                                                    kSources.text(event.source), event.published, event.received}));
  return added > 0;
}

Result<std::vector<DirectoryEventRecord>> DirectoryEventRepository::newest(const DirectoryId& directory,
                                                                           std::int64_t limit) {
  std::vector<DirectoryEventRecord> found;
  ROLECALL_TRY(scope_.session.select(kNewest, {scope_.workspace, directory, limit}, [&](Row& row) {
    found.push_back({row.id<DirectoryId>(0), row.text(1), row.text(2), kSources.value(row.view(3)),
                     row.optional_instant(4), row.instant(5)});
  }));
  return found;
}

Result<std::int64_t> DirectoryEventRepository::forget_until(Instant before, std::int64_t limit) {
  return scope_.session.execute(kForgetUntil, {scope_.workspace, scope_.workspace, before, limit});
}

Result<void> DirectoryEventRepository::ask(const RereadRecord& reread) {
  ROLECALL_TRY(scope_.session.execute(kAsk, {scope_.workspace, reread.directory, reread.person, reread.with_sets,
                                             reread.event, reread.asked, reread.due}));
  return {};
}

Result<std::optional<RereadRecord>> DirectoryEventRepository::find(const DirectoryId& directory,
                                                                   const std::string& person) {
  std::optional<RereadRecord> found;
  ROLECALL_TRY(scope_.session.select(kFind, {scope_.workspace, directory, person}, [&](Row& row) {
    found = RereadRecord{row.id<DirectoryId>(0), row.text(1),    row.flag(2),    row.text(3),
                         row.number(4),          row.instant(5), row.instant(6), row.number(7)};
  }));
  return found;
}

Result<bool> DirectoryEventRepository::lease(const DirectoryId& directory, const std::string& person,
                                             const std::string& lease, Instant now, Instant until) {
  ROLECALL_TRY_ASSIGN(const auto taken,
                      scope_.session.execute(kLease, {lease, until, scope_.workspace, directory, person, now, now}));
  return taken > 0;
}

Result<bool> DirectoryEventRepository::settle(const DirectoryId& directory, const std::string& person,
                                              const std::string& lease, std::int64_t marks) {
  ROLECALL_TRY_ASSIGN(const auto done,
                      scope_.session.execute(kSettle, {scope_.workspace, directory, person, lease, marks}));
  if (done > 0) return true;
  ROLECALL_TRY_ASSIGN(const auto released,
                      scope_.session.execute(kRelease, {scope_.workspace, directory, person, lease}));
  return released > 0;
}

Result<void> DirectoryEventRepository::postpone(const DirectoryId& directory, const std::string& person,
                                                const std::string& lease, std::int64_t failures, Instant due) {
  ROLECALL_TRY(scope_.session.execute(kPostpone, {failures, due, scope_.workspace, directory, person, lease}));
  return {};
}

Result<void> DirectoryEventRepository::forget(const DirectoryId& directory) {
  ROLECALL_TRY(scope_.session.execute(kForgetRereads, {scope_.workspace, directory}));
  ROLECALL_TRY(scope_.session.execute(kForgetEvents, {scope_.workspace, directory}));
  return {};
}

}  // namespace rolecall::adapter::soci
