#include "rolecall/administration/sync_runs.hpp"

#include "directory_lookup.hpp"
#include "people_lookup.hpp"
#include "scope.hpp"
#include "sync_move.hpp"

namespace rolecall::administration {

using store::SyncKind;
using store::SyncPhase;
using store::SyncRunRecord;

const char* name_of(SyncKind kind) {
  switch (kind) {
    case SyncKind::whole:
      return "whole";
    case SyncKind::changes:
      return "changes";
    case SyncKind::person:
      return "person";
  }
  return "";
}

const char* name_of(store::SyncState state) {
  switch (state) {
    case store::SyncState::running:
      return "running";
    case store::SyncState::succeeded:
      return "succeeded";
    case store::SyncState::partial:
      return "partial";
    case store::SyncState::failed:
      return "failed";
  }
  return "";
}

const char* name_of(SyncPhase phase) {
  switch (phase) {
    case SyncPhase::people:
      return "people";
    case SyncPhase::missing:
      return "missing";
    case SyncPhase::groups:
      return "groups";
    case SyncPhase::members:
      return "members";
    case SyncPhase::applications:
      return "applications";
    case SyncPhase::assignments:
      return "assignments";
  }
  return "";
}

namespace {

Result<void> check_not_paused(const store::DirectoryRecord& directory) {
  if (!directory.is_paused) return {};
  return fail_with_next(ErrorCode::conflict, "The directory " + directory.name + " is paused: nothing is sent to it.",
                        "Resume it first.");
}

/// Of whom, in which directory.
Result<std::pair<store::DirectoryRecord, std::string>> person_to_read(Change& change, const std::string& person,
                                                                      const std::string& directory_name) {
  // Nobody's id or login, and in a path not a name at all.
  if (person.find_first_not_of('.') == std::string::npos) {
    return fail(ErrorCode::not_found, "There is no person “" + person + "” in a directory.");
  }
  ROLECALL_TRY_ASSIGN(auto known, people_named(change.environment, change.workspace, person));
  if (!directory_name.empty()) {
    ROLECALL_TRY_ASSIGN(auto directory, find_directory(change.workspace, directory_name));
    std::erase_if(known, [&](const auto& one) { return one.directory != directory.id; });
    if (known.size() > 1) return several_people(person);
    return std::pair(std::move(directory), known.empty() ? person : known.front().id);
  }
  if (known.size() > 1) return several_people(person);
  ROLECALL_TRY_ASSIGN(auto directories, change.workspace.directories().list());
  if (!known.empty()) {
    std::erase_if(directories, [&](const auto& one) { return one.id != known.front().directory; });
  }
  if (directories.size() != 1) {
    return fail_with_next(ErrorCode::not_found, "There is no person “" + person + "” in a directory.",
                          "Name the directory in which to look for somebody new.", "directory");
  }
  return std::pair(std::move(directories.front()), known.empty() ? person : known.front().id);
}

}  // namespace

Result<SyncRunRecord> request_sync(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                   const std::string& directory_name, SyncKind kind) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<SyncRunRecord> {
    ROLECALL_TRY_ASSIGN(auto directory, find_directory(change.workspace, directory_name));
    ROLECALL_TRY(check_not_paused(directory));
    ROLECALL_TRY_ASSIGN(const auto running, change.workspace.sync_runs().running(directory.id));
    if (running) {
      return fail_with_next(ErrorCode::conflict, "The directory " + directory.name + " is being read already.",
                            "`rolecall sync-runs get " + running->id.value() + "` shows how far it is.");
    }
    SyncRunRecord run;
    run.kind = kind_for(directory, kind);
    run.requested_by = actor.name;
    directory.read_due.reset();
    ROLECALL_TRY(change.workspace.directories().set_read(directory));
    return insert_run(change.workspace, environment, change.trail, directory, std::move(run));
  });
}

Result<SyncRunRecord> request_person_sync(const Environment& environment, const WorkspaceId& workspace,
                                          const Actor& actor, const std::string& person,
                                          const std::string& directory_name) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<SyncRunRecord> {
    ROLECALL_TRY_ASSIGN(auto found, person_to_read(change, person, directory_name));
    ROLECALL_TRY(check_not_paused(found.first));
    SyncRunRecord run;
    run.kind = SyncKind::person;
    run.person = std::move(found.second);
    run.requested_by = actor.name;
    return insert_run(change.workspace, environment, change.trail, found.first, std::move(run));
  });
}

