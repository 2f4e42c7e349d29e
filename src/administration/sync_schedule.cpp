#include <algorithm>

#include "rolecall/administration/sync_runs.hpp"
#include "sync_move.hpp"

namespace rolecall::administration {

using store::DirectoryRecord;
using store::SyncKind;
using store::SyncRunRecord;

namespace {

/// What changed so long before the last run was asked for is read once more: their index lags, and their clock is not
/// ours.
constexpr std::chrono::minutes kOverlap{15};
/// A schedule reads everything at least so often, because changes do not tell who was deleted, or lost an application.
constexpr std::chrono::hours kWholeEvery{24};

}  // namespace

SyncKind kind_for(const DirectoryRecord& directory, SyncKind wanted) {
  const bool tells = directory.read_until && directory.read_whole && !is_by_sets(directory.reading);
  return wanted == SyncKind::changes && tells ? SyncKind::changes : SyncKind::whole;
}

Result<SyncRunRecord> insert_run(store::Workspace& workspace, const Environment& environment, audit::Trail& trail,
                                 const DirectoryRecord& directory, SyncRunRecord run) {
  auto& runs = workspace.sync_runs();
  ROLECALL_TRY_ASSIGN(const auto last, runs.last(directory.id));
  run.id = SyncRunId(environment.ids.next());
  run.directory = directory.id;
  run.number = last ? last->number + 1 : 1;
  run.requested = trail.at();
  run.due = trail.at();
  run.phase_began = trail.at();
  if (run.kind == SyncKind::changes) run.since = *directory.read_until - kOverlap;
  run.phase = run.kind == SyncKind::whole && is_by_sets(directory.reading) ? store::SyncPhase::groups
                                                                           : store::SyncPhase::people;
  if (last) run.expected = last->kind == SyncKind::whole ? last->people.seen : last->expected;
  ROLECALL_TRY(runs.insert(run));
  ROLECALL_TRY(trail.record("directory.sync_requested", "Directory/" + directory.id.value(),
                            {{"run", "SyncRun/" + run.id.value()}, {"kind", name_of(run.kind)}}));
  return run;
}

Result<void> begin_if_due(const Environment& environment, store::UnitOfWork& unit, const store::DueDirectory& due) {
  const Instant now = environment.clock.now();
  store::Workspace& workspace = unit.workspace(due.workspace);
  ROLECALL_TRY_ASSIGN(auto directory, workspace.directories().find(due.directory));
  if (!directory || directory->is_paused || !directory->read_due || *directory->read_due > now) return {};
  directory->read_due.reset();
  if (directory->state == store::DirectoryState::needs_reauthorization) {
    // Somebody has to act first; until then every call would be in vain.
    directory->read_due = now + std::chrono::seconds(std::max<std::int64_t>(directory->reading.every, 60));
    ROLECALL_TRY(workspace.directories().set_read(*directory));
    return {};
  }
  ROLECALL_TRY_ASSIGN(const auto running, workspace.sync_runs().running(due.directory));
  ROLECALL_TRY(workspace.directories().set_read(*directory));
  if (running) return {};
  const bool is_whole = !directory->read_whole || *directory->read_whole + kWholeEvery <= now;
  SyncRunRecord run;
  run.kind = kind_for(*directory, is_whole ? SyncKind::whole : SyncKind::changes);
  run.requested_by = "system";
  audit::Trail trail(workspace, environment.digest, now, "system", RequestId());
  ROLECALL_TRY(insert_run(workspace, environment, trail, *directory, std::move(run)));
  return {};
}

}  // namespace rolecall::administration
