#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/base/clock.hpp"
#include "rolecall/base/ids.hpp"
#include "rolecall/base/result.hpp"

namespace rolecall::store {

/// A short time in which a user works with the admin API of one workspace, begun by an API token that stands for them.
struct AdminSessionRecord {
  SessionId id;
  WorkspaceId workspace;
  ResourceId user;
  TokenId token;                    ///< the API token that began it
  std::vector<std::string> scopes;  ///< of those of the token, in order
  std::string digest;               ///< SHA-256 of the whole secret, 32 raw bytes
  Instant created{};
  Instant used{};     ///< the last use, a minute or so late
  Instant expires{};  ///< whatever happens; never later than the token does
  std::optional<Instant> ended;
};

class AdminSessionRepository {
 public:
  virtual ~AdminSessionRepository() = default;
  [[nodiscard]] virtual Result<void> insert(const AdminSessionRecord& session) = 0;
  /// By creation.
  [[nodiscard]] virtual Result<std::vector<AdminSessionRecord>> list() = 0;
  [[nodiscard]] virtual Result<std::vector<AdminSessionRecord>> of_user(const ResourceId& user) = 0;
  /// Whose it was; none when there is none of that id in the workspace, or it was ended before.
  [[nodiscard]] virtual Result<std::optional<ResourceId>> end(const SessionId& id, Instant at) = 0;
  /// Those that had not been ended, by id.
  [[nodiscard]] virtual Result<std::vector<SessionId>> end_of_token(const TokenId& token, Instant at) = 0;
  [[nodiscard]] virtual Result<std::vector<SessionId>> end_of_user(const ResourceId& user, Instant at) = 0;
  /// It was used at `at`; without effect when the use that is stored came after `before`.
  [[nodiscard]] virtual Result<void> note_use(const SessionId& id, Instant at, Instant before) = 0;
  [[nodiscard]] virtual Result<void> remove(const SessionId& id) = 0;
  /// Whose `expires` has come, at most `limit`; how many went.
  [[nodiscard]] virtual Result<std::int64_t> forget_expired(Instant now, std::int64_t limit) = 0;
};

}  // namespace rolecall::store
