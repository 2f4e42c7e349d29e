#include "rolecall/administration/api_tokens.hpp"

#include <algorithm>

#include "lookup.hpp"
#include "rolecall/administration/token_directory.hpp"
#include "rolecall/administration/token_format.hpp"
#include "rolecall/granting/credentials.hpp"
#include "rolecall/json/array_of.hpp"
#include "scope.hpp"

namespace rolecall::administration {
namespace {

std::string target_of(const TokenId& token) { return "ApiToken/" + token.value(); }

bool contains(const std::vector<std::string>& all, std::string_view wanted) {
  return std::find(all.begin(), all.end(), wanted) != all.end();
}

Result<std::vector<std::string>> check_scopes(std::vector<std::string> scopes, const std::vector<std::string>& known,
                                              const std::optional<AskingToken>& own) {
  std::sort(scopes.begin(), scopes.end());
  scopes.erase(std::unique(scopes.begin(), scopes.end()), scopes.end());
  if (scopes.empty()) {
    return fail_with_next(ErrorCode::invalid_value, "An API token needs at least one scope.",
                          "The description of the admin API names the scope of every route.", "scopes");
  }
  for (const std::string& scope : scopes) {
    if (!contains(known, scope)) {
      return fail(ErrorCode::invalid_value,
                  "There is no scope “" + scope + "” that an API token can hold." + suggestion(scope, known), "scopes");
    }
    if (own && !contains(own->scopes, scope)) {
      return fail_with_next(ErrorCode::forbidden, "An API token cannot give the scope " + scope + ", which it lacks.",
                            "Use the admin token.");
    }
  }
  return scopes;
}

/// A token that acts for itself could else become anybody, and approve what it asked for.
Result<std::optional<ResourceId>> user_for(Change& change, const WantedApiToken& wanted,
                                           const std::optional<AskingToken>& own) {
  if (wanted.user.empty()) return own ? own->user : std::nullopt;
  ROLECALL_TRY_ASSIGN(const auto user, find_user(change.workspace, change.environment.folder, wanted.user));
  if (own && own->user != user.id) {
    return fail_with_next(ErrorCode::forbidden, "An API token makes none that stands for somebody else.",
                          "Use the admin token.", "user");
  }
  if (!user.is_active) return fail(ErrorCode::conflict, "This user is deactivated.", "user");
  return std::optional(user.id);
}

/// Of whom it stands for.
Result<bool> is_active(const Environment& environment, const store::ApiTokenRecord& token) {
  return store::read_one(environment.store, [&](store::UnitOfWork& unit) -> Result<bool> {
    ROLECALL_TRY_ASSIGN(const auto user,
                        unit.workspace(token.workspace).resources().find_anywhere("User", *token.user));
    return user && user->is_active;
  });
}

tl::unexpected<Error> refuse() { return fail(ErrorCode::unauthenticated, "The API token is missing or not valid."); }

}  // namespace

bool is_live(const store::ApiTokenRecord& token, Instant now) {
  return !token.revoked && (!token.expires || now < *token.expires);
}

bool has_scope(const store::ApiTokenRecord& token, std::string_view scope) {
  return !scope.empty() && contains(token.scopes, scope);
}

Result<CreatedApiToken> create_api_token(const Environment& environment, const WorkspaceId& workspace,
                                         const Actor& actor, const WantedApiToken& wanted,
                                         const std::vector<std::string>& known, const std::optional<AskingToken>& own) {
  ROLECALL_TRY(check_name("API token", wanted.name));
  ROLECALL_TRY_ASSIGN(const auto scopes, check_scopes(wanted.scopes, known, own));
  if (wanted.expires && *wanted.expires <= environment.clock.now()) {
    return fail(ErrorCode::invalid_value, "An API token must expire in the future.", "expires_in_seconds");
  }
  const auto generated = generate_token(environment.random, environment.digest);
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<CreatedApiToken> {
    ROLECALL_TRY_ASSIGN(const auto tokens, change.workspace.api_tokens().list());
    const auto live =
        std::count_if(tokens.begin(), tokens.end(), [&](const auto& token) { return is_live(token, change.now); });
    if (static_cast<std::size_t>(live) >= kLiveApiTokens) {
      return fail_with_next(ErrorCode::conflict,
                            "There are " + std::to_string(kLiveApiTokens) + " live API tokens, which is the limit.",
                            "Revoke one that is no longer used.");
    }
    ROLECALL_TRY_ASSIGN(auto user, user_for(change, wanted, own));
    store::ApiTokenRecord record{generated.id,     workspace,  wanted.name, scopes,         std::move(user),
                                 generated.digest, actor.name, change.now,  wanted.expires, std::nullopt};
    ROLECALL_TRY(change.workspace.api_tokens().insert(record));
    json::Object details{{"scopes", json::array_of(scopes)}};
    if (record.user) details.append("user", "User/" + record.user->value());
    ROLECALL_TRY(change.trail.record("api_token.created", target_of(record.id), std::move(details)));
    return CreatedApiToken{std::move(record), generated.token};
  });
}

Result<std::vector<store::ApiTokenRecord>> list_api_tokens(const Environment& environment,
                                                           const WorkspaceId& workspace_id) {
  return in_view(environment, workspace_id,
                 [&](store::Workspace& workspace) -> Result<std::vector<store::ApiTokenRecord>> {
                   ROLECALL_TRY_ASSIGN(auto tokens, workspace.api_tokens().list());
                   std::reverse(tokens.begin(), tokens.end());
                   return tokens;
                 });
}

Result<void> revoke_api_token(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                              const TokenId& token) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<void> {
    ROLECALL_TRY_ASSIGN(const auto record, change.workspace.api_tokens().find(token));
    ROLECALL_TRY_ASSIGN(const bool is_revoked, change.workspace.api_tokens().revoke(token, change.now));
    if (!record || !is_revoked) {
      return fail(ErrorCode::not_found, "There is no live API token “" + token.value() + "” in this workspace.");
    }
    json::Object details;
    if (record->user) details.append("user", "User/" + record->user->value());
    ROLECALL_TRY(change.trail.record("api_token.revoked", target_of(token), std::move(details)));
    if (record->user) ROLECALL_TRY(granting::end_sessions_of(change.workspace, token, *record->user, change.trail));
    return {};
  });
}

Result<store::ApiTokenRecord> authenticate_api_token(const Environment& environment, std::string_view presented) {
  const auto parsed = parse_token(presented);
  std::optional<store::ApiTokenRecord> record;
  if (parsed) {
    ROLECALL_TRY_ASSIGN(record, store::read_one(environment.store, [&](store::UnitOfWork& unit) {
                          return unit.find_api_token(parsed->id);
                        }));
  }
  // The same work whether it is known or not.
  const std::string nothing(32, '\0');
  const bool is_same = constant_time_equal(environment.digest.sha256(presented.substr(0, kTokenLength)),
                                           record ? record->digest : nothing);
  if (!record || !is_same) return refuse();
  const bool is_alive = is_live(*record, environment.clock.now());
  if (environment.tokens != nullptr ? !environment.tokens->admits(record->id, is_alive) : !is_alive) return refuse();
  if (record->user) {
    ROLECALL_TRY_ASSIGN(const bool has_access, is_active(environment, *record));
    if (!has_access) return refuse();
  }
  return std::move(*record);
}

}  // namespace rolecall::administration
