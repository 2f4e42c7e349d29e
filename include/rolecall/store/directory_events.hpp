#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/base/clock.hpp"
#include "rolecall/base/ids.hpp"
#include "rolecall/base/result.hpp"

// What identity providers tell of by themselves: where they tell it, what came, and whom to read again because of it.

namespace rolecall::store {

enum class HookState {
  by_hand,   ///< somebody makes it at the provider
  making,    ///< we make it there
  verified,  ///< we made it, and the provider has reached us
  removing,  ///< we take it away there
};

/// Where a provider sends what happens in one directory.
struct HookRecord {
  DirectoryId directory;
  std::string url;     ///< ours, as the provider is told
  std::string secret;  ///< sealed
  HookState state = HookState::by_hand;
  std::string vendor_id;       ///< the provider's, of one that we made
  std::string reason;          ///< why the last attempt came to nothing: a sentence
  std::string vendor_request;  ///< the provider's id of the request behind it
  std::int64_t failures = 0;   ///< since the last attempt that did not fail
  Instant due{};               ///< no attempt before
  std::optional<Instant> verified;
  std::optional<Instant> received;  ///< when something came last
  std::string made_by;
  Instant created{};
};

struct FoundHook {
  WorkspaceId workspace;
  HookRecord hook;
};

class HookRepository {
 public:
  virtual ~HookRepository() = default;
  /// `uniqueness` when the directory has one.
  [[nodiscard]] virtual Result<void> insert(const HookRecord& hook) = 0;
  [[nodiscard]] virtual Result<std::optional<HookRecord>> find(const DirectoryId& directory) = 0;
  [[nodiscard]] virtual Result<std::vector<HookRecord>> list() = 0;
  /// Everything but directory, maker, creation and `received`.
  [[nodiscard]] virtual Result<bool> update(const HookRecord& hook) = 0;
  [[nodiscard]] virtual Result<void> note_received(const DirectoryId& directory, Instant at) = 0;
  [[nodiscard]] virtual Result<bool> remove(const DirectoryId& directory) = 0;
  /// True when it is to be made or taken away, due and nobody else's: it is then the caller's until `until`.
  [[nodiscard]] virtual Result<bool> lease(const DirectoryId& directory, const std::string& lease, Instant now,
                                           Instant until) = 0;
  /// Ends the lease; false when it is no longer this one.
  [[nodiscard]] virtual Result<bool> release(const DirectoryId& directory, const std::string& lease) = 0;
};

enum class EventSource { hook, log };

/// One event, as far as it has to be remembered.
struct DirectoryEventRecord {
  DirectoryId directory;
  std::string uuid;  ///< the provider's
  std::string type;  ///< the provider's word
  EventSource source = EventSource::hook;
  std::optional<Instant> published;  ///< as the provider says
  Instant received{};
};

/// Somebody who is to be read again.
struct RereadRecord {
  DirectoryId directory;
  std::string person;      ///< the provider's id
  bool with_sets = false;  ///< also which groups they are in, and which applications they have
  std::string event;       ///< uuid of the one that asked last, or "Action/<id>" where an action of ours did
  std::int64_t marks = 1;  ///< how often it was asked for
  Instant asked{};
  Instant due{};
  std::int64_t failures = 0;
};

struct DueReread {
  WorkspaceId workspace;
  DirectoryId directory;
  std::string person;
};

class DirectoryEventRepository {
 public:
  virtual ~DirectoryEventRepository() = default;
  /// False when an event of that uuid is known already.
  [[nodiscard]] virtual Result<bool> add(const DirectoryEventRecord& event) = 0;
  /// Newest first, `limit` at most.
  [[nodiscard]] virtual Result<std::vector<DirectoryEventRecord>> newest(const DirectoryId& directory,
                                                                         std::int64_t limit) = 0;
  /// Those received before, `limit` at most; how many.
  [[nodiscard]] virtual Result<std::int64_t> forget_until(Instant before, std::int64_t limit) = 0;

