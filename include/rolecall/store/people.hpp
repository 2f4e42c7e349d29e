#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/base/clock.hpp"
#include "rolecall/base/ids.hpp"
#include "rolecall/base/result.hpp"

// What was read of the directories of identity providers. Ids of people, groups and applications are the provider's.

namespace rolecall::store {

/// Somebody in a directory: never a login here.
struct PersonRecord {
  DirectoryId directory;
  std::string id;
  std::string login;
  std::string email;      ///< of work
  std::string email_key;  ///< canonical, by which people are found
  std::string display_name;
  std::string employee_number;
  std::string title;
  std::string department;
  std::string manager;
  std::string manager_id;
  std::string city;
  std::string country;
  std::string status;      ///< in our words: staged, provisioned, active, suspended, deprovisioned
  std::string raw_status;  ///< in the provider's
  std::string type;
  std::optional<Instant> changed;  ///< as the provider says
  std::string custom;              ///< a JSON object
  std::int64_t run = 0;            ///< number of the run that saw it last
  std::optional<Instant> gone;     ///< since when it is not in the directory, or not among those who are kept

  bool operator==(const PersonRecord&) const = default;
};

enum class SetKind { group, application };

/// A group or an application: a set of people.
struct DirectorySetRecord {
  DirectoryId directory;
  SetKind kind = SetKind::group;
  std::string id;
  std::string name;
  std::string description;
  std::string type;    ///< the provider's word for what kind of group, or for how people sign on
  std::string status;  ///< the provider's word; empty where it has none
  bool accepts_members = true;
  std::optional<Instant> changed;
  std::optional<Instant> members_changed;
  std::int64_t run = 0;

  bool operator==(const DirectorySetRecord&) const = default;
};

/// A set that somebody is in.
struct HeldSet {
  DirectorySetRecord set;
  bool is_direct = true;  ///< false: has the application by a group
};

/// What a run found of somebody in a set.
enum class Seen { again, known, added };  ///< again: this run saw it before

struct PeopleFilter {
  DirectoryId directory;              ///< empty: of all
  std::vector<std::string> statuses;  ///< empty: whatever it is
  std::string login;                  ///< empty, or exactly this one
  std::string email_key;              ///< empty, or exactly this one
  bool with_gone = false;
};

class PeopleRepository {
 public:
  virtual ~PeopleRepository() = default;
  [[nodiscard]] virtual Result<std::optional<PersonRecord>> find(const DirectoryId& directory,
                                                                 const std::string& id) = 0;
  [[nodiscard]] virtual Result<void> insert(const PersonRecord& person) = 0;
  /// Everything but directory and id.
  [[nodiscard]] virtual Result<void> update(const PersonRecord& person) = 0;
  /// The run saw it and it is as it was.
  [[nodiscard]] virtual Result<void> touch(const DirectoryId& directory, const std::string& id, std::int64_t run) = 0;
  /// The first behind `after`, by id, that is not gone and that only an earlier run saw; none at the end.
  [[nodiscard]] virtual Result<std::optional<std::string>> next_missing(const DirectoryId& directory, std::int64_t run,
                                                                        const std::string& after) = 0;
  /// By directory and id, behind `after` ("directory id"), which may be empty.
  [[nodiscard]] virtual Result<std::vector<PersonRecord>> page(const PeopleFilter& filter, const std::string& after,
                                                               std::int64_t limit) = 0;

  [[nodiscard]] virtual Result<std::optional<DirectorySetRecord>> find_set(const DirectoryId& directory, SetKind kind,
                                                                           const std::string& id) = 0;
  [[nodiscard]] virtual Result<void> insert_set(const DirectorySetRecord& set) = 0;
  /// Everything but directory, kind and id.
  [[nodiscard]] virtual Result<void> update_set(const DirectorySetRecord& set) = 0;
  /// Ids of those that only an earlier run saw, in order.
  [[nodiscard]] virtual Result<std::vector<std::string>> old_sets(const DirectoryId& directory, SetKind kind,
                                                                  std::int64_t run) = 0;
  /// With its members.
  [[nodiscard]] virtual Result<void> remove_set(const DirectoryId& directory, SetKind kind, const std::string& id) = 0;
  /// The first behind `after`, by id, that this run saw; none at the end.
  [[nodiscard]] virtual Result<std::optional<std::string>> next_set(const DirectoryId& directory, SetKind kind,
                                                                    std::int64_t run, const std::string& after) = 0;
  [[nodiscard]] virtual Result<bool> has_set_named(const DirectoryId& directory, SetKind kind,
                                                   const std::string& name) = 0;
  /// By id, two at most: a name may be that of several.
  [[nodiscard]] virtual Result<std::vector<DirectorySetRecord>> sets_named(const DirectoryId& directory, SetKind kind,
                                                                           const std::string& name) = 0;
  /// Those that somebody is in, by name.
  [[nodiscard]] virtual Result<std::vector<HeldSet>> sets_of(const DirectoryId& directory, SetKind kind,
                                                             const std::string& person) = 0;

