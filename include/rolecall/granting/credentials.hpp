#pragma once

#include <string_view>
#include <vector>

#include "rolecall/audit/trail.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/store/store.hpp"

// What stands for a user besides their roles: SCIM tokens at /Me, API tokens, and the sessions that those began. None
// of it is given back: not when the account is active again, nor when the id returns.

namespace rolecall::granting {

struct EndedCredentials {
  std::vector<TokenId> tokens;
  std::vector<TokenId> api_tokens;
  std::vector<SessionId> sessions;

  [[nodiscard]] bool empty() const { return tokens.empty() && api_tokens.empty() && sessions.empty(); }
};

/// Ends all that stands for the user, in the caller's unit of work, each with a row in the trail ("token.revoked",
/// "api_token.revoked", "session.ended"). What had ended before is not among it.
[[nodiscard]] Result<EndedCredentials> end_credentials(store::Workspace& workspace, const ResourceId& user,
                                                       audit::Trail& trail);
/// Ends the sessions that this API token of `user` began, likewise.
[[nodiscard]] Result<std::vector<SessionId>> end_sessions_of(store::Workspace& workspace, const TokenId& token,
                                                             const ResourceId& user, audit::Trail& trail);

}  // namespace rolecall::granting
