#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/administration/environment.hpp"
#include "rolecall/base/secret.hpp"

namespace rolecall::administration {

/// Of one workspace and live, so that a list of them can be looked through.
inline constexpr std::size_t kLiveApiTokens = 100;

struct CreatedApiToken {
  store::ApiTokenRecord record;
  Secret token;  ///< shown once, stored nowhere
};

/// The token that asks for another one, which has no scope beyond these and stands for nobody else.
struct AskingToken {
  std::vector<std::string> scopes;
  std::optional<ResourceId> user;
};
/// What is wanted of a new one. `known` are all scopes that there are; `own` is the token that asks, none for the admin
/// token, which may give all.
struct WantedApiToken {
  std::string name;
  std::vector<std::string> scopes;
  std::optional<Instant> expires;
  std::string user = {};  ///< whom it stands for, by userName or id; empty: whom the token that asks stands for
};
/// `invalid_value` for a bad name, an unknown scope, none at all, or an expiry that is not in the future; `forbidden`
/// for a scope or user beyond `own`; `conflict` when there are as many as there can be.
[[nodiscard]] Result<CreatedApiToken> create_api_token(const Environment& environment, const WorkspaceId& workspace,
                                                       const Actor& actor, const WantedApiToken& wanted,
                                                       const std::vector<std::string>& known,
                                                       const std::optional<AskingToken>& own);
/// Newest first, revoked and expired ones too.
[[nodiscard]] Result<std::vector<store::ApiTokenRecord>> list_api_tokens(const Environment& environment,
                                                                         const WorkspaceId& workspace);
/// The sessions that it began end with it.
[[nodiscard]] Result<void> revoke_api_token(const Environment& environment, const WorkspaceId& workspace,
                                            const Actor& actor, const TokenId& token);

/// `unauthenticated` for empty, malformed, unknown, wrong, revoked and expired ones alike, and those of users who are
/// deactivated or gone. Read from the store each
/// time: who is revoked is out with the next request.
[[nodiscard]] Result<store::ApiTokenRecord> authenticate_api_token(const Environment& environment,
                                                                   std::string_view presented);
[[nodiscard]] bool is_live(const store::ApiTokenRecord& token, Instant now);
[[nodiscard]] bool has_scope(const store::ApiTokenRecord& token, std::string_view scope);

}  // namespace rolecall::administration
