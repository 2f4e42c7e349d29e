#include "enum_text.hpp"
#include "words.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

using store::DirectoryState;

constexpr EnumText<DirectoryState, 5> kStates{{{{DirectoryState::untested, "untested"},
                                                {DirectoryState::active, "active"},
                                                {DirectoryState::degraded, "degraded"},
                                                {DirectoryState::throttled, "throttled"},
                                                {DirectoryState::needs_reauthorization, "needs_reauthorization"}}}};

#define ROLECALL_DIRECTORY                                                                                         \
  "SELECT id, name, provider, domain, credential_kind, client_id, credential, scopes, granted, is_paused, state, " \
  "reason, vendor_status, vendor_code, vendor_request, throttled_until, tested, test_due, failures, ends_access, " \
  "made_by, "                                                                                                      \
  "created, read_every, read_groups, read_applications, read_types, read_due, read_until, read_whole "             \
  "FROM directories WHERE workspace = ? "
constexpr const char* kKinds = "tttttttttnttnttnnnnntnntttnnn";

constexpr Sql kInsert{
    "directories.insert",
    "INSERT INTO directories (workspace, id, name, provider, domain, credential_kind, client_id, credential, scopes, "
    "granted, is_paused, state, reason, vendor_status, vendor_code, vendor_request, throttled_until, tested, test_due, "
    "failures, ends_access, made_by, created, read_every, read_groups, read_applications, read_types, read_due, "
    "read_until, read_whole, lease, leased_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "?, ?, ?, ?, ?, "
    "?, "
    "?, ?, ?, ?, '', 0)"};
constexpr Sql kFind{"directories.find", ROLECALL_DIRECTORY "AND id = ?", kKinds};
constexpr Sql kFindByName{"directories.find_by_name", ROLECALL_DIRECTORY "AND name = ?", kKinds};
constexpr Sql kList{"directories.list", ROLECALL_DIRECTORY "ORDER BY name", kKinds};
constexpr Sql kUpdate{
    "directories.update",
    "UPDATE directories SET name = ?, domain = ?, credential_kind = ?, client_id = ?, credential = ?, scopes = ?, "
    "granted = ?, is_paused = ?, state = ?, reason = ?, vendor_status = ?, vendor_code = ?, vendor_request = ?, "
    "throttled_until = ?, tested = ?, test_due = ?, failures = ?, ends_access = ? WHERE workspace = ? AND id = ?"};
constexpr Sql kSetReading{"directories.set_reading",
                          "UPDATE directories SET read_every = ?, read_groups = ?, read_applications = ?, "
                          "read_types = ? WHERE workspace = ? AND id = ?"};
constexpr Sql kSetRead{"directories.set_read",
                       "UPDATE directories SET read_due = ?, read_until = ?, read_whole = ? "
                       "WHERE workspace = ? AND id = ?"};
constexpr Sql kRemove{"directories.remove", "DELETE FROM directories WHERE workspace = ? AND id = ?"};
constexpr Sql kLease{"directories.lease",
                     "UPDATE directories SET lease = ?, leased_until = ? WHERE workspace = ? AND id = ? AND "
                     "is_paused = 0 AND test_due <= ? AND leased_until <= ?"};
constexpr Sql kRelease{
    "directories.release",
    "UPDATE directories SET lease = '', leased_until = 0 WHERE workspace = ? AND id = ? AND lease = ?"};
constexpr Sql kDue{"directories.due",
                   "SELECT workspace, id FROM directories WHERE is_paused = 0 AND test_due <= ? AND "
                   "leased_until <= ? ORDER BY test_due, id LIMIT ?",
                   "tt"};
constexpr Sql kReadDue{"directories.read_due",
                       "SELECT workspace, id FROM directories WHERE is_paused = 0 AND read_due <= ? "
                       "ORDER BY read_due, id LIMIT ?",
                       "tt"};

store::DirectoryRecord directory_of(Row& row) {
  store::DirectoryRecord directory;
  directory.id = row.id<DirectoryId>(0);
  directory.name = row.text(1);
  directory.provider = row.text(2);
  directory.domain = row.text(3);
  directory.credential_kind = row.text(4);
  directory.client_id = row.text(5);
  directory.credential = row.text(6);
  directory.scopes = words_of(row.view(7));
  directory.granted = words_of(row.view(8));
  directory.is_paused = row.flag(9);
  directory.state = kStates.value(row.view(10));
  directory.reason = row.text(11);
  directory.vendor_status = row.number(12);
  directory.vendor_code = row.text(13);
  directory.vendor_request = row.text(14);
  directory.throttled_until = row.optional_instant(15);
  directory.tested = row.optional_instant(16);
  directory.test_due = row.instant(17);
  directory.failures = row.number(18);
  directory.ends_access = row.flag(19);
  directory.made_by = row.text(20);
  directory.created = row.instant(21);
  directory.reading = {row.number(22), words_of(row.view(23), '\n'), words_of(row.view(24), '\n'),
                       words_of(row.view(25), '\n')};
  directory.read_due = row.optional_instant(26);
  directory.read_until = row.optional_instant(27);
  directory.read_whole = row.optional_instant(28);
  return directory;
}

}  // namespace

