#include <array>
#include <charconv>

#include "enum_text.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

using store::SyncCounts;
using store::SyncKind;
using store::SyncPhase;
using store::SyncRunRecord;
using store::SyncState;

constexpr EnumText<SyncState, 4> kStates{{{{SyncState::running, "running"},
                                           {SyncState::succeeded, "succeeded"},
                                           {SyncState::partial, "partial"},
                                           {SyncState::failed, "failed"}}}};
constexpr EnumText<SyncKind, 3> kKinds{
    {{{SyncKind::whole, "whole"}, {SyncKind::changes, "changes"}, {SyncKind::person, "person"}}}};
constexpr EnumText<SyncPhase, 6> kPhases{{{{SyncPhase::people, "people"},
                                           {SyncPhase::missing, "missing"},
                                           {SyncPhase::groups, "groups"},
                                           {SyncPhase::members, "members"},
                                           {SyncPhase::applications, "applications"},
                                           {SyncPhase::assignments, "assignments"}}}};

#define ROLECALL_SYNC_RUN                                                                                       \
  "SELECT id, directory, number, kind, person, since, state, phase, phase_began, at_id, next, is_second_look, " \
  "lists, people_counts, group_counts, member_counts, application_counts, assignment_counts, expected, "        \
  "requested_by, requested, ended, due, failures, reason, vendor_request FROM sync_runs WHERE workspace = ? "
constexpr const char* kColumns = "ttnttnttnttnntttttntnnnntt";
constexpr Sql kInsert{
    "sync_runs.insert",
    "INSERT INTO sync_runs (workspace, id, directory, number, kind, person, since, state, phase, phase_began, at_id, "
    "next, is_second_look, lists, people_counts, group_counts, member_counts, application_counts, assignment_counts, "
    "expected, requested_by, requested, ended, due, failures, reason, vendor_request, lease, leased_until) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0)"};
constexpr Sql kFind{"sync_runs.find", ROLECALL_SYNC_RUN "AND id = ?", kColumns};
constexpr Sql kLast{"sync_runs.last", ROLECALL_SYNC_RUN "AND directory = ? ORDER BY number DESC LIMIT 1", kColumns};
constexpr Sql kRunning{"sync_runs.running",
                       ROLECALL_SYNC_RUN "AND directory = ? AND state = 'running' AND kind <> 'person'", kColumns};
constexpr Sql kPage{"sync_runs.page", ROLECALL_SYNC_RUN "AND id < ? ORDER BY id DESC LIMIT ?", kColumns};
constexpr Sql kPageOf{"sync_runs.page_of_directory",
                      ROLECALL_SYNC_RUN "AND directory = ? AND id < ? ORDER BY id DESC LIMIT ?", kColumns};
constexpr Sql kUpdate{
    "sync_runs.update",
    "UPDATE sync_runs SET state = ?, phase = ?, phase_began = ?, at_id = ?, next = ?, is_second_look = ?, lists = ?, "
    "people_counts = ?, group_counts = ?, member_counts = ?, application_counts = ?, assignment_counts = ?, ended = ?, "
    "due = ?, failures = ?, reason = ?, vendor_request = ? WHERE workspace = ? AND id = ?"};
constexpr Sql kLease{"sync_runs.lease",
                     "UPDATE sync_runs SET lease = ?, leased_until = ? WHERE workspace = ? AND id = ? AND "
                     "state = 'running' AND due <= ? AND leased_until <= ?"};
constexpr Sql kRenew{"sync_runs.renew",
                     "UPDATE sync_runs SET leased_until = ? WHERE workspace = ? AND id = ? AND lease = ? AND "
                     "state = 'running'"};
constexpr Sql kRelease{
    "sync_runs.release",
    "UPDATE sync_runs SET lease = '', leased_until = 0 WHERE workspace = ? AND id = ? AND lease = ?"};
constexpr Sql kKeepNewest{"sync_runs.keep_newest",
                          "DELETE FROM sync_runs WHERE workspace = ? AND directory = ? AND state <> 'running' AND "
                          "number <= (SELECT MAX(number) FROM sync_runs WHERE workspace = ? AND directory = ?) - ?"};
constexpr Sql kForget{"sync_runs.forget", "DELETE FROM sync_runs WHERE workspace = ? AND directory = ?"};
constexpr Sql kDue{"sync_runs.due",
                   "SELECT workspace, id FROM sync_runs WHERE state = 'running' AND due <= ? AND leased_until <= ? "
                   "AND EXISTS (SELECT 1 FROM directories WHERE directories.workspace = sync_runs.workspace AND "
                   "directories.id = sync_runs.directory AND directories.is_paused = 0) ORDER BY due, id LIMIT ?",
                   "tt"};

std::string text_of(const SyncCounts& counts) {
  return std::to_string(counts.seen) + " " + std::to_string(counts.added) + " " + std::to_string(counts.changed) + " " +
         std::to_string(counts.gone);
}

SyncCounts counts_of(std::string_view text) {
  std::array<std::int64_t, 4> numbers{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::int64_t& number : numbers) {
    at = std::from_chars(at, end, number).ptr;
    if (at != end) ++at;
  }
  return {numbers[0], numbers[1], numbers[2], numbers[3]};
}

