#pragma once

#include <string>
#include <vector>

#include "rolecall/administration/environment.hpp"
#include "rolecall/audit/trail.hpp"
#include "rolecall/connector/connector.hpp"

// One step of a run, in its unit of work.

namespace rolecall::administration {

struct SyncMove {
  /// `event_in`: what the read is for, where no run stands for it.
  SyncMove(store::Workspace& workspace_in, const Environment& environment_in,
           const store::DirectoryRecord& directory_in, store::SyncRunRecord& run_in, Instant now_in,
           std::string event_in = {})
      : workspace(workspace_in),
        environment(environment_in),
        directory(directory_in),
        connector(*connector::find_connector(directory_in.provider)),
        run(run_in),
        now(now_in),
        event(std::move(event_in)),
        trail(workspace_in, environment_in.digest, now_in, "system", RequestId(request_of(run_in, event))) {}

  /// What it is done for, as the audit names it.
  [[nodiscard]] std::string cause() const {
    if (event.empty()) return "SyncRun/" + run.id.value();
    return is_of_action() ? event : "DirectoryEvent/" + event;
  }
  [[nodiscard]] bool is_of_action() const { return is_of_action(event); }
  [[nodiscard]] static bool is_of_action(std::string_view event) { return event.starts_with("Action/"); }
  [[nodiscard]] static std::string request_of(const store::SyncRunRecord& run, const std::string& event) {
    if (event.empty()) return run.id.value();
    return is_of_action(event) ? std::string() : event;
  }

  store::Workspace& workspace;
  const Environment& environment;
  const store::DirectoryRecord& directory;
  const connector::Connector& connector;
  store::SyncRunRecord& run;
  Instant now;
  std::string event = {};  ///< uuid, or "Action/<id>"
  audit::Trail trail;
};

/// Ids of what a step added, changed and took away, all of one kind.
struct SyncChanges {
  std::vector<std::string> added;
  std::vector<std::string> changed;
  std::vector<std::string> gone;
};
/// Writes the row of the audit that tells of them, and counts them by what it says: the summary of a run is that of its
/// rows. `of` is the group or application that they are in; empty for people, groups and applications.
[[nodiscard]] Result<void> tell(SyncMove& move, const SyncChanges& changes, store::SyncPhase what,
                                const std::string& of = {});

// What a page holds, into the store.
[[nodiscard]] Result<void> take(SyncMove& move, const std::vector<connector::Person>& people);
[[nodiscard]] Result<void> take(SyncMove& move, const std::vector<connector::DirectoryGroup>& groups);
[[nodiscard]] Result<void> take(SyncMove& move, const std::vector<connector::Application>& applications);
[[nodiscard]] Result<void> take(SyncMove& move, const std::vector<connector::Assignment>& members);
/// Which groups somebody is in; those that no list brought yet are passed over, until a run reads them. Of the groups
/// that they were in before, those that are not among these; with `is_sure` they are left.
[[nodiscard]] Result<std::vector<std::string>> take_groups_of(SyncMove& move, const std::string& person,
                                                              const std::vector<connector::DirectoryGroup>& groups,
                                                              bool is_sure);
/// Likewise the applications that somebody has.
[[nodiscard]] Result<std::vector<std::string>> take_applications_of(
    SyncMove& move, const std::string& person, const std::vector<connector::HeldApplication>& applications,
    bool is_sure);
/// Somebody of whom the provider says that there is nobody with that id.
[[nodiscard]] Result<void> take_absence(SyncMove& move, const std::string& person);

/// What somebody's status, or that there is nobody of that id, means for the account that they have here.
[[nodiscard]] Result<void> follow_status(SyncMove& move, const std::optional<store::PersonRecord>& before,
                                         const store::PersonRecord& now);
[[nodiscard]] Result<void> follow_absence(SyncMove& move, const std::string& person);

/// The list was read to its end: what of it is no longer there, then the next list, phase, or the end of the run.
[[nodiscard]] Result<void> finish_list(SyncMove& move);
/// Goes on behind the one that is being read, or asked for.
[[nodiscard]] Result<void> begin_next(SyncMove& move);
[[nodiscard]] Result<void> end_run(SyncMove& move, store::SyncState state, const std::string& reason);

[[nodiscard]] Result<store::SyncRunRecord> insert_run(store::Workspace& workspace, const Environment& environment,
                                                      audit::Trail& trail, const store::DirectoryRecord& directory,
                                                      store::SyncRunRecord run);
/// Begins the run that a schedule wants by now, if it still does.
[[nodiscard]] Result<void> begin_if_due(const Environment& environment, store::UnitOfWork& unit,
                                        const store::DueDirectory& due);
/// Whole, if changes alone would not tell.
[[nodiscard]] store::SyncKind kind_for(const store::DirectoryRecord& directory, store::SyncKind wanted);
/// Whether it takes groups or applications to say who is kept.
[[nodiscard]] inline bool is_by_sets(const store::Reading& reading) {
  return !reading.groups.empty() || !reading.applications.empty();
}

}  // namespace rolecall::administration