Result<std::vector<SyncRunRecord>> list_sync_runs(const Environment& environment, const WorkspaceId& workspace_id,
                                                  const std::string& directory, const SyncRunId& after,
                                                  std::int64_t limit) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<std::vector<SyncRunRecord>> {
    DirectoryId wanted;
    if (!directory.empty()) {
      ROLECALL_TRY_ASSIGN(const auto found, find_directory(workspace, directory));
      wanted = found.id;
    }
    return workspace.sync_runs().page(wanted, after, limit);
  });
}

Result<SyncRunRecord> get_sync_run(const Environment& environment, const WorkspaceId& workspace_id,
                                   const SyncRunId& id) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<SyncRunRecord> {
    ROLECALL_TRY_ASSIGN(auto found, workspace.sync_runs().find(id));
    if (found) return std::move(*found);
    return fail(ErrorCode::not_found, "There is no sync run “" + id.value() + "” in this workspace.");
  });
}

Result<std::vector<store::PersonRecord>> list_people(const Environment& environment, const WorkspaceId& workspace_id,
                                                     const WantedPeople& wanted, const std::string& after,
                                                     std::int64_t limit) {
  return in_view(environment, workspace_id,
                 [&](store::Workspace& workspace) -> Result<std::vector<store::PersonRecord>> {
                   store::PeopleFilter filter{{}, wanted.statuses, wanted.login, {}, wanted.with_gone};
                   if (!wanted.email.empty()) filter.email_key = environment.folder.fold(wanted.email);
                   if (!wanted.directory.empty()) {
                     ROLECALL_TRY_ASSIGN(const auto found, find_directory(workspace, wanted.directory));
                     filter.directory = found.id;
                   }
                   return workspace.people().page(filter, after, limit);
                 });
}

Result<PersonView> get_person(const Environment& environment, const WorkspaceId& workspace_id,
                              const std::string& name) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<PersonView> {
    ROLECALL_TRY_ASSIGN(auto found, people_named(environment, workspace, name));
    if (found.empty()) {
      return fail_with_next(ErrorCode::not_found, "There is no person “" + name + "” in a directory.",
                            "Give a login, a work email or the provider's id, as `rolecall people list` shows them.");
    }
    if (found.size() > 1) return several_people(name);
    PersonView view{std::move(found.front()), {}, {}};
    const auto sets = [&](store::SetKind kind) {
      return workspace.people().sets_of(view.person.directory, kind, view.person.id);
    };
    ROLECALL_TRY_ASSIGN(view.groups, sets(store::SetKind::group));
    ROLECALL_TRY_ASSIGN(view.applications, sets(store::SetKind::application));
    return view;
  });
}

SyncProgress progress_of(const SyncRunRecord& run, Instant now) {
  SyncProgress progress;
  const auto of = [&](std::int64_t done, std::int64_t all) {
    progress.done = done;
    if (all >= done && all > 0) progress.of = all;
  };
  switch (run.phase) {
    case SyncPhase::people:
      of(run.people.seen, run.kind == SyncKind::whole ? run.expected : 0);
      break;
    case SyncPhase::missing:
      of(run.lists, 0);
      break;
    case SyncPhase::groups:
      of(run.groups.seen, 0);
      break;
    case SyncPhase::members:
      of(run.lists, run.groups.seen);
      break;
    case SyncPhase::applications:
      of(run.applications.seen, 0);
      break;
    case SyncPhase::assignments:
      of(run.lists, run.applications.seen);
      break;
  }
  const double seconds = std::chrono::duration<double>(run.ended.value_or(now) - run.phase_began).count();
  if (seconds > 0) progress.per_second = static_cast<double>(progress.done) / seconds;
  if (progress.of && progress.per_second > 0 && run.state == store::SyncState::running) {
    progress.seconds_left =
        static_cast<std::int64_t>(static_cast<double>(*progress.of - progress.done) / progress.per_second);
  }
  return progress;
}

}  // namespace rolecall::administration
