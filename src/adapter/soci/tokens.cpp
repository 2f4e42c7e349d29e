#include <algorithm>

#include "rolecall/base/encoding.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

#define ROLECALL_TOKEN                                                                              \
  "SELECT id, workspace, connection, user_id, digest, note, created, expires, revoked, successor, " \
  "retires FROM tokens "
constexpr const char* kKinds = "ttttttnnntn";

constexpr Sql kInsert{"tokens.insert",
                      "INSERT INTO tokens (id, workspace, connection, user_id, digest, note, created, expires, "
                      "revoked, successor, retires) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr Sql kFind{"tokens.find", ROLECALL_TOKEN "WHERE id = ?", kKinds};
constexpr Sql kList{"tokens.list", ROLECALL_TOKEN "WHERE workspace = ? ORDER BY created, id", kKinds};
constexpr Sql kRevoke{"tokens.revoke",
                      "UPDATE tokens SET revoked = ? WHERE workspace = ? AND id = ? AND revoked IS NULL"};
constexpr Sql kRotate{"tokens.set_rotation",
                      "UPDATE tokens SET successor = ?, retires = ? WHERE workspace = ? AND id = ? "
                      "AND revoked IS NULL"};
// Without ORDER BY, for which SQLite would walk every token of the workspace.
constexpr Sql kLivingOf{"tokens.living_of",
                        "SELECT id FROM tokens WHERE workspace = ? AND user_id = ? AND user_id IS NOT NULL "
                        "AND revoked IS NULL",
                        "t"};

store::TokenRecord token_of(Row& row) {
  store::TokenRecord token;
  token.id = row.id<TokenId>(0);
  token.workspace = row.id<WorkspaceId>(1);
  token.connection = row.id<ConnectionId>(2);
  token.user = row.optional_id<ResourceId>(3);
  // Hexadecimal in the table, since the bytes are no text and PostgreSQL would cut them at a NUL. A damaged one matches
  // no token.
  token.digest = parse_hex(row.view(4)).value_or(std::string());
  token.note = row.text(5);
  token.created = row.instant(6);
  token.expires = row.optional_instant(7);
  token.revoked = row.optional_instant(8);
  token.successor = row.optional_id<TokenId>(9);
  token.retires = row.optional_instant(10);
  return token;
}

}  // namespace

Result<std::optional<store::TokenRecord>> TokenRepository::find_anywhere(Session& session, const TokenId& id) {
  std::optional<store::TokenRecord> found;
  ROLECALL_TRY(session.select(kFind, {id}, [&](Row& row) { found = token_of(row); }));
  return found;
}

Result<void> TokenRepository::insert(const store::TokenRecord& token) {
  const std::string digest = to_hex(token.digest);
  ROLECALL_TRY(
      scope_.session.execute(kInsert, {token.id, scope_.workspace, token.connection, token.user, digest, token.note,
                                       token.created, token.expires, token.revoked, token.successor, token.retires}));
  return {};
}

Result<std::vector<store::TokenRecord>> TokenRepository::list() {
  std::vector<store::TokenRecord> found;
  ROLECALL_TRY(scope_.session.select(kList, {scope_.workspace}, [&](Row& row) { found.push_back(token_of(row)); }));
  return found;
}

Result<bool> TokenRepository::revoke(const TokenId& id, Instant at) {
  ROLECALL_TRY_ASSIGN(const auto revoked, scope_.session.execute(kRevoke, {at, scope_.workspace, id}));
  return revoked > 0;
}

Result<bool> TokenRepository::set_rotation(const TokenId& id, const std::optional<TokenId>& successor,
                                           const std::optional<Instant>& retires) {
  ROLECALL_TRY_ASSIGN(const auto rotated, scope_.session.execute(kRotate, {successor, retires, scope_.workspace, id}));
  return rotated > 0;
}

Result<std::vector<TokenId>> TokenRepository::revoke_of(const ResourceId& user, Instant at) {
  std::vector<TokenId> tokens;
  ROLECALL_TRY(scope_.session.select_kept(kLivingOf, {scope_.workspace, user},
                                          [&](Row& row) { tokens.push_back(row.id<TokenId>(0)); }));
  std::sort(tokens.begin(), tokens.end());
  for (const TokenId& token : tokens) ROLECALL_TRY(revoke(token, at));
  return tokens;
}

}  // namespace rolecall::adapter::soci
