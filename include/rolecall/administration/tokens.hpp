#pragma once

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
/// connection as long as the user is active, and two live ones per user are allowed beside those of the connection.
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

}  // namespace rolecall::administration
