#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

using store::DirectoryLogRecord;

constexpr Sql kInsert{"directory_logs.insert",
                      "INSERT INTO directory_logs (workspace, directory, since, next, reason, failures, read_at, due, "
                      "lease, leased_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', 0)"};
constexpr Sql kFind{"directory_logs.find",
                    "SELECT directory, since, next, reason, failures, read_at, due FROM directory_logs "
                    "WHERE workspace = ? AND directory = ?",
                    "tnttnnn"};
constexpr Sql kUpdate{"directory_logs.update",
                      "UPDATE directory_logs SET since = ?, next = ?, reason = ?, failures = ?, read_at = ?, due = ? "
                      "WHERE workspace = ? AND directory = ?"};
constexpr Sql kRemove{"directory_logs.remove", "DELETE FROM directory_logs WHERE workspace = ? AND directory = ?"};
constexpr Sql kLease{"directory_logs.lease",
                     "UPDATE directory_logs SET lease = ?, leased_until = ? WHERE workspace = ? AND directory = ? AND "
                     "due <= ? AND leased_until <= ?"};
constexpr Sql kRenew{"directory_logs.renew",
                     "UPDATE directory_logs SET leased_until = ? WHERE workspace = ? AND directory = ? AND lease = ?"};
constexpr Sql kRelease{
    "directory_logs.release",
    "UPDATE directory_logs SET lease = '', leased_until = 0 WHERE workspace = ? AND directory = ? AND lease = ?"};
constexpr Sql kDue{
    "directory_logs.due",
    "SELECT workspace, directory FROM directory_logs WHERE due <= ? AND leased_until <= ? AND EXISTS (SELECT 1 FROM "
    "directories WHERE directories.workspace = directory_logs.workspace AND directories.id = directory_logs.directory "
    "AND directories.is_paused = 0) ORDER BY due, directory LIMIT ?",
    "tt"};

}  // namespace

Result<std::vector<store::DueDirectory>> DirectoryLogRepository::due(Session& session, Instant now,
                                                                     std::int64_t limit) {
  std::vector<store::DueDirectory> found;
  ROLECALL_TRY(session.select(kDue, {now, now, limit}, [&](Row& row) {
    found.push_back({row.id<WorkspaceId>(0), row.id<DirectoryId>(1)});
  }));
  return found;
}

Result<void> DirectoryLogRepository::insert(const DirectoryLogRecord& log) {
  ROLECALL_TRY(scope_.session.execute(
      kInsert, {scope_.workspace, log.directory, log.since, log.next, log.reason, log.failures, log.read, log.due}));
  return {};
}

Result<std::optional<DirectoryLogRecord>> DirectoryLogRepository::find(const DirectoryId& directory) {
  std::optional<DirectoryLogRecord> found;
  ROLECALL_TRY(scope_.session.select(kFind, {scope_.workspace, directory}, [&](Row& row) {
    found = DirectoryLogRecord{row.id<DirectoryId>(0), row.instant(1),          row.text(2),   row.text(3),
                               row.number(4),          row.optional_instant(5), row.instant(6)};
  }));
  return found;
}

Result<bool> DirectoryLogRepository::update(const DirectoryLogRecord& log) {
  ROLECALL_TRY_ASSIGN(const auto changed,
                      scope_.session.execute(kUpdate, {log.since, log.next, log.reason, log.failures, log.read, log.due,
                                                       scope_.workspace, log.directory}));
  return changed > 0;
}

Result<bool> DirectoryLogRepository::remove(const DirectoryId& directory) {
  ROLECALL_TRY_ASSIGN(const auto removed, scope_.session.execute(kRemove, {scope_.workspace, directory}));
  return removed > 0;
}

Result<bool> DirectoryLogRepository::lease(const DirectoryId& directory, const std::string& lease, Instant now,
                                           Instant until) {
  ROLECALL_TRY_ASSIGN(const auto taken,
                      scope_.session.execute(kLease, {lease, until, scope_.workspace, directory, now, now}));
  return taken > 0;
}

Result<bool> DirectoryLogRepository::renew(const DirectoryId& directory, const std::string& lease, Instant until) {
  ROLECALL_TRY_ASSIGN(const auto renewed, scope_.session.execute(kRenew, {until, scope_.workspace, directory, lease}));
  return renewed > 0;
}

Result<bool> DirectoryLogRepository::release(const DirectoryId& directory, const std::string& lease) {
  ROLECALL_TRY_ASSIGN(const auto released, scope_.session.execute(kRelease, {scope_.workspace, directory, lease}));
  return released > 0;
}

}  // namespace rolecall::adapter::soci
