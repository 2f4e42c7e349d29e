#include "rolecall/granting/credentials.hpp"

#include <string>

namespace rolecall::granting {
namespace {

Result<void> record_ends(const std::vector<SessionId>& sessions, const std::string& user, std::string_view cause,
                         audit::Trail& trail) {
  for (const SessionId& session : sessions) {
    ROLECALL_TRY(trail.record("session.ended", "Session/" + session.value(), {{"user", user}, {"cause", cause}}));
  }
  return {};
}

}  // namespace

Result<EndedCredentials> end_credentials(store::Workspace& workspace, const ResourceId& user, audit::Trail& trail) {
  const std::string target = "User/" + user.value();
  EndedCredentials ended;
  ROLECALL_TRY_ASSIGN(ended.tokens, workspace.tokens().revoke_of(user, trail.at()));
  for (const TokenId& token : ended.tokens) {
    ROLECALL_TRY(trail.record("token.revoked", "Token/" + token.value(), {{"user", target}}));
  }
  ROLECALL_TRY_ASSIGN(ended.api_tokens, workspace.api_tokens().revoke_of(user, trail.at()));
  for (const TokenId& token : ended.api_tokens) {
    ROLECALL_TRY(trail.record("api_token.revoked", "ApiToken/" + token.value(), {{"user", target}}));
  }
  // Every session was begun by a token of its user, and ends with that one; whoever had none has no session.
  if (ended.api_tokens.empty()) return ended;
  ROLECALL_TRY_ASSIGN(ended.sessions, workspace.admin_sessions().end_of_user(user, trail.at()));
  ROLECALL_TRY(record_ends(ended.sessions, target, "access_revoked", trail));
  return ended;
}

Result<std::vector<SessionId>> end_sessions_of(store::Workspace& workspace, const TokenId& token,
                                               const ResourceId& user, audit::Trail& trail) {
  ROLECALL_TRY_ASSIGN(auto sessions, workspace.admin_sessions().end_of_token(token, trail.at()));
  ROLECALL_TRY(record_ends(sessions, "User/" + user.value(), "token_revoked", trail));
  return sessions;
}

}  // namespace rolecall::granting
