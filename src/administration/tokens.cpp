#include "rolecall/administration/tokens.hpp"

#include <algorithm>

#include "lookup.hpp"
#include "rolecall/administration/token_directory.hpp"
#include "rolecall/administration/token_format.hpp"
#include "scope.hpp"
#include "token_room.hpp"

namespace rolecall::administration {
namespace {

constexpr std::size_t kLongestNote = 256;

std::string target_of(const TokenId& token) { return "Token/" + token.value(); }

/// A token whose successor is revoked is not being replaced any more: it must not retire.
Result<void> keep_predecessor(Change& change, const TokenId& successor) {
  ROLECALL_TRY_ASSIGN(const auto tokens, change.workspace.tokens().list());
  for (const store::TokenRecord& token : tokens) {
    if (token.successor != successor || !is_live(token, change.now)) continue;
    ROLECALL_TRY(change.workspace.tokens().set_rotation(token.id, std::nullopt, std::nullopt));
    if (change.environment.tokens != nullptr) change.environment.tokens->forget(token.id);
  }
  return {};
}

/// The user that a token is made for; none for a token of the connection alone.
Result<std::optional<store::ResourceRecord>> find_holder(Change& change, const TextFolder& folder,
                                                         const store::ConnectionRecord& connection,
                                                         const std::string& name) {
  if (name.empty()) return std::optional<store::ResourceRecord>();
  ROLECALL_TRY_ASSIGN(auto user, find_user(change.workspace, folder, name));
  if (user.connection != connection.id) {
    return fail(ErrorCode::invalid_value,
                "The user " + user.display + " was not made by the connection " + connection.name + ".", "user");
  }
  if (!user.is_active) {
    return fail(ErrorCode::conflict, "The user " + user.display + " is deactivated; the token would open nothing.",
                "user");
  }
  return std::optional(std::move(user));
}

}  // namespace

Result<void> check_room(Change& change, const ConnectionId& connection, const std::optional<ResourceId>& user,
                        const std::string& name) {
  ROLECALL_TRY_ASSIGN(const auto tokens, change.workspace.tokens().list());
  const auto live = std::count_if(tokens.begin(), tokens.end(), [&](const store::TokenRecord& token) {
    return token.connection == connection && token.user == user && is_live(token, change.now);
  });
  if (static_cast<std::size_t>(live) < kLiveTokensPerConnection) return {};
  return fail_with_next(ErrorCode::conflict,
                        name + " has " + std::to_string(kLiveTokensPerConnection) + " live tokens, which is the limit.",
                        "Revoke the one that is no longer used, then create the new one.");
}

Result<CreatedToken> create_token(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                  const std::string& connection_name, const std::string& note,
                                  std::optional<Instant> expires, const std::string& user_name) {
  if (note.size() > kLongestNote || !is_valid_utf8(note)) {
    return fail(ErrorCode::invalid_value, "A token's note is UTF-8 text of 256 bytes at most.", "note");
  }
  if (expires && *expires <= environment.clock.now()) {
    return fail(ErrorCode::invalid_value, "A token must expire in the future.", "expires_in_seconds");
  }
  auto generated = generate_token(environment.random, environment.digest);
  auto created = in_change(environment, workspace, actor, [&](Change& change) -> Result<CreatedToken> {
    ROLECALL_TRY_ASSIGN(const auto connection, find_connection(change.workspace, connection_name));
    ROLECALL_TRY_ASSIGN(const auto user, find_holder(change, environment.folder, connection, user_name));
    ROLECALL_TRY(check_room(change, connection.id, user ? std::optional(user->id) : std::nullopt,
                            user ? "The user " + user->display : "The connection " + connection.name));
    store::TokenRecord record{generated.id, workspace,  connection.id, std::nullopt, generated.digest,
                              note,         change.now, expires,       std::nullopt};
    json::Object details{{"connection", "Connection/" + connection.id.value()}};
    if (user) {
      record.user = user->id;
      details.append("user", "User/" + user->id.value());
    }
    ROLECALL_TRY(change.workspace.tokens().insert(record));
    ROLECALL_TRY(change.trail.record("token.created", target_of(record.id), details));
    return CreatedToken{std::move(record), generated.token};
  });
  if (environment.tokens != nullptr) environment.tokens->forget(generated.id);
  return created;
}

Result<std::vector<store::TokenRecord>> list_tokens(const Environment& environment, const WorkspaceId& workspace_id,
                                                    const std::string& connection_name) {
  return in_view(environment, workspace_id,
                 [&](store::Workspace& workspace) -> Result<std::vector<store::TokenRecord>> {
                   ROLECALL_TRY_ASSIGN(auto tokens, workspace.tokens().list());
                   if (!connection_name.empty()) {
                     ROLECALL_TRY_ASSIGN(const auto connection, find_connection(workspace, connection_name));
                     std::erase_if(tokens, [&](const auto& token) { return token.connection != connection.id; });
                   }
                   std::stable_sort(tokens.begin(), tokens.end(),
                                    [](const auto& a, const auto& b) { return a.created > b.created; });
                   return tokens;
                 });
}

Result<void> revoke_token(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                          const TokenId& token) {
  auto revoked = in_change(environment, workspace, actor, [&](Change& change) -> Result<void> {
    ROLECALL_TRY_ASSIGN(const bool is_revoked, change.workspace.tokens().revoke(token, change.now));
    if (!is_revoked) {
      return fail(ErrorCode::not_found, "There is no live token “" + token.value() + "” in this workspace.");
    }
    ROLECALL_TRY(keep_predecessor(change, token));
    return change.trail.record("token.revoked", target_of(token), {});
  });
  // Also after an error: a commit whose answer was lost may have happened.
  if (environment.tokens != nullptr) environment.tokens->forget(token);
  return revoked;
}

}  // namespace rolecall::administration
