#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

using store::ConsentRecord;

#define ROLECALL_CONSENT \
  "SELECT directory, state, verifier, redirect, expires, is_answered, asked_by, asked, code, granted, failures, due"
constexpr const char* kKinds = "ttttnntnttnn";
constexpr Sql kFind{"directory_consents.find",
                    ROLECALL_CONSENT " FROM directory_consents WHERE workspace = ? AND directory = ?", kKinds};
constexpr Sql kList{"directory_consents.list",
                    ROLECALL_CONSENT " FROM directory_consents WHERE workspace = ? ORDER BY directory", kKinds};
constexpr Sql kFindAnywhere{"directory_consents.find_anywhere",
                            ROLECALL_CONSENT ", workspace FROM directory_consents WHERE directory = ?",
                            "ttttnntnttnnt"};
constexpr Sql kAsk{"directory_consents.ask",
                   "INSERT INTO directory_consents (workspace, directory, state, verifier, redirect, expires, "
                   "is_answered, asked_by, asked, code, granted, failures, due, lease, leased_until) VALUES "
                   "(?, ?, ?, ?, ?, ?, 0, ?, ?, '', '', 0, NULL, '', 0) ON CONFLICT (workspace, directory) DO UPDATE "
                   "SET state = excluded.state, verifier = excluded.verifier, redirect = excluded.redirect, "
                   "expires = excluded.expires, is_answered = 0, asked_by = excluded.asked_by, asked = excluded.asked, "
                   "code = ''"};
constexpr Sql kAnswer{"directory_consents.answer",
                      "UPDATE directory_consents SET is_answered = 1, code = ?, due = CASE WHEN ? = '' THEN due ELSE ? "
                      "END WHERE workspace = ? AND directory = ? AND state = ? AND is_answered = 0 AND expires > ?"};
constexpr Sql kLease{"directory_consents.lease",
                     "UPDATE directory_consents SET lease = ?, leased_until = ?, due = ? WHERE workspace = ? AND "
                     "directory = ? AND leased_until <= ?"};
constexpr Sql kSettle{"directory_consents.settle",
                      "UPDATE directory_consents SET granted = ?, failures = ?, lease = '', leased_until = 0, "
                      "due = CASE WHEN code = '' OR code = ? THEN ? ELSE due END, "
                      "code = CASE WHEN code = ? THEN '' ELSE code END "
                      "WHERE workspace = ? AND directory = ? AND lease = ?"};
constexpr Sql kReseal{"directory_consents.reseal",
                      "UPDATE directory_consents SET verifier = ?, code = ?, granted = ? WHERE workspace = ? AND "
                      "directory = ? AND verifier = ? AND code = ? AND granted = ?"};
constexpr Sql kRemove{"directory_consents.remove",
                      "DELETE FROM directory_consents WHERE workspace = ? AND directory = ?"};
constexpr Sql kDue{
    "directory_consents.due",
    "SELECT workspace, directory FROM directory_consents WHERE due <= ? AND leased_until <= ? AND EXISTS (SELECT 1 "
    "FROM directories WHERE directories.workspace = directory_consents.workspace AND directories.id = "
    "directory_consents.directory AND directories.is_paused = 0) ORDER BY due, directory LIMIT ?",
    "tt"};

ConsentRecord consent_of(Row& row) {
  ConsentRecord consent;
  consent.directory = row.id<DirectoryId>(0);
  consent.state = row.text(1);
  consent.verifier = row.text(2);
  consent.redirect = row.text(3);
  consent.expires = row.instant(4);
  consent.is_answered = row.flag(5);
  consent.asked_by = row.text(6);
  consent.asked = row.instant(7);
  consent.code = row.text(8);
  consent.granted = row.text(9);
  consent.failures = row.number(10);
  consent.due = row.optional_instant(11);
  return consent;
}

}  // namespace

Result<std::optional<store::FoundConsent>> ConsentRepository::find_anywhere(Session& session,
                                                                            const DirectoryId& directory) {
  std::optional<store::FoundConsent> found;
  ROLECALL_TRY(session.select(kFindAnywhere, {directory}, [&](Row& row) {
    found = store::FoundConsent{row.id<WorkspaceId>(12), consent_of(row)};
  }));
  return found;
}

Result<std::vector<store::DueDirectory>> ConsentRepository::due(Session& session, Instant now, std::int64_t limit) {
  std::vector<store::DueDirectory> found;
  ROLECALL_TRY(session.select(kDue, {now, now, limit}, [&](Row& row) {
    found.push_back({row.id<WorkspaceId>(0), row.id<DirectoryId>(1)});
  }));
  return found;
}

Result<std::optional<ConsentRecord>> ConsentRepository::find(const DirectoryId& directory) {
  std::optional<ConsentRecord> found;
  ROLECALL_TRY(scope_.session.select(kFind, {scope_.workspace, directory}, [&](Row& row) { found = consent_of(row); }));
  return found;
}

Result<std::vector<ConsentRecord>> ConsentRepository::list() {
  std::vector<ConsentRecord> found;
  ROLECALL_TRY(scope_.session.select(kList, {scope_.workspace}, [&](Row& row) { found.push_back(consent_of(row)); }));
  return found;
}

Result<void> ConsentRepository::ask(const ConsentRecord& consent) {
  ROLECALL_TRY(scope_.session.execute(kAsk, {scope_.workspace, consent.directory, consent.state, consent.verifier,
                                             consent.redirect, consent.expires, consent.asked_by, consent.asked}));
  return {};
}

Result<bool> ConsentRepository::answer(const DirectoryId& directory, const std::string& state, const std::string& code,
                                       Instant now) {
  ROLECALL_TRY_ASSIGN(const auto taken,
                      scope_.session.execute(kAnswer, {code, code, now, scope_.workspace, directory, state, now}));
  return taken > 0;
}

Result<bool> ConsentRepository::lease(const DirectoryId& directory, const std::string& lease, Instant now,
                                      Instant until) {
  ROLECALL_TRY_ASSIGN(const auto taken,
                      scope_.session.execute(kLease, {lease, until, until, scope_.workspace, directory, now}));
  return taken > 0;
}

Result<bool> ConsentRepository::settle(const DirectoryId& directory, const std::string& lease,
                                       const store::ConsentEnd& end) {
  ROLECALL_TRY_ASSIGN(const auto settled,
                      scope_.session.execute(kSettle, {end.granted, end.failures, end.code, end.due, end.code,
                                                       scope_.workspace, directory, lease}));
  return settled > 0;
}

Result<bool> ConsentRepository::reseal(const ConsentRecord& before, const ConsentRecord& after) {
  ROLECALL_TRY_ASSIGN(
      const auto changed,
      scope_.session.execute(kReseal, {after.verifier, after.code, after.granted, scope_.workspace, before.directory,
                                       before.verifier, before.code, before.granted}));
  return changed > 0;
}

Result<bool> ConsentRepository::remove(const DirectoryId& directory) {
  ROLECALL_TRY_ASSIGN(const auto removed, scope_.session.execute(kRemove, {scope_.workspace, directory}));
  return removed > 0;
}

}  // namespace rolecall::adapter::soci
