#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/administration/environment.hpp"
#include "rolecall/base/secret.hpp"

namespace rolecall::administration {

/// Two, so that a token can be replaced without a gap; more would only be forgotten ones.
inline constexpr std::size_t kLiveTokensPerConnection = 2;

struct CreatedToken {
  store::TokenRecord record;
  Secret token;  ///< shown once, stored nowhere
};

/// `conflict` when the connection has two live tokens already; `invalid_value` for an expiry that is not in the future.
/// `user` (name or id) is one of the connection's whom the token stands for at /Me; such a token has the rights of its
/// connection until the user loses all access, which revokes it for good; two live ones per user are allowed beside
/// those of the connection.
[[nodiscard]] Result<CreatedToken> create_token(const Environment& environment, const WorkspaceId& workspace,
                                                const Actor& actor, const std::string& connection,
                                                const std::string& note, std::optional<Instant> expires,
                                                const std::string& user = {});
/// Newest first, revoked and expired ones too; `connection` empty: of all connections.
[[nodiscard]] Result<std::vector<store::TokenRecord>> list_tokens(const Environment& environment,
                                                                  const WorkspaceId& workspace,
                                                                  const std::string& connection = {});
/// Counts from the moment this returns: `environment.tokens` forgets it. Revoking twice is `not_found`.
[[nodiscard]] Result<void> revoke_token(const Environment& environment, const WorkspaceId& workspace,
                                        const Actor& actor, const TokenId& token);

/// A token that is being replaced: both open until somebody ends it, or `old` retires by itself.
struct Rotation {
  store::TokenRecord old_token;
  store::TokenRecord new_token;
};
inline constexpr std::chrono::seconds kDefaultOverlap = std::chrono::hours(24);
inline constexpr std::chrono::seconds kLongestOverlap = std::chrono::hours(24 * 30);

/// Makes the successor of a live token: same holder and note, and as long to live as it had. `conflict` when it is
/// being replaced already or there is no room for a second one; `invalid_value` for an overlap that is not 1 second to
/// `kLongestOverlap`.
struct StartedRotation {
  Rotation rotation;
  Secret token;  ///< the new one: shown once, stored nowhere
};
[[nodiscard]] Result<StartedRotation> start_rotation(const Environment& environment, const WorkspaceId& workspace,
                                                     const Actor& actor, const TokenId& token,
                                                     std::chrono::seconds overlap);
/// The old one ends now; the new one stays. Either id names the rotation. `conflict` when none runs.
[[nodiscard]] Result<Rotation> complete_rotation(const Environment& environment, const WorkspaceId& workspace,
                                                 const Actor& actor, const TokenId& token);
/// The new one ends now; the old one stays as it was before.
[[nodiscard]] Result<Rotation> cancel_rotation(const Environment& environment, const WorkspaceId& workspace,
                                               const Actor& actor, const TokenId& token);
/// The rotation that a token is part of, as old or as new; none when there is none.
[[nodiscard]] std::optional<Rotation> rotation_of(const std::vector<store::TokenRecord>& tokens, const TokenId& token,
                                                  Instant now);

}  // namespace rolecall::administration