  /// Asks for a person. One that is asked for already gets another mark, and is due again at once.
  [[nodiscard]] virtual Result<void> ask(const RereadRecord& reread) = 0;
  [[nodiscard]] virtual Result<std::optional<RereadRecord>> find(const DirectoryId& directory,
                                                                 const std::string& person) = 0;
  [[nodiscard]] virtual Result<bool> lease(const DirectoryId& directory, const std::string& person,
                                           const std::string& lease, Instant now, Instant until) = 0;
  /// Done, as far as it was asked for with `marks`: what was asked for since stays. False when the lease has gone to
  /// somebody else.
  [[nodiscard]] virtual Result<bool> settle(const DirectoryId& directory, const std::string& person,
                                            const std::string& lease, std::int64_t marks) = 0;
  /// Ends the lease, and is due then.
  [[nodiscard]] virtual Result<void> postpone(const DirectoryId& directory, const std::string& person,
                                              const std::string& lease, std::int64_t failures, Instant due) = 0;
  /// Everything of a directory.
  [[nodiscard]] virtual Result<void> forget(const DirectoryId& directory) = 0;
};

/// How far the provider's own log of a directory was read.
struct DirectoryLogRecord {
  DirectoryId directory;
  Instant since{};              ///< what happened before is not looked for
  std::string next;             ///< target of the next page; empty: the first
  std::string reason;           ///< why the last attempt came to nothing: a sentence
  std::int64_t failures = 0;    ///< since the last attempt that did not fail
  std::optional<Instant> read;  ///< when a page was read last
  Instant due{};

  bool operator==(const DirectoryLogRecord&) const = default;
};

class DirectoryLogRepository {
 public:
  virtual ~DirectoryLogRepository() = default;
  /// `uniqueness` when the directory has one.
  [[nodiscard]] virtual Result<void> insert(const DirectoryLogRecord& log) = 0;
  [[nodiscard]] virtual Result<std::optional<DirectoryLogRecord>> find(const DirectoryId& directory) = 0;
  /// Everything but directory; false when it is gone.
  [[nodiscard]] virtual Result<bool> update(const DirectoryLogRecord& log) = 0;
  [[nodiscard]] virtual Result<bool> remove(const DirectoryId& directory) = 0;
  /// True when it is due and nobody else's: it is then the caller's until `until`.
  [[nodiscard]] virtual Result<bool> lease(const DirectoryId& directory, const std::string& lease, Instant now,
                                           Instant until) = 0;
  /// Whether the lease is still this one, which is then good until `until`.
  [[nodiscard]] virtual Result<bool> renew(const DirectoryId& directory, const std::string& lease, Instant until) = 0;
  [[nodiscard]] virtual Result<bool> release(const DirectoryId& directory, const std::string& lease) = 0;
};

enum class EndingState {
  ending,     ///< is to be done
  ended,      ///< the User was active and was deactivated because of this
  held,       ///< the guard of the User's connection holds it
  refused,    ///< it cannot be done, as `note` says
  returning,  ///< is to be given back
};

/// The access of a User that ends because of somebody in a directory.
struct EndedAccessRecord {
  DirectoryId directory;
  std::string person;  ///< the provider's id
  ResourceId user;
  EndingState state = EndingState::ending;
  std::string status;  ///< of the person, in our words; "deleted" for one who is not there any more
  std::string cause;   ///< what it was seen by: "SyncRun/<id>", "DirectoryEvent/<uuid>"
  std::string note;
  Instant asked{};
  std::optional<Instant> ended;

  bool operator==(const EndedAccessRecord&) const = default;
};

struct DueEnding {
  WorkspaceId workspace;
  DirectoryId directory;
  std::string person;
};

class EndedAccessRepository {
 public:
  virtual ~EndedAccessRepository() = default;
  /// In place of what is known of that person.
  [[nodiscard]] virtual Result<void> put(const EndedAccessRecord& ending) = 0;
  [[nodiscard]] virtual Result<std::optional<EndedAccessRecord>> find(const DirectoryId& directory,
                                                                      const std::string& person) = 0;
  /// Whether it is still to be done; then it is nobody else's until the unit of work ends.
  [[nodiscard]] virtual Result<bool> take(const DirectoryId& directory, const std::string& person) = 0;
  [[nodiscard]] virtual Result<bool> remove(const DirectoryId& directory, const std::string& person) = 0;
  /// All that is about this User.
  [[nodiscard]] virtual Result<void> forget_user(const ResourceId& user) = 0;
  [[nodiscard]] virtual Result<void> forget(const DirectoryId& directory) = 0;
};

}  // namespace rolecall::store