  [[nodiscard]] virtual Result<Seen> put_member(const DirectoryId& directory, SetKind kind, const std::string& set,
                                                const std::string& person, bool is_direct, std::int64_t run) = 0;
  /// Ids of those in the set whom only an earlier run saw there, in order.
  [[nodiscard]] virtual Result<std::vector<std::string>> old_members(const DirectoryId& directory, SetKind kind,
                                                                     const std::string& set, std::int64_t run) = 0;
  /// The same people; how many.
  [[nodiscard]] virtual Result<std::int64_t> remove_old_members(const DirectoryId& directory, SetKind kind,
                                                                const std::string& set, std::int64_t run) = 0;
  /// False when that was no member.
  [[nodiscard]] virtual Result<bool> remove_member(const DirectoryId& directory, SetKind kind, const std::string& set,
                                                   const std::string& person) = 0;
  /// Everything that was read of it.
  [[nodiscard]] virtual Result<void> forget(const DirectoryId& directory) = 0;
};

enum class SyncKind {
  whole,    ///< everything; the only one that finds out who is not there any more
  changes,  ///< people and groups that changed, and the members of those groups
  person,   ///< one person
};
enum class SyncState { running, succeeded, partial, failed };
/// What is being read. `missing` asks for those, one by one, who were not in the list of people.
enum class SyncPhase { people, missing, groups, members, applications, assignments };

struct SyncCounts {
  std::int64_t seen = 0;
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t gone = 0;

  bool operator==(const SyncCounts&) const = default;
};

/// One read of a directory. How far it is stands in the row, so that anybody can go on with it.
struct SyncRunRecord {
  SyncRunId id;
  DirectoryId directory;
  std::int64_t number = 0;  ///< of the directory's runs
  SyncKind kind = SyncKind::whole;
  std::string person;            ///< of that kind alone: id or login
  std::optional<Instant> since;  ///< of changes alone
  SyncState state = SyncState::running;
  SyncPhase phase = SyncPhase::people;
  Instant phase_began{};
  std::string at;               ///< whose members are being read, or who is asked for
  std::string next;             ///< target of the next page; empty: the first
  bool is_second_look = false;  ///< the same list once more, because something is not in it that was there before
  std::int64_t lists = 0;       ///< read of this phase, where it reads one after the other
  SyncCounts people;
  SyncCounts groups;
  SyncCounts members;
  SyncCounts applications;
  SyncCounts assignments;
  std::int64_t expected = 0;  ///< people that the last whole run saw; 0: not known
  std::string requested_by;
  Instant requested{};
  std::optional<Instant> ended;
  Instant due{};              ///< no call before
  std::int64_t failures = 0;  ///< calls that came to nothing, since the last that did not
  std::string reason;         ///< why it waits, or did not succeed: a sentence
  std::string vendor_request;
};

struct DueSyncRun {
  WorkspaceId workspace;
  SyncRunId run;
};

class SyncRunRepository {
 public:
  virtual ~SyncRunRepository() = default;
  /// `uniqueness` when another one of the directory runs, one of a person excepted.
  [[nodiscard]] virtual Result<void> insert(const SyncRunRecord& run) = 0;
  [[nodiscard]] virtual Result<std::optional<SyncRunRecord>> find(const SyncRunId& id) = 0;
  /// The newest of a directory.
  [[nodiscard]] virtual Result<std::optional<SyncRunRecord>> last(const DirectoryId& directory) = 0;
  /// The one that runs and is not of a person.
  [[nodiscard]] virtual Result<std::optional<SyncRunRecord>> running(const DirectoryId& directory) = 0;
  /// Newest first, behind `after`, which may be empty; of one directory or, when that is empty, of all.
  [[nodiscard]] virtual Result<std::vector<SyncRunRecord>> page(const DirectoryId& directory, const SyncRunId& after,
                                                                std::int64_t limit) = 0;
  /// Everything that changes while it runs.
  [[nodiscard]] virtual Result<bool> update(const SyncRunRecord& run) = 0;
  /// True when it runs, is due and is nobody else's: it is then the caller's until `until`.
  [[nodiscard]] virtual Result<bool> lease(const SyncRunId& id, const std::string& lease, Instant now,
                                           Instant until) = 0;
  /// Whether the lease is still this one, which is then good until `until`.
  [[nodiscard]] virtual Result<bool> renew(const SyncRunId& id, const std::string& lease, Instant until) = 0;
  [[nodiscard]] virtual Result<bool> release(const SyncRunId& id, const std::string& lease) = 0;
  /// Those of the directory that ended, but for the newest `kept` numbers.
  [[nodiscard]] virtual Result<void> keep_newest(const DirectoryId& directory, std::int64_t kept) = 0;
  [[nodiscard]] virtual Result<void> forget(const DirectoryId& directory) = 0;
};

}  // namespace rolecall::store