SyncRunRecord run_of(Row& row) {
  SyncRunRecord run;
  run.id = row.id<SyncRunId>(0);
  run.directory = row.id<DirectoryId>(1);
  run.number = row.number(2);
  run.kind = kKinds.value(row.view(3));
  run.person = row.text(4);
  run.since = row.optional_instant(5);
  run.state = kStates.value(row.view(6));
  run.phase = kPhases.value(row.view(7));
  run.phase_began = row.instant(8);
  run.at = row.text(9);
  run.next = row.text(10);
  run.is_second_look = row.flag(11);
  run.lists = row.number(12);
  run.people = counts_of(row.view(13));
  run.groups = counts_of(row.view(14));
  run.members = counts_of(row.view(15));
  run.applications = counts_of(row.view(16));
  run.assignments = counts_of(row.view(17));
  run.expected = row.number(18);
  run.requested_by = row.text(19);
  run.requested = row.instant(20);
  run.ended = row.optional_instant(21);
  run.due = row.instant(22);
  run.failures = row.number(23);
  run.reason = row.text(24);
  run.vendor_request = row.text(25);
  return run;
}

/// Greater than every id.
constexpr const char* kEnd = "~";

}  // namespace

Result<std::vector<store::DueSyncRun>> SyncRunRepository::due(Session& session, Instant now, std::int64_t limit) {
  std::vector<store::DueSyncRun> found;
  ROLECALL_TRY(session.select(kDue, {now, now, limit}, [&](Row& row) {
    found.push_back({row.id<WorkspaceId>(0), row.id<SyncRunId>(1)});
  }));
  return found;
}

Result<void> SyncRunRepository::insert(const SyncRunRecord& run) {
  ROLECALL_TRY(scope_.session.execute(kInsert, {scope_.workspace,
                                                run.id,
                                                run.directory,
                                                run.number,
                                                kKinds.text(run.kind),
                                                run.person,
                                                run.since,
                                                kStates.text(run.state),
                                                kPhases.text(run.phase),
                                                run.phase_began,
                                                run.at,
                                                run.next,
                                                run.is_second_look,
                                                run.lists,
                                                text_of(run.people),
                                                text_of(run.groups),
                                                text_of(run.members),
                                                text_of(run.applications),
                                                text_of(run.assignments),
                                                run.expected,
                                                run.requested_by,
                                                run.requested,
                                                run.ended,
                                                run.due,
                                                run.failures,
                                                run.reason,
                                                run.vendor_request}));
  return {};
}

Result<std::optional<SyncRunRecord>> SyncRunRepository::find(const SyncRunId& id) {
  std::optional<SyncRunRecord> found;
  ROLECALL_TRY(scope_.session.select(kFind, {scope_.workspace, id}, [&](Row& row) { found = run_of(row); }));
  return found;
}

Result<std::optional<SyncRunRecord>> SyncRunRepository::last(const DirectoryId& directory) {
  std::optional<SyncRunRecord> found;
  ROLECALL_TRY(scope_.session.select(kLast, {scope_.workspace, directory}, [&](Row& row) { found = run_of(row); }));
  return found;
}

Result<std::optional<SyncRunRecord>> SyncRunRepository::running(const DirectoryId& directory) {
  std::optional<SyncRunRecord> found;
  ROLECALL_TRY(scope_.session.select(kRunning, {scope_.workspace, directory}, [&](Row& row) { found = run_of(row); }));
  return found;
}

Result<std::vector<SyncRunRecord>> SyncRunRepository::page(const DirectoryId& directory, const SyncRunId& after,
                                                           std::int64_t limit) {
  const std::string before = after.empty() ? kEnd : after.value();
  std::vector<SyncRunRecord> found;
  const auto keep = [&](Row& row) { found.push_back(run_of(row)); };
  if (directory.empty()) {
    ROLECALL_TRY(scope_.session.select(kPage, {scope_.workspace, before, limit}, keep));
  } else {
    ROLECALL_TRY(scope_.session.select(kPageOf, {scope_.workspace, directory, before, limit}, keep));
  }
  return found;
}

Result<bool> SyncRunRepository::update(const SyncRunRecord& run) {
  ROLECALL_TRY_ASSIGN(
      const auto changed,
      scope_.session.execute(
          kUpdate, {kStates.text(run.state), kPhases.text(run.phase), run.phase_began, run.at, run.next,
                    run.is_second_look, run.lists, text_of(run.people), text_of(run.groups), text_of(run.members),
                    text_of(run.applications), text_of(run.assignments), run.ended, run.due, run.failures, run.reason,
                    run.vendor_request, scope_.workspace, run.id}));
  return changed > 0;
}

Result<bool> SyncRunRepository::lease(const SyncRunId& id, const std::string& lease, Instant now, Instant until) {
  ROLECALL_TRY_ASSIGN(const auto taken, scope_.session.execute(kLease, {lease, until, scope_.workspace, id, now, now}));
  return taken > 0;
}

Result<bool> SyncRunRepository::renew(const SyncRunId& id, const std::string& lease, Instant until) {
  ROLECALL_TRY_ASSIGN(const auto renewed, scope_.session.execute(kRenew, {until, scope_.workspace, id, lease}));
  return renewed > 0;
}

Result<bool> SyncRunRepository::release(const SyncRunId& id, const std::string& lease) {
  ROLECALL_TRY_ASSIGN(const auto released, scope_.session.execute(kRelease, {scope_.workspace, id, lease}));
  return released > 0;
}

Result<void> SyncRunRepository::keep_newest(const DirectoryId& directory, std::int64_t kept) {
  ROLECALL_TRY(scope_.session.execute(kKeepNewest, {scope_.workspace, directory, scope_.workspace, directory, kept}));
  return {};
}

Result<void> SyncRunRepository::forget(const DirectoryId& directory) {
  ROLECALL_TRY(scope_.session.execute(kForget, {scope_.workspace, directory}));
  return {};
}

}  // namespace rolecall::adapter::soci
