#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rolecall/base/clock.hpp"
#include "rolecall/base/ids.hpp"
#include "rolecall/base/result.hpp"

namespace rolecall::store {

/// A key to the admin API and to decisions of one workspace, and to no more of them than its scopes name.
struct ApiTokenRecord {
  TokenId id;
  WorkspaceId workspace;
  std::string name;
  std::vector<std::string> scopes;  ///< "users:read", in order
  std::optional<ResourceId> user;   ///< whom it stands for: it opens nothing while they are not active; none: nobody
  std::string digest;               ///< SHA-256 of the whole token, 32 raw bytes
  std::string made_by;
  Instant created{};
  std::optional<Instant> expires;
  std::optional<Instant> revoked;
};

class ApiTokenRepository {
 public:
  virtual ~ApiTokenRepository() = default;
  [[nodiscard]] virtual Result<void> insert(const ApiTokenRecord& token) = 0;
  [[nodiscard]] virtual Result<std::optional<ApiTokenRecord>> find(const TokenId& id) = 0;
  /// By creation.
  [[nodiscard]] virtual Result<std::vector<ApiTokenRecord>> list() = 0;
  /// False when there is none of that id in the workspace, or it was revoked before.
  [[nodiscard]] virtual Result<bool> revoke(const TokenId& id, Instant at) = 0;
  /// Revokes all that stand for the user; those that were not revoked before, by id.
  [[nodiscard]] virtual Result<std::vector<TokenId>> revoke_of(const ResourceId& user, Instant at) = 0;
};

}  // namespace rolecall::store
