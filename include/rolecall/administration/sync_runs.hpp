#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rolecall/administration/environment.hpp"
#include "rolecall/connector/session.hpp"

// Reading a directory: people, groups and their members, applications and their assignments. A run goes page by page,
// each stored in a unit of work together with how far the run is, so it survives whoever reads. Nothing is taken away
// because a read failed, was cut or empty: somebody is gone when the provider itself says so of that very id, and a
// group, an application or who is in one when two lists in a row that were read to their end did not hold them.

namespace rolecall::administration {

[[nodiscard]] const char* name_of(store::SyncKind kind);
[[nodiscard]] const char* name_of(store::SyncState state);
[[nodiscard]] const char* name_of(store::SyncPhase phase);

/// A read of everything, or of what changed; the latter becomes the former where nobody knows since when, or where who
/// is kept depends on groups or applications. `conflict` while one runs, or the directory is paused.
[[nodiscard]] Result<store::SyncRunRecord> request_sync(const Environment& environment, const WorkspaceId& workspace,
                                                        const Actor& actor, const std::string& directory,
                                                        store::SyncKind kind);
/// A read of one person, known or not. `directory` may be empty where the person is known, or there is just one.
[[nodiscard]] Result<store::SyncRunRecord> request_person_sync(const Environment& environment,
                                                               const WorkspaceId& workspace, const Actor& actor,
                                                               const std::string& person, const std::string& directory);
/// Newest first. `directory` may be empty: all of them.
[[nodiscard]] Result<std::vector<store::SyncRunRecord>> list_sync_runs(const Environment& environment,
                                                                       const WorkspaceId& workspace,
                                                                       const std::string& directory,
                                                                       const SyncRunId& after, std::int64_t limit);
[[nodiscard]] Result<store::SyncRunRecord> get_sync_run(const Environment& environment, const WorkspaceId& workspace,
                                                        const SyncRunId& id);

/// How far the phase is that a run is in.
struct SyncProgress {
  std::int64_t done = 0;           ///< entries of the list or, of members and assignments, lists
  std::optional<std::int64_t> of;  ///< none: not known yet
  double per_second = 0;           ///< since the phase began
  std::optional<std::int64_t> seconds_left;
};
[[nodiscard]] SyncProgress progress_of(const store::SyncRunRecord& run, Instant now);

struct PersonView {
  store::PersonRecord person;
  std::vector<store::HeldSet> groups;
  std::vector<store::HeldSet> applications;
};
struct WantedPeople {
  std::string directory;  ///< name or id; empty: of all
  std::vector<std::string> statuses;
  std::string login;
  std::string email;  ///< in any spelling
  bool with_gone = false;
};
/// `after` is "directory id" of the last one of the page before.
[[nodiscard]] Result<std::vector<store::PersonRecord>> list_people(const Environment& environment,
                                                                   const WorkspaceId& workspace,
                                                                   const WantedPeople& wanted, const std::string& after,
                                                                   std::int64_t limit);
/// By login, by work email, or by the provider's id; `conflict` when that is of several people.
[[nodiscard]] Result<PersonView> get_person(const Environment& environment, const WorkspaceId& workspace,
                                            const std::string& person);

// For who reads.

struct SyncJob {
  WorkspaceId workspace;
  store::SyncRunRecord run;
  store::DirectoryRecord directory;
  std::string lease;
  std::optional<connector::Credential> credential;  ///< none when no key opens it
};
/// Begins the runs that are due by a schedule, then takes one that somebody can go on with.
[[nodiscard]] Result<std::optional<SyncJob>> claim_sync(const Environment& environment,
                                                        std::chrono::milliseconds lease);
struct SyncPage {
  std::variant<connector::Page<connector::Person>, connector::Page<connector::DirectoryGroup>,
               connector::Page<connector::Application>, connector::Page<connector::Assignment>, connector::Person>
      items;
  std::optional<Instant> pause;  ///< no call before, because a limit is nearly used up
};
[[nodiscard]] connector::Call next_call(const connector::Connector& connector, const store::SyncRunRecord& run);
[[nodiscard]] connector::Answer<SyncPage> read_page(const connector::Connector& connector, const SyncJob& job,
                                                    const connector::Reply& reply, Instant now);
/// Stores the page, or what was in its way, and moves `job.run` on. False when the run has ended, waits, or is no
/// longer the caller's.
[[nodiscard]] Result<bool> store_page(const Environment& environment, SyncJob& job, const SyncPage& page,
                                      std::chrono::milliseconds lease);
[[nodiscard]] Result<bool> store_trouble(const Environment& environment, SyncJob& job,
                                         const connector::Trouble& trouble, std::chrono::milliseconds lease);
[[nodiscard]] Result<void> release_sync(const Environment& environment, const SyncJob& job);

}  // namespace rolecall::administration
