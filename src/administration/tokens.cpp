#include "rolecall/administration/tokens.hpp"

#include <algorithm>

#include "lookup.hpp"
#include "rolecall/administration/token_directory.hpp"
#include "rolecall/administration/token_format.hpp"
#include "scope.hpp"

namespace rolecall::administration {
namespace {

constexpr std::size_t kLongestNote = 256;

std::string target_of(const TokenId& token) { return "Token/" + token.value(); }

Result<void> check_room(Change& change, const store::ConnectionRecord& connection) {
  ROLECALL_TRY_ASSIGN(const auto tokens, change.workspace.tokens().list());
  const auto live = std::count_if(tokens.begin(), tokens.end(), [&](const store::TokenRecord& token) {
    return token.connection == connection.id && is_live(token, change.now);
  });
  if (static_cast<std::size_t>(live) < kLiveTokensPerConnection) return {};
  return fail(ErrorCode::conflict, "The connection " + connection.name + " has " +
                                       std::to_string(kLiveTokensPerConnection) +
                                       " live tokens, which is the limit. Revoke the one that is no longer used, then "
                                       "create the new one.");
}

}  // namespace

Result<CreatedToken> create_token(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                  const std::string& connection_name, const std::string& note,
                                  std::optional<Instant> expires) {
  if (note.size() > kLongestNote || !is_valid_utf8(note)) {
    return fail(ErrorCode::invalid_value, "A token's note is UTF-8 text of 256 bytes at most.", "note");
  }
  if (expires && *expires <= environment.clock.now()) {
    return fail(ErrorCode::invalid_value, "A token must expire in the future.", "expires");
  }
  auto generated = generate_token(environment.random, environment.digest);
  auto created = in_change(environment, workspace, actor, [&](Change& change) -> Result<CreatedToken> {
    ROLECALL_TRY_ASSIGN(const auto connection, find_connection(change.workspace, connection_name));
    ROLECALL_TRY(check_room(change, connection));
    store::TokenRecord record{generated.id, workspace,  connection.id, generated.digest,
                              note,         change.now, expires,       std::nullopt};
    ROLECALL_TRY(change.workspace.tokens().insert(record));
    ROLECALL_TRY(change.trail.record("token.created", target_of(record.id),
                                     {{"connection", "Connection/" + connection.id.value()}}));
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
    return change.trail.record("token.revoked", target_of(token), {});
  });
  // Also after an error: a commit whose answer was lost may have happened.
  if (environment.tokens != nullptr) environment.tokens->forget(token);
  return revoked;
}

}  // namespace rolecall::administration
