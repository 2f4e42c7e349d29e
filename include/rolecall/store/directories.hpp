#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/base/clock.hpp"
#include "rolecall/base/ids.hpp"
#include "rolecall/base/result.hpp"

namespace rolecall::store {

enum class DirectoryState {
  untested,               ///< nothing is known yet of the credential
  active,                 ///< it works
  degraded,               ///< it works in part, or did not the last time for a reason that may pass
  throttled,              ///< it works again when the provider's limit is renewed
  needs_reauthorization,  ///< it will not work until somebody brings a new credential, scope or role
};

/// Which people of a directory are kept, and how often it is read. Groups and applications are named by their name or
/// by the provider's id, types of people by id; an empty list leaves nobody out.
struct Reading {
  std::int64_t every = 4 * 3600;  ///< seconds between two runs; 0: only when somebody asks
  std::vector<std::string> groups = {};
  std::vector<std::string> applications = {};
  std::vector<std::string> types = {};

  bool operator==(const Reading&) const = default;
};

/// An identity provider's own API as one workspace may call it.
struct DirectoryRecord {
  DirectoryId id;
  std::string name;
  std::string provider;         ///< of connector::connectors()
  std::string domain;           ///< normalized by the connector
  std::string credential_kind;  ///< name of a connector::CredentialShape
  std::string client_id;
  std::string credential;            ///< sealed
  std::vector<std::string> scopes;   ///< asked for
  std::vector<std::string> granted;  ///< of those, by the last test that got so far
  bool is_paused = false;
  DirectoryState state = DirectoryState::untested;
  std::string reason;              ///< a sentence for any state but active; it holds the provider's words
  std::int64_t vendor_status = 0;  ///< of the answer that the reason tells of; 0: none came
  std::string vendor_code;
  std::string vendor_request;  ///< the provider's id of that request
  std::optional<Instant> throttled_until;
  std::optional<Instant> tested;  ///< when the last test ended
  Instant test_due{};
  std::int64_t failures = 0;  ///< tests that found it not active, since the last that did
  bool ends_access = true;    ///< whether who is suspended or gone there loses access here
  std::string made_by;
  Instant created{};
  Reading reading;
  std::optional<Instant> read_due;    ///< none: somebody has to ask for the first run, or one is under way
  std::optional<Instant> read_until;  ///< what changed before is known, by runs that succeeded
  std::optional<Instant> read_whole;  ///< when the last whole run that succeeded was asked for
};

struct DueDirectory {
  WorkspaceId workspace;
  DirectoryId directory;
};

class DirectoryRepository {
 public:
  virtual ~DirectoryRepository() = default;
  /// `uniqueness` when the name is taken.
  [[nodiscard]] virtual Result<void> insert(const DirectoryRecord& directory) = 0;
  [[nodiscard]] virtual Result<std::optional<DirectoryRecord>> find(const DirectoryId& id) = 0;
  [[nodiscard]] virtual Result<std::optional<DirectoryRecord>> find_by_name(const std::string& name) = 0;
  [[nodiscard]] virtual Result<std::vector<DirectoryRecord>> list() = 0;  ///< by name
  /// Everything but id, provider, maker, creation and what is read of it; false when it is gone.
  [[nodiscard]] virtual Result<bool> update(const DirectoryRecord& directory) = 0;
  /// `reading` alone, and `read_due`, `read_until` and `read_whole` alone: those who test, who read and who administer
  /// do not undo one another's work.
  [[nodiscard]] virtual Result<bool> set_reading(const DirectoryRecord& directory) = 0;
  [[nodiscard]] virtual Result<bool> set_read(const DirectoryRecord& directory) = 0;
  [[nodiscard]] virtual Result<bool> remove(const DirectoryId& id) = 0;
  /// True when nobody else tests it, it is not paused and a test is due: it is then the caller's until `until`.
  [[nodiscard]] virtual Result<bool> lease(const DirectoryId& id, const std::string& lease, Instant now,
                                           Instant until) = 0;
  /// Ends the lease; false when it is no longer this one.
  [[nodiscard]] virtual Result<bool> release(const DirectoryId& id, const std::string& lease) = 0;
};

}  // namespace rolecall::store
