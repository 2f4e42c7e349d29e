#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

#define ROLECALL_AUDIT                                                                                                \
  "SELECT seq, at, actor, action, target, details, request, previous_hash, hash, subject FROM audit WHERE workspace " \
  "= ? "
constexpr const char* kKinds = "nntttttttt";

constexpr Sql kLast{"audit.last", ROLECALL_AUDIT "ORDER BY seq DESC LIMIT 1", kKinds};
constexpr Sql kPage{"audit.page", ROLECALL_AUDIT "AND seq > ? ORDER BY seq LIMIT ?", kKinds};
// The numbers first, which an index has: asked for whole rows at once, SQLite walks the workspace's trail instead.
constexpr Sql kAbout{"audit.about",
                     ROLECALL_AUDIT
                     "AND seq IN (SELECT seq FROM audit WHERE workspace = ? AND subject = ? AND subject <> '' "
                     "AND seq < ? ORDER BY seq DESC LIMIT ?) ORDER BY seq DESC",
                     kKinds};
constexpr Sql kOfRequest{"audit.of_request",
                         ROLECALL_AUDIT
                         "AND seq IN (SELECT seq FROM audit WHERE workspace = ? AND request = ? ORDER BY seq LIMIT ?) "
                         "ORDER BY seq",
                         kKinds};
constexpr Sql kAppend{"audit.append",
                      "INSERT INTO audit (workspace, seq, at, actor, action, target, details, request, previous_hash, "
                      "hash, subject) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};

store::AuditRecord audit_of(Row& row) {
  store::AuditRecord record;
  record.seq = row.number(0);
  record.at = row.instant(1);
  record.actor = row.text(2);
  record.action = row.text(3);
  record.target = row.text(4);
  record.details = row.text(5);
  record.request = row.id<RequestId>(6);
  record.previous_hash = row.text(7);
  record.hash = row.text(8);
  record.subject = row.text(9);
  return record;
}

Column number(std::int64_t value) {
  Column column;
  column.number = value;
  return column;
}

Column text(const std::string& value) {
  Column column;
  column.text = value;
  return column;
}

std::vector<Column> columns_of(const store::AuditRecord& record) {
  return {number(record.seq),
          number(record.at.time_since_epoch().count()),
          text(record.actor),
          text(record.action),
          text(record.target),
          text(record.details),
          text(record.request.value()),
          text(record.previous_hash),
          text(record.hash),
          text(record.subject)};
}

}  // namespace

Result<std::optional<store::AuditRecord>> AuditRepository::last() {
  std::optional<store::AuditRecord> found;
  ROLECALL_TRY(scope_.session.select_kept(kLast, {scope_.workspace}, [&](Row& row) { found = audit_of(row); }));
  return found;
}

Result<void> AuditRepository::append(const store::AuditRecord& record) {
  ROLECALL_TRY(scope_.session.execute_later(
      kAppend, {scope_.workspace, record.seq, record.at, record.actor, record.action, record.target, record.details,
                record.request, record.previous_hash, record.hash, record.subject}));
  // The next request of the same transaction goes on from here.
  scope_.session.keep(kLast, {scope_.workspace}, columns_of(record));
  return {};
}

Result<std::vector<store::AuditRecord>> AuditRepository::page(std::int64_t after, std::int64_t limit) {
  std::vector<store::AuditRecord> found;
  ROLECALL_TRY(scope_.session.select(kPage, {scope_.workspace, after, limit},
                                     [&](Row& row) { found.push_back(audit_of(row)); }));
  return found;
}

Result<std::vector<store::AuditRecord>> AuditRepository::about(const std::string& subject, std::int64_t before,
                                                               std::int64_t limit) {
  std::vector<store::AuditRecord> found;
  ROLECALL_TRY(scope_.session.select(kAbout, {scope_.workspace, scope_.workspace, subject, before, limit},
                                     [&](Row& row) { found.push_back(audit_of(row)); }));
  return found;
}

Result<std::vector<store::AuditRecord>> AuditRepository::of_request(const RequestId& request, std::int64_t limit) {
  std::vector<store::AuditRecord> found;
  ROLECALL_TRY(scope_.session.select(kOfRequest, {scope_.workspace, scope_.workspace, request, limit},
                                     [&](Row& row) { found.push_back(audit_of(row)); }));
  return found;
}

}  // namespace rolecall::adapter::soci
