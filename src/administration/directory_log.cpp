#include "directory_log.hpp"

#include <algorithm>

#include "claim_first.hpp"
#include "event_intake.hpp"

namespace rolecall::administration {
namespace {

using connector::DirectoryEvent;
using connector::Page;
using connector::Trouble;
using std::chrono::milliseconds;
using std::chrono::seconds;
using store::DirectoryLogRecord;

/// Logs looked at for one claim. Others who read may have taken the first ones.
constexpr std::int64_t kLookedAt = 8;
/// Between two looks at a log that has nothing new: a hook is quicker, and Okta's limit is a hundred a minute.
constexpr seconds kPause{15};
constexpr seconds kLongestRetry{600};
/// What was published so long before is looked for once more where a place in the log is lost: what is known counts
/// once.
constexpr std::chrono::minutes kOverlap{15};

Result<std::optional<LogJob>> claim(const Environment& environment, store::UnitOfWork& unit,
                                    const store::DueDirectory& due, const std::string& lease, milliseconds lasts) {
  const Instant now = environment.clock.now();
  store::Workspace& workspace = unit.workspace(due.workspace);
  ROLECALL_TRY_ASSIGN(const bool is_mine, workspace.directory_logs().lease(due.directory, lease, now, now + lasts));
  if (!is_mine) return std::optional<LogJob>();
  ROLECALL_TRY_ASSIGN(auto log, workspace.directory_logs().find(due.directory));
  ROLECALL_TRY_ASSIGN(auto directory, workspace.directories().find(due.directory));
  if (!log || !directory || connector::find_connector(directory->provider) == nullptr) return std::optional<LogJob>();
  return std::optional(LogJob{due.workspace, std::move(*log), std::move(*directory), lease, std::nullopt});
}

void take_page(const Page<DirectoryEvent>& page, Instant now, DirectoryLogRecord& log) {
  log.next = page.next;
  log.reason.clear();
  log.failures = 0;
  log.read = now;
  log.due = page.items.empty() ? now + kPause : now;
}

Result<void> note_trouble(store::Workspace& workspace, const Trouble& trouble, Instant now, DirectoryLogRecord& log) {
  log.reason = connector::sentence_of(trouble);
  log.failures += trouble.kind == Trouble::Kind::throttled ? 0 : 1;
  seconds wait = kPause;
  for (std::int64_t failed = 1; failed < log.failures && wait < kLongestRetry; ++failed) wait *= 2;
  log.due = trouble.retry_at.value_or(now + std::min(wait, kLongestRetry));
  if (trouble.kind == Trouble::Kind::refused && !log.next.empty()) {
    // It no longer knows the place.
    log.next.clear();
    log.since = log.read.value_or(log.since) - kOverlap;
  }
  if (connector::passes(trouble.kind) || trouble.kind == Trouble::Kind::refused) return {};
  // What is wrong with the credential is for a test to say.
  ROLECALL_TRY_ASSIGN(auto directory, workspace.directories().find(log.directory));
  if (!directory) return {};
  directory->test_due = now;
  ROLECALL_TRY(workspace.directories().update(*directory));
  return {};
}

}  // namespace

Result<void> follow_grant_of_log(store::Workspace& workspace, const store::DirectoryRecord& directory, Instant now) {
  const auto* connector = connector::find_connector(directory.provider);
  const std::string_view scope = connector != nullptr ? connector->log_scope() : std::string_view();
  const bool is_granted =
      !scope.empty() && std::find(directory.granted.begin(), directory.granted.end(), scope) != directory.granted.end();
  ROLECALL_TRY_ASSIGN(const auto log, workspace.directory_logs().find(directory.id));
  if (log && !is_granted) ROLECALL_TRY(workspace.directory_logs().remove(directory.id));
  if (log || !is_granted) return {};
  return workspace.directory_logs().insert({directory.id, now - kOverlap, "", "", 0, std::nullopt, now});
}

Result<std::optional<LogJob>> claim_log(const Environment& environment, milliseconds lease) {
  return claim_first<LogJob>(
      environment, [&](store::UnitOfWork& unit) { return unit.due_logs(environment.clock.now(), kLookedAt); },
      [&](store::UnitOfWork& unit, const store::DueDirectory& due, const std::string& name) {
        return claim(environment, unit, due, name, lease);
      });
}

connector::Call next_call(const connector::Connector& connector, const DirectoryLogRecord& log) {
  return log.next.empty() ? connector.read_log(log.since) : connector.go_on(log.next);
}

Result<bool> store_log_page(const Environment& environment, LogJob& job,
                            const connector::Answer<Page<DirectoryEvent>>& page, milliseconds lease) {
  DirectoryLogRecord log;
  ROLECALL_TRY_ASSIGN(
      const bool was_mine, store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<bool> {
        const Instant now = environment.clock.now();
        store::Workspace& workspace = unit.workspace(job.workspace);
        ROLECALL_TRY_ASSIGN(const bool is_mine,
                            workspace.directory_logs().renew(job.directory.id, job.lease, now + lease));
        if (!is_mine) return false;
        // A unit of work may be run twice.
        log = job.log;
        if (page) {
          ROLECALL_TRY(take_events(workspace, job.directory.id, page->items, store::EventSource::log, now));
          take_page(*page, now, log);
        } else {
          ROLECALL_TRY(note_trouble(workspace, page.error(), now, log));
        }
        return workspace.directory_logs().update(log);
      }));
  if (!was_mine) return false;
  job.log = std::move(log);
  return page && !page->items.empty();
}

Result<void> release_log(const Environment& environment, const LogJob& job) {
  return environment.store.write([&](store::UnitOfWork& unit) -> Result<void> {
    ROLECALL_TRY(unit.workspace(job.workspace).directory_logs().release(job.directory.id, job.lease));
    return {};
  });
}

}  // namespace rolecall::administration
