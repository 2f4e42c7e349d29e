#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

struct AuthenticatedToken {
  TokenId token;
  WorkspaceId workspace;
  ConnectionId connection;
  std::optional<ResourceId> user;  ///< whom it stands for, active when this was read
};

/// Live tokens. Where no other process writes to the database they are remembered for the request path: no database per
/// request then, except for those that stand for a user. Where replicas share it nothing is remembered, so that a token
/// revoked by one of them opens nothing at any other. Thread-safe. `store` and `digest` outlive it.
class TokenDirectory {
 public:
  /// Remembered unknown ids; at the limit they are all forgotten, which costs a query each and nothing else.
  static constexpr std::size_t kUnknownLimit = 4096;
  static constexpr std::size_t kKnownLimit = 65536;
  /// Remembered ends; only the holder of a token can have its end remembered.
  static constexpr std::size_t kEndedLimit = 65536;

  TokenDirectory(store::Store& store, const Digest& digest, bool remembers = true)
      : store_(store), digest_(digest), remembers_(remembers) {}

  /// `unauthenticated`, always with the same words, for empty, malformed, unknown, wrong, revoked and expired tokens
  /// and those of users who are deactivated or gone; a digest is computed and compared in every case. `unavailable`
  /// when the store could not be asked: that must not look like a bad token.
  [[nodiscard]] Result<AuthenticatedToken> authenticate(std::string_view presented, Instant now);

  /// Whether a token that was the right one may be used: what this process has once seen expired or retired stays so
  /// when the clock is set back, until `forget`.
  [[nodiscard]] bool admits(const TokenId& token, bool is_alive);
  /// Its row has changed.
  void forget(const TokenId& token);
  void clear();

 private:
  [[nodiscard]] Result<std::optional<store::TokenRecord>> find(const TokenId& token);
  [[nodiscard]] Result<bool> is_active(const store::TokenRecord& token);

  store::Store& store_;
  const Digest& digest_;
  const bool remembers_;
  std::shared_mutex mutex_;
  std::uint64_t generation_ = 0;  ///< grows with every forget: what was read before is then not kept
  std::unordered_map<TokenId, store::TokenRecord> known_;
  std::unordered_set<TokenId> unknown_;
  std::unordered_set<TokenId> ended_;
};

}  // namespace rolecall::administration