Result<std::vector<store::DueDirectory>> DirectoryRepository::due(Session& session, Instant now, std::int64_t limit) {
  std::vector<store::DueDirectory> found;
  ROLECALL_TRY(session.select(kDue, {now, now, limit}, [&](Row& row) {
    found.push_back({row.id<WorkspaceId>(0), row.id<DirectoryId>(1)});
  }));
  return found;
}

Result<std::vector<store::DueDirectory>> DirectoryRepository::due_readings(Session& session, Instant now,
                                                                           std::int64_t limit) {
  std::vector<store::DueDirectory> found;
  ROLECALL_TRY(session.select(kReadDue, {now, limit}, [&](Row& row) {
    found.push_back({row.id<WorkspaceId>(0), row.id<DirectoryId>(1)});
  }));
  return found;
}

Result<void> DirectoryRepository::insert(const store::DirectoryRecord& directory) {
  ROLECALL_TRY(scope_.session.execute(kInsert, {scope_.workspace,
                                                directory.id,
                                                directory.name,
                                                directory.provider,
                                                directory.domain,
                                                directory.credential_kind,
                                                directory.client_id,
                                                directory.credential,
                                                text_of(directory.scopes),
                                                text_of(directory.granted),
                                                directory.is_paused,
                                                kStates.text(directory.state),
                                                directory.reason,
                                                directory.vendor_status,
                                                directory.vendor_code,
                                                directory.vendor_request,
                                                directory.throttled_until,
                                                directory.tested,
                                                directory.test_due,
                                                directory.failures,
                                                directory.ends_access,
                                                directory.made_by,
                                                directory.created,
                                                directory.reading.every,
                                                text_of(directory.reading.groups, '\n'),
                                                text_of(directory.reading.applications, '\n'),
                                                text_of(directory.reading.types, '\n'),
                                                directory.read_due,
                                                directory.read_until,
                                                directory.read_whole}));
  return {};
}

Result<std::optional<store::DirectoryRecord>> DirectoryRepository::find(const DirectoryId& id) {
  std::optional<store::DirectoryRecord> found;
  ROLECALL_TRY(scope_.session.select(kFind, {scope_.workspace, id}, [&](Row& row) { found = directory_of(row); }));
  return found;
}

Result<std::optional<store::DirectoryRecord>> DirectoryRepository::find_by_name(const std::string& name) {
  std::optional<store::DirectoryRecord> found;
  ROLECALL_TRY(
      scope_.session.select(kFindByName, {scope_.workspace, name}, [&](Row& row) { found = directory_of(row); }));
  return found;
}

Result<std::vector<store::DirectoryRecord>> DirectoryRepository::list() {
  std::vector<store::DirectoryRecord> found;
  ROLECALL_TRY(scope_.session.select(kList, {scope_.workspace}, [&](Row& row) { found.push_back(directory_of(row)); }));
  return found;
}

Result<bool> DirectoryRepository::update(const store::DirectoryRecord& directory) {
  ROLECALL_TRY_ASSIGN(const auto changed, scope_.session.execute(kUpdate, {directory.name,
                                                                           directory.domain,
                                                                           directory.credential_kind,
                                                                           directory.client_id,
                                                                           directory.credential,
                                                                           text_of(directory.scopes),
                                                                           text_of(directory.granted),
                                                                           directory.is_paused,
                                                                           kStates.text(directory.state),
                                                                           directory.reason,
                                                                           directory.vendor_status,
                                                                           directory.vendor_code,
                                                                           directory.vendor_request,
                                                                           directory.throttled_until,
                                                                           directory.tested,
                                                                           directory.test_due,
                                                                           directory.failures,
                                                                           directory.ends_access,
                                                                           scope_.workspace,
                                                                           directory.id}));
  return changed > 0;
}

Result<bool> DirectoryRepository::set_reading(const store::DirectoryRecord& directory) {
  const store::Reading& reading = directory.reading;
  ROLECALL_TRY_ASSIGN(
      const auto changed,
      scope_.session.execute(kSetReading,
                             {reading.every, text_of(reading.groups, '\n'), text_of(reading.applications, '\n'),
                              text_of(reading.types, '\n'), scope_.workspace, directory.id}));
  return changed > 0;
}

Result<bool> DirectoryRepository::set_read(const store::DirectoryRecord& directory) {
  ROLECALL_TRY_ASSIGN(const auto changed,
                      scope_.session.execute(kSetRead, {directory.read_due, directory.read_until, directory.read_whole,
                                                        scope_.workspace, directory.id}));
  return changed > 0;
}

Result<bool> DirectoryRepository::remove(const DirectoryId& id) {
  ROLECALL_TRY_ASSIGN(const auto removed, scope_.session.execute(kRemove, {scope_.workspace, id}));
  return removed > 0;
}

Result<bool> DirectoryRepository::lease(const DirectoryId& id, const std::string& lease, Instant now, Instant until) {
  ROLECALL_TRY_ASSIGN(const auto taken, scope_.session.execute(kLease, {lease, until, scope_.workspace, id, now, now}));
  return taken > 0;
}

Result<bool> DirectoryRepository::release(const DirectoryId& id, const std::string& lease) {
  ROLECALL_TRY_ASSIGN(const auto released, scope_.session.execute(kRelease, {scope_.workspace, id, lease}));
  return released > 0;
}

}  // namespace rolecall::adapter::soci
