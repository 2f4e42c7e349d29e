#include <algorithm>
#include <array>
#include <span>

#include "rolecall/administration/sync_runs.hpp"
#include "rolecall/base/hash.hpp"
#include "sync_move.hpp"

namespace rolecall::administration {
namespace {

using std::chrono::seconds;
using store::SetKind;
using store::SyncKind;
using store::SyncPhase;
using store::SyncRunRecord;
using store::SyncState;

/// Runs that are kept of a directory.
constexpr std::int64_t kKeptRuns = 200;

constexpr std::array kWhole{SyncPhase::people,  SyncPhase::missing,      SyncPhase::groups,
                            SyncPhase::members, SyncPhase::applications, SyncPhase::assignments};
/// Who is kept is known when it is known who is in what.
constexpr std::array kBySets{SyncPhase::groups,      SyncPhase::members, SyncPhase::applications,
                             SyncPhase::assignments, SyncPhase::people,  SyncPhase::missing};
constexpr std::array kChanges{SyncPhase::people, SyncPhase::groups, SyncPhase::members};
constexpr std::array kPerson{SyncPhase::people};

std::span<const SyncPhase> phases_of(const SyncRunRecord& run, const store::DirectoryRecord& directory) {
  if (run.kind == SyncKind::person) return kPerson;
  if (run.kind == SyncKind::changes) return kChanges;
  if (is_by_sets(directory.reading)) return kBySets;
  return kWhole;
}

bool is_of_applications(SyncPhase phase) { return phase == SyncPhase::applications || phase == SyncPhase::assignments; }

bool is_one_by_one(SyncPhase phase) {
  return phase == SyncPhase::missing || phase == SyncPhase::members || phase == SyncPhase::assignments;
}

void begin_list(SyncRunRecord& run) {
  run.next.clear();
  run.is_second_look = false;
}

Result<void> advance(SyncMove& move) {
  SyncRunRecord& run = move.run;
  const auto phases = phases_of(run, move.directory);
  auto phase = std::find(phases.begin(), phases.end(), run.phase);
  const bool reads_applications = move.connector.reads_applications(move.directory.scopes);
  do {
    if (phase != phases.end()) ++phase;
  } while (phase != phases.end() && is_of_applications(*phase) && !reads_applications);
  if (phase == phases.end()) return end_run(move, SyncState::succeeded, "");
  run.phase = *phase;
  run.phase_began = move.now;
  run.lists = 0;
  run.at.clear();
  begin_list(run);
  return is_one_by_one(run.phase) ? begin_next(move) : Result<void>();
}

/// What was there before and is not in a list that was read to its end is looked for once more, in the same list: only
/// what neither holds is gone.
bool looks_again(SyncRunRecord& run) {
  const bool is_first = !run.is_second_look;
  begin_list(run);
  run.is_second_look = is_first;
  return is_first;
}

/// None: all that the settings name is there. Else what lacks.
Result<std::optional<std::string>> lacking(SyncMove& move, SetKind kind, const std::vector<std::string>& wanted) {
  auto& people = move.workspace.people();
  for (const std::string& one : wanted) {
    ROLECALL_TRY_ASSIGN(const auto by_id, people.find_set(move.run.directory, kind, one));
    if (by_id) continue;
    ROLECALL_TRY_ASSIGN(const bool by_name, people.has_set_named(move.run.directory, kind, one));
    if (!by_name) return std::optional(one);
  }
  return std::optional<std::string>();
}

Result<void> finish_sets(SyncMove& move, SetKind kind) {
  SyncRunRecord& run = move.run;
  auto& people = move.workspace.people();
  if (run.kind == SyncKind::whole) {
    ROLECALL_TRY_ASSIGN(const auto old, people.old_sets(run.directory, kind, run.number));
    if (!old.empty() && looks_again(run)) return {};
    for (const std::string& id : old) ROLECALL_TRY(people.remove_set(run.directory, kind, id));
    ROLECALL_TRY(tell(move, {{}, {}, old}, run.phase));
    const bool is_group = kind == SetKind::group;
    const auto& reading = move.directory.reading;
    ROLECALL_TRY_ASSIGN(const auto lacks, lacking(move, kind, is_group ? reading.groups : reading.applications));
    if (lacks) {
      return end_run(move, SyncState::failed,
                     std::string("There is no ") + (is_group ? "group" : "application") + " “" + *lacks +
                         "”, which says who is kept. Nobody was taken away.");
    }
  }
  return advance(move);
}

Result<void> finish_members(SyncMove& move, SetKind kind) {
  SyncRunRecord& run = move.run;
  auto& people = move.workspace.people();
  ROLECALL_TRY_ASSIGN(const auto old, people.old_members(run.directory, kind, run.at, run.number));
  if (!old.empty()) {
    if (looks_again(run)) return {};
    ROLECALL_TRY(people.remove_old_members(run.directory, kind, run.at, run.number));
    ROLECALL_TRY(tell(move, {{}, {}, old}, run.phase, run.at));
  }
  return begin_next(move);
}

/// A tenth to either side, so that installations that began at the same hour do not call at the same second.
seconds jittered(std::int64_t every, const SyncRunId& run) {
  const std::uint64_t spread = std::max<std::uint64_t>(static_cast<std::uint64_t>(every) / 5, 1);
  return seconds(every - every / 10 + static_cast<std::int64_t>(hash_of(run.value()) % spread));
}

/// What the directory knows of its runs when this one is over.
Result<void> settle_schedule(SyncMove& move) {
  const SyncRunRecord& run = move.run;
  if (run.kind == SyncKind::person) return {};
  ROLECALL_TRY_ASSIGN(auto directory, move.workspace.directories().find(run.directory));
  if (!directory) return {};
  directory->read_due.reset();
  if (directory->reading.every > 0) directory->read_due = move.now + jittered(directory->reading.every, run.id);
  if (run.state == SyncState::succeeded) {
    directory->read_until = run.requested;
    if (run.kind == SyncKind::whole) directory->read_whole = run.requested;
  }
  ROLECALL_TRY(move.workspace.directories().set_read(*directory));
  return move.workspace.sync_runs().keep_newest(run.directory, kKeptRuns);
}

}  // namespace

Result<void> finish_list(SyncMove& move) {
  switch (move.run.phase) {
    case SyncPhase::groups:
      return finish_sets(move, SetKind::group);
    case SyncPhase::applications:
      return finish_sets(move, SetKind::application);
    case SyncPhase::members:
      return finish_members(move, SetKind::group);
    case SyncPhase::assignments:
      return finish_members(move, SetKind::application);
    case SyncPhase::people:
      break;
    case SyncPhase::missing:
      return begin_next(move);
  }
  return advance(move);
}

Result<void> begin_next(SyncMove& move) {
  SyncRunRecord& run = move.run;
  auto& people = move.workspace.people();
  if (!run.at.empty()) run.lists += 1;
  std::optional<std::string> next;
  if (run.phase == SyncPhase::missing) {
    ROLECALL_TRY_ASSIGN(next, people.next_missing(run.directory, run.number, run.at));
  } else {
    const SetKind kind = run.phase == SyncPhase::members ? SetKind::group : SetKind::application;
    ROLECALL_TRY_ASSIGN(next, people.next_set(run.directory, kind, run.number, run.at));
  }
  if (!next) return advance(move);
  run.at = *next;
  begin_list(run);
  return {};
}

Result<void> end_run(SyncMove& move, SyncState state, const std::string& reason) {
  SyncRunRecord& run = move.run;
  run.state = state;
  run.ended = move.now;
  begin_list(run);
  run.reason = reason;
  ROLECALL_TRY(settle_schedule(move));
  const auto counts = [](const store::SyncCounts& one) {
    return json::Object{{"seen", one.seen}, {"added", one.added}, {"changed", one.changed}, {"gone", one.gone}};
  };
  return move.trail.record("directory.synced", "Directory/" + run.directory.value(),
                           {{"run", "SyncRun/" + run.id.value()},
                            {"kind", name_of(run.kind)},
                            {"state", name_of(state)},
                            {"people", counts(run.people)},
                            {"groups", counts(run.groups)},
                            {"members", counts(run.members)},
                            {"applications", counts(run.applications)},
                            {"assignments", counts(run.assignments)}});
}

}  // namespace rolecall::administration
