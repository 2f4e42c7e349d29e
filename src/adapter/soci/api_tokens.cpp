#include <algorithm>

#include "rolecall/base/encoding.hpp"
#include "words.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

#define ROLECALL_API_TOKEN \
  "SELECT id, workspace, name, scopes, digest, user_id, made_by, created, expires, revoked FROM api_tokens "
constexpr const char* kKinds = "tttttttnnn";

constexpr Sql kInsert{
    "api_tokens.insert",
    "INSERT INTO api_tokens (id, workspace, name, scopes, digest, user_id, made_by, created, expires, revoked) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr Sql kFind{"api_tokens.find", ROLECALL_API_TOKEN "WHERE id = ?", kKinds};
constexpr Sql kFindHere{"api_tokens.find_here", ROLECALL_API_TOKEN "WHERE workspace = ? AND id = ?", kKinds};
constexpr Sql kList{"api_tokens.list", ROLECALL_API_TOKEN "WHERE workspace = ? ORDER BY created, id", kKinds};
constexpr Sql kRevoke{"api_tokens.revoke",
                      "UPDATE api_tokens SET revoked = ? WHERE workspace = ? AND id = ? AND revoked IS NULL"};
// Without ORDER BY, for which SQLite would walk every token of the workspace.
constexpr Sql kLivingOf{"api_tokens.living_of",
                        "SELECT id FROM api_tokens WHERE workspace = ? AND user_id = ? AND user_id <> '' "
                        "AND revoked IS NULL",
                        "t"};

store::ApiTokenRecord token_of(Row& row) {
  store::ApiTokenRecord token;
  token.id = row.id<TokenId>(0);
  token.workspace = row.id<WorkspaceId>(1);
  token.name = row.text(2);
  token.scopes = words_of(row.view(3));
  token.digest = parse_hex(row.view(4)).value_or(std::string());
  if (auto user = row.id<ResourceId>(5); !user.empty()) token.user = std::move(user);
  token.made_by = row.text(6);
  token.created = row.instant(7);
  token.expires = row.optional_instant(8);
  token.revoked = row.optional_instant(9);
  return token;
}

}  // namespace

Result<std::optional<store::ApiTokenRecord>> ApiTokenRepository::find_anywhere(Session& session, const TokenId& id) {
  std::optional<store::ApiTokenRecord> found;
  ROLECALL_TRY(session.select(kFind, {id}, [&](Row& row) { found = token_of(row); }));
  return found;
}

Result<void> ApiTokenRepository::insert(const store::ApiTokenRecord& token) {
  const std::string digest = to_hex(token.digest);
  const std::string scopes = text_of(token.scopes);
  ROLECALL_TRY(scope_.session.execute(
      kInsert, {token.id, scope_.workspace, token.name, scopes, digest, token.user.value_or(ResourceId()),
                token.made_by, token.created, token.expires, token.revoked}));
  return {};
}

Result<std::optional<store::ApiTokenRecord>> ApiTokenRepository::find(const TokenId& id) {
  std::optional<store::ApiTokenRecord> found;
  ROLECALL_TRY(scope_.session.select(kFindHere, {scope_.workspace, id}, [&](Row& row) { found = token_of(row); }));
  return found;
}

Result<std::vector<store::ApiTokenRecord>> ApiTokenRepository::list() {
  std::vector<store::ApiTokenRecord> found;
  ROLECALL_TRY(scope_.session.select(kList, {scope_.workspace}, [&](Row& row) { found.push_back(token_of(row)); }));
  return found;
}

Result<bool> ApiTokenRepository::revoke(const TokenId& id, Instant at) {
  ROLECALL_TRY_ASSIGN(const auto revoked, scope_.session.execute(kRevoke, {at, scope_.workspace, id}));
  return revoked > 0;
}

Result<std::vector<TokenId>> ApiTokenRepository::revoke_of(const ResourceId& user, Instant at) {
  std::vector<TokenId> tokens;
  ROLECALL_TRY(scope_.session.select_kept(kLivingOf, {scope_.workspace, user},
                                          [&](Row& row) { tokens.push_back(row.id<TokenId>(0)); }));
  std::sort(tokens.begin(), tokens.end());
  for (const TokenId& token : tokens) ROLECALL_TRY(revoke(token, at));
  return tokens;
}

}  // namespace rolecall::adapter::soci
