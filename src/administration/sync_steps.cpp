#include <algorithm>

#include "claim_first.hpp"
#include "rolecall/administration/sync_runs.hpp"
#include "rolecall/base/timestamp.hpp"
#include "sync_move.hpp"

namespace rolecall::administration {
namespace {

using connector::Connector;
using connector::Page;
using connector::Trouble;
using std::chrono::milliseconds;
using store::SyncKind;
using store::SyncPhase;
using store::SyncRunRecord;
using store::SyncState;

/// Runs, or directories, looked at for one claim. Others who read may have taken the first ones.
constexpr std::int64_t kLookedAt = 8;
/// Calls that may come to nothing one after the other before a run is given up: with the waits between them, an hour.
constexpr std::int64_t kPatience = 16;
constexpr milliseconds kFirstRetry{500};
constexpr milliseconds kLongestRetry{600'000};

/// Runs `work` on the run as it is stored, while the lease holds.
template <typename F>
Result<bool> step(const Environment& environment, SyncJob& job, milliseconds lease, const F& work) {
  SyncRunRecord run;
  ROLECALL_TRY_ASSIGN(
      const bool was_mine, store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<bool> {
        const Instant now = environment.clock.now();
        store::Workspace& workspace = unit.workspace(job.workspace);
        ROLECALL_TRY_ASSIGN(const bool is_mine, workspace.sync_runs().renew(job.run.id, job.lease, now + lease));
        if (!is_mine) return false;
        // A unit of work may be run twice.
        run = job.run;
        SyncMove move(workspace, environment, job.directory, run, now);
        ROLECALL_TRY(work(move));
        ROLECALL_TRY(workspace.sync_runs().update(run));
        return true;
      }));
  if (!was_mine) return false;
  job.run = std::move(run);
  return job.run.state == SyncState::running && job.run.due <= environment.clock.now();
}

milliseconds wait_after(std::int64_t failures) {
  milliseconds wait = kFirstRetry;
  for (std::int64_t failed = 1; failed < failures && wait < kLongestRetry; ++failed) wait *= 2;
  return std::min(wait, kLongestRetry);
}

/// Without the first list there is nothing; after it, there is a part.
SyncState state_without(const SyncRunRecord& run) {
  return run.people.seen > 0 && run.kind != SyncKind::person ? SyncState::partial : SyncState::failed;
}

Result<void> try_again(SyncMove& move, const Trouble& trouble) {
  SyncRunRecord& run = move.run;
  run.failures += trouble.kind == Trouble::Kind::throttled ? 0 : 1;
  if (run.failures >= kPatience) return end_run(move, state_without(run), run.reason);
  run.due = trouble.retry_at.value_or(move.now + wait_after(std::max<std::int64_t>(run.failures, 1)));
  return {};
}

Result<void> absent_in(SyncMove& move) {
  SyncRunRecord& run = move.run;
  run.reason.clear();
  if (run.phase == SyncPhase::missing) {
    ROLECALL_TRY(follow_absence(move, run.at));
    ROLECALL_TRY(take_absence(move, run.at));
    return begin_next(move);
  }
  // The group or application went away while others were read; the next run will not see it.
  if (run.phase != SyncPhase::people) return begin_next(move);
  ROLECALL_TRY_ASSIGN(const auto known, move.workspace.people().find(run.directory, run.person));
  if (!known) return end_run(move, SyncState::failed, "There is nobody whose id or login is “" + run.person + "”.");
  ROLECALL_TRY(follow_absence(move, run.person));
  ROLECALL_TRY(take_absence(move, run.person));
  return end_run(move, SyncState::succeeded, "");
}

Result<void> trouble_in(SyncMove& move, const Trouble& trouble) {
  SyncRunRecord& run = move.run;
  run.vendor_request = trouble.request_id;
  run.reason = connector::sentence_of(trouble);
  const bool is_by_id =
      run.kind == SyncKind::person ||
      (run.phase != SyncPhase::people && run.phase != SyncPhase::groups && run.phase != SyncPhase::applications);
  if (is_by_id && move.connector.is_absence(trouble)) return absent_in(move);
  // A path that does not exist by the word of anybody else may exist a little later.
  if (connector::passes(trouble.kind) || trouble.kind == Trouble::Kind::not_found) return try_again(move, trouble);
  // What is wrong with the credential is for a test to say.
  ROLECALL_TRY_ASSIGN(auto directory, move.workspace.directories().find(run.directory));
  if (directory) {
    directory->test_due = move.now;
    ROLECALL_TRY(move.workspace.directories().update(*directory));
  }
  return end_run(move, state_without(run), run.reason);
}

/// An org has somebody, and a group that holds everybody: a list without anything is a fault, however well it is
/// formed.
template <typename T>
bool is_hollow(const SyncRunRecord& run, const Page<T>& page) {
  const bool is_of_all = run.phase == SyncPhase::people || run.phase == SyncPhase::groups;
  return run.kind == SyncKind::whole && is_of_all && page.items.empty() && run.next.empty();
}

template <typename T>
Result<void> take_page(SyncMove& move, const Page<T>& page) {
  SyncRunRecord& run = move.run;
  if (is_hollow(run, page)) {
    return end_run(move, state_without(run),
                   std::string("The list of ") + name_of(run.phase) + " was empty; nothing was removed.");
  }
  ROLECALL_TRY(take(move, page.items));
  run.next = page.next;
  return page.next.empty() ? finish_list(move) : Result<void>();
}

Result<void> take_page(SyncMove& move, const connector::Person& person) {
  ROLECALL_TRY(take(move, std::vector{person}));
  if (move.run.phase == SyncPhase::missing) return begin_next(move);
  if (move.run.people.seen == 0 && move.run.people.gone == 0) {
    return end_run(move, SyncState::failed, "By what is read of the directory, this person is not kept.");
  }
  return end_run(move, SyncState::succeeded, "");
}

Result<std::optional<SyncJob>> claim(const Environment& environment, store::UnitOfWork& unit,
                                     const store::DueSyncRun& due, const std::string& lease, milliseconds lasts) {
  const Instant now = environment.clock.now();
  store::Workspace& workspace = unit.workspace(due.workspace);
  ROLECALL_TRY_ASSIGN(const bool is_mine, workspace.sync_runs().lease(due.run, lease, now, now + lasts));
  if (!is_mine) return std::optional<SyncJob>();
  ROLECALL_TRY_ASSIGN(auto run, workspace.sync_runs().find(due.run));
  if (!run) return std::optional<SyncJob>();
  ROLECALL_TRY_ASSIGN(auto directory, workspace.directories().find(run->directory));
  // Of a provider that only a newer version knows nothing is read here.
  if (!directory || connector::find_connector(directory->provider) == nullptr) return std::optional<SyncJob>();
  return std::optional(SyncJob{due.workspace, std::move(*run), std::move(*directory), lease, std::nullopt});
}

Result<void> begin_scheduled(const Environment& environment) {
  ROLECALL_TRY_ASSIGN(const auto due, store::read(environment.store, [&](store::UnitOfWork& unit) {
                        return unit.due_readings(environment.clock.now(), kLookedAt);
                      }));
  for (const store::DueDirectory& one : due) {
    ROLECALL_TRY(
        environment.store.write([&](store::UnitOfWork& unit) { return begin_if_due(environment, unit, one); }));
  }
  return {};
}

}  // namespace

Result<std::optional<SyncJob>> claim_sync(const Environment& environment, milliseconds lease) {
  ROLECALL_TRY(begin_scheduled(environment));
  return claim_first<SyncJob>(
      environment, [&](store::UnitOfWork& unit) { return unit.due_sync_runs(environment.clock.now(), kLookedAt); },
      [&](store::UnitOfWork& unit, const store::DueSyncRun& due, const std::string& name) {
        return claim(environment, unit, due, name, lease);
      });
}

connector::Call next_call(const Connector& connector, const SyncRunRecord& run) {
  if (!run.next.empty()) return connector.go_on(run.next);
  if (run.kind == SyncKind::person) return connector.get_person(run.person);
  switch (run.phase) {
    case SyncPhase::people:
      return connector.list_people(run.since);
    case SyncPhase::missing:
      return connector.get_person(run.at);
    case SyncPhase::groups:
      return connector.list_groups(run.since);
    case SyncPhase::members:
      return connector.list_members(run.at);
    case SyncPhase::applications:
      return connector.list_applications();
    case SyncPhase::assignments:
      break;
  }
  return connector.list_assignments(run.at);
}

connector::Answer<SyncPage> read_page(const Connector& connector, const SyncJob& job, const connector::Reply& reply,
                                      Instant now) {
  const auto as_page = [&](auto answer) -> connector::Answer<SyncPage> {
    if (!answer) return tl::unexpected(std::move(answer).error());
    return SyncPage{std::move(*answer), connector.pause_after(reply, now)};
  };
  // A list that leads to the page it came from would be read for ever.
  const auto as_list = [&](auto answer) -> connector::Answer<SyncPage> {
    if (answer && !answer->next.empty() && answer->next == job.run.next) {
      connector::Trouble trouble;
      trouble.status = reply.status;
      trouble.message = "The next page of the list is the same again.";
      return tl::unexpected(std::move(trouble));
    }
    return as_page(std::move(answer));
  };
  const std::string& domain = job.directory.domain;
  if (job.run.kind == SyncKind::person) return as_page(connector.read_person(reply, now));
  switch (job.run.phase) {
    case SyncPhase::people:
      return as_list(connector.read_people(reply, domain, now));
    case SyncPhase::missing:
      return as_page(connector.read_person(reply, now));
    case SyncPhase::groups:
      return as_list(connector.read_groups(reply, domain, now));
    case SyncPhase::applications:
      return as_list(connector.read_applications(reply, domain, now));
    case SyncPhase::assignments:
      return as_list(connector.read_assignments(reply, domain, now));
    case SyncPhase::members:
      break;
  }
  return as_list(connector.read_members(reply, domain, now).map([](const Page<std::string>& ids) {
    Page<connector::Assignment> members;
    for (const std::string& id : ids.items) members.items.push_back({id});
    members.next = ids.next;
    return members;
  }));
}

Result<bool> store_page(const Environment& environment, SyncJob& job, const SyncPage& page, milliseconds lease) {
  return step(environment, job, lease, [&](SyncMove& move) -> Result<void> {
    move.run.failures = 0;
    move.run.reason.clear();
    ROLECALL_TRY(std::visit([&](const auto& read) { return take_page(move, read); }, page.items));
    if (page.pause && move.run.state == SyncState::running) {
      move.run.due = *page.pause;
      move.run.reason = "The limit of calls is nearly used up; it is renewed at " + to_timestamp(*page.pause) + ".";
    }
    return {};
  });
}

Result<bool> store_trouble(const Environment& environment, SyncJob& job, const Trouble& trouble, milliseconds lease) {
  return step(environment, job, lease, [&](SyncMove& move) { return trouble_in(move, trouble); });
}

Result<void> release_sync(const Environment& environment, const SyncJob& job) {
  return environment.store.write([&](store::UnitOfWork& unit) -> Result<void> {
    ROLECALL_TRY(unit.workspace(job.workspace).sync_runs().release(job.run.id, job.lease));
    return {};
  });
}

}  // namespace rolecall::administration
