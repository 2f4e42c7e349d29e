#include <algorithm>

#include "claim_first.hpp"
#include "rolecall/administration/directory_events.hpp"
#include "sync_move.hpp"

namespace rolecall::administration {
namespace {

using connector::Trouble;
using std::chrono::milliseconds;

/// Rows looked at for one claim. Others who read may have taken the first ones.
constexpr std::int64_t kLookedAt = 8;
/// Reads that may come to nothing one after the other; then the next run has to find out.
constexpr std::int64_t kPatience = 16;
constexpr milliseconds kFirstRetry{500};
constexpr milliseconds kLongestRetry{600'000};
/// While the provider is at it, the person is about to change once more.
constexpr std::chrono::seconds kWhileChanging{3};

milliseconds wait_after(std::int64_t failures) {
  milliseconds wait = kFirstRetry;
  for (std::int64_t failed = 1; failed < failures && wait < kLongestRetry; ++failed) wait *= 2;
  return std::min(wait, kLongestRetry);
}

Result<std::optional<RereadJob>> claim(const Environment& environment, store::UnitOfWork& unit,
                                       const store::DueReread& due, const std::string& lease, milliseconds lasts) {
  const Instant now = environment.clock.now();
  store::Workspace& workspace = unit.workspace(due.workspace);
  ROLECALL_TRY_ASSIGN(const bool is_mine,
                      workspace.directory_events().lease(due.directory, due.person, lease, now, now + lasts));
  if (!is_mine) return std::optional<RereadJob>();
  ROLECALL_TRY_ASSIGN(auto wanted, workspace.directory_events().find(due.directory, due.person));
  ROLECALL_TRY_ASSIGN(auto directory, workspace.directories().find(due.directory));
  // Of a provider that only a newer version knows nothing is read here.
  const bool is_known = directory && connector::find_connector(directory->provider) != nullptr;
  if (!wanted || !is_known) return std::optional<RereadJob>();
  return std::optional(RereadJob{due.workspace, std::move(*wanted), std::move(*directory), lease, std::nullopt});
}

/// One job in the unit of work that ends it.
struct Ending {
  store::Workspace& workspace;
  const RereadJob& job;
  Instant now;

  [[nodiscard]] Result<Reread> done() const {
    ROLECALL_TRY(workspace.directory_events().settle(job.directory.id, job.wanted.person, job.lease, job.wanted.marks));
    return Reread::done;
  }
  [[nodiscard]] Result<Reread> later(std::int64_t failures, Instant due) const {
    ROLECALL_TRY(workspace.directory_events().postpone(job.directory.id, job.wanted.person, job.lease, failures, due));
    return Reread::postponed;
  }
};

Result<Reread> put_off(const Ending& ending, const Trouble& trouble) {
  const bool is_counted = trouble.kind != Trouble::Kind::throttled;
  const std::int64_t failures = ending.job.wanted.failures + (is_counted ? 1 : 0);
  if (failures >= kPatience) return ending.done();
  if (!connector::passes(trouble.kind) && trouble.kind != Trouble::Kind::not_found) {
    // What is wrong with the credential is for a test to say.
    ROLECALL_TRY_ASSIGN(auto directory, ending.workspace.directories().find(ending.job.directory.id));
    if (directory) {
      directory->test_due = ending.now;
      ROLECALL_TRY(ending.workspace.directories().update(*directory));
    }
  }
  const Instant retry = ending.now + wait_after(std::max<std::int64_t>(failures, 1));
  return ending.later(failures, trouble.retry_at.value_or(retry));
}

/// Nobody in Okta is in no group at all: an empty list is a fault.
bool is_believed(const ReadAgain& read) { return read.groups && !read.groups->empty(); }

Result<Reread> take_reread(const Environment& environment, const Ending& ending, const ReadAgain& read,
                           bool is_second_look) {
  store::SyncRunRecord run;
  run.directory = ending.job.directory.id;
  run.kind = store::SyncKind::person;
  run.person = ending.job.wanted.person;
  SyncMove move(ending.workspace, environment, ending.job.directory, run, ending.now, ending.job.wanted.event);
  if (!read.person) {
    if (!move.connector.is_absence(read.person.error())) return put_off(ending, read.person.error());
    ROLECALL_TRY(follow_absence(move, run.person));
    ROLECALL_TRY(take_absence(move, run.person));
    return ending.done();
  }
  if (read.person->id != run.person) return put_off(ending, connector::no_reply("Somebody else was read."));
  bool has_all = true;
  if (is_believed(read)) {
    ROLECALL_TRY_ASSIGN(const auto lacking, take_groups_of(move, run.person, *read.groups, is_second_look));
    has_all = lacking.empty();
  }
  if (read.applications) {
    ROLECALL_TRY_ASSIGN(const auto lacking, take_applications_of(move, run.person, *read.applications, is_second_look));
    has_all = has_all && lacking.empty();
  }
  if (!has_all && !is_second_look) return Reread::look_again;
  ROLECALL_TRY(take(move, std::vector{*read.person}));
  const std::int64_t failures = ending.job.wanted.failures + 1;
  if (read.person->next_status.empty() || failures >= kPatience) return ending.done();
  return ending.later(failures, ending.now + kWhileChanging);
}

}  // namespace

Result<std::optional<RereadJob>> claim_reread(const Environment& environment, milliseconds lease) {
  return claim_first<RereadJob>(
      environment, [&](store::UnitOfWork& unit) { return unit.due_rereads(environment.clock.now(), kLookedAt); },
      [&](store::UnitOfWork& unit, const store::DueReread& due, const std::string& name) {
        return claim(environment, unit, due, name, lease);
      });
}

Result<Reread> store_reread(const Environment& environment, const RereadJob& job, const ReadAgain& read,
                            bool is_second_look) {
  return store::write(environment.store, [&](store::UnitOfWork& unit) {
    const Ending ending{unit.workspace(job.workspace), job, environment.clock.now()};
    return take_reread(environment, ending, read, is_second_look);
  });
}

Result<void> abandon_reread(const Environment& environment, const RereadJob& job) {
  return environment.store.write([&](store::UnitOfWork& unit) -> Result<void> {
    return unit.workspace(job.workspace)
        .directory_events()
        .postpone(job.directory.id, job.wanted.person, job.lease, job.wanted.failures, job.wanted.due);
  });
}

}  // namespace rolecall::administration
