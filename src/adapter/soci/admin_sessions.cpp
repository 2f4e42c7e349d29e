#include <algorithm>

#include "rolecall/base/encoding.hpp"
#include "words.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

#define ROLECALL_ADMIN_SESSION \
  "SELECT id, workspace, user_id, token, scopes, digest, created, used, expires, ended FROM admin_sessions "
constexpr const char* kKinds = "ttttttnnnn";

constexpr Sql kInsert{
    "admin_sessions.insert",
    "INSERT INTO admin_sessions (id, workspace, user_id, token, scopes, digest, created, used, expires, ended) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr Sql kFind{"admin_sessions.find",
                    "SELECT s.id, s.workspace, s.user_id, s.token, s.scopes, s.digest, s.created, s.used, s.expires, "
                    "COALESCE(s.ended, t.revoked) FROM admin_sessions s JOIN api_tokens t ON t.id = s.token "
                    "WHERE s.id = ?",
                    kKinds};
constexpr Sql kList{"admin_sessions.list", ROLECALL_ADMIN_SESSION "WHERE workspace = ? ORDER BY created, id", kKinds};
constexpr Sql kOfUser{"admin_sessions.of_user",
                      ROLECALL_ADMIN_SESSION "WHERE workspace = ? AND user_id = ? ORDER BY created, id", kKinds};
constexpr Sql kLiving{"admin_sessions.living",
                      "SELECT user_id FROM admin_sessions WHERE id = ? AND workspace = ? AND ended IS NULL", "t"};
constexpr Sql kLivingOfToken{"admin_sessions.living_of_token",
                             "SELECT id FROM admin_sessions WHERE workspace = ? AND token = ? AND ended IS NULL", "t"};
constexpr Sql kLivingOfUser{"admin_sessions.living_of_user",
                            "SELECT id FROM admin_sessions WHERE workspace = ? AND user_id = ? AND ended IS NULL", "t"};
constexpr Sql kEnd{"admin_sessions.end",
                   "UPDATE admin_sessions SET ended = ? WHERE id = ? AND workspace = ? AND ended IS NULL"};
constexpr Sql kNoteUse{"admin_sessions.note_use",
                       "UPDATE admin_sessions SET used = ? WHERE id = ? AND workspace = ? AND used <= ?"};
constexpr Sql kRemove{"admin_sessions.remove", "DELETE FROM admin_sessions WHERE id = ? AND workspace = ?"};
constexpr Sql kForget{"admin_sessions.forget_expired",
                      "DELETE FROM admin_sessions WHERE id IN (SELECT id FROM admin_sessions WHERE workspace = ? "
                      "AND expires <= ? ORDER BY expires LIMIT ?)"};

store::AdminSessionRecord record_of(Row& row) {
  store::AdminSessionRecord record;
  record.id = row.id<SessionId>(0);
  record.workspace = row.id<WorkspaceId>(1);
  record.user = row.id<ResourceId>(2);
  record.token = row.id<TokenId>(3);
  record.scopes = words_of(row.view(4));
  record.digest = parse_hex(row.view(5)).value_or(std::string());
  record.created = row.instant(6);
  record.used = row.instant(7);
  record.expires = row.instant(8);
  record.ended = row.optional_instant(9);
  return record;
}

}  // namespace

Result<std::optional<store::AdminSessionRecord>> AdminSessionRepository::find_anywhere(Session& session,
                                                                                       const SessionId& id) {
  std::optional<store::AdminSessionRecord> found;
  ROLECALL_TRY(session.select(kFind, {id}, [&](Row& row) { found = record_of(row); }));
  return found;
}

Result<void> AdminSessionRepository::insert(const store::AdminSessionRecord& record) {
  const std::string digest = to_hex(record.digest);
  const std::string scopes = text_of(record.scopes);
  ROLECALL_TRY(scope_.session.execute(kInsert, {record.id, scope_.workspace, record.user, record.token, scopes, digest,
                                                record.created, record.used, record.expires, record.ended}));
  return {};
}

Result<std::vector<store::AdminSessionRecord>> AdminSessionRepository::list() {
  std::vector<store::AdminSessionRecord> found;
  ROLECALL_TRY(scope_.session.select(kList, {scope_.workspace}, [&](Row& row) { found.push_back(record_of(row)); }));
  return found;
}

Result<std::vector<store::AdminSessionRecord>> AdminSessionRepository::of_user(const ResourceId& user) {
  std::vector<store::AdminSessionRecord> found;
  ROLECALL_TRY(
      scope_.session.select(kOfUser, {scope_.workspace, user}, [&](Row& row) { found.push_back(record_of(row)); }));
  return found;
}

Result<std::optional<ResourceId>> AdminSessionRepository::end(const SessionId& id, Instant at) {
  std::optional<ResourceId> user;
  ROLECALL_TRY(scope_.session.select(kLiving, {id, scope_.workspace}, [&](Row& row) { user = row.id<ResourceId>(0); }));
  if (user) ROLECALL_TRY(scope_.session.execute(kEnd, {at, id, scope_.workspace}));
  return user;
}

Result<std::vector<SessionId>> AdminSessionRepository::end_all(std::vector<SessionId> found, Instant at) {
  std::sort(found.begin(), found.end());
  for (const SessionId& id : found) ROLECALL_TRY(scope_.session.execute(kEnd, {at, id, scope_.workspace}));
  return found;
}

Result<std::vector<SessionId>> AdminSessionRepository::end_of_token(const TokenId& token, Instant at) {
  std::vector<SessionId> found;
  ROLECALL_TRY(scope_.session.select(kLivingOfToken, {scope_.workspace, token},
                                     [&](Row& row) { found.push_back(row.id<SessionId>(0)); }));
  return end_all(std::move(found), at);
}

Result<std::vector<SessionId>> AdminSessionRepository::end_of_user(const ResourceId& user, Instant at) {
  std::vector<SessionId> found;
  ROLECALL_TRY(scope_.session.select(kLivingOfUser, {scope_.workspace, user},
                                     [&](Row& row) { found.push_back(row.id<SessionId>(0)); }));
  return end_all(std::move(found), at);
}

Result<void> AdminSessionRepository::note_use(const SessionId& id, Instant at, Instant before) {
  ROLECALL_TRY(scope_.session.execute(kNoteUse, {at, id, scope_.workspace, before}));
  return {};
}

Result<void> AdminSessionRepository::remove(const SessionId& id) {
  ROLECALL_TRY(scope_.session.execute(kRemove, {id, scope_.workspace}));
  return {};
}

Result<std::int64_t> AdminSessionRepository::forget_expired(Instant now, std::int64_t limit) {
  return scope_.session.execute(kForget, {scope_.workspace, now, limit});
}

}  // namespace rolecall::adapter::soci
