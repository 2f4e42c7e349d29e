#include "rolecall/administration/admin_sessions.hpp"

#include <algorithm>

#include "lookup.hpp"
#include "rolecall/administration/api_tokens.hpp"
#include "rolecall/administration/token_directory.hpp"
#include "rolecall/administration/token_format.hpp"
#include "rolecall/json/array_of.hpp"
#include "scope.hpp"

namespace rolecall::administration {
namespace {

std::string target_of(const SessionId& session) { return "Session/" + session.value(); }
std::string target_of(const ResourceId& user) { return "User/" + user.value(); }

Result<std::vector<std::string>> check_scopes(const store::ApiTokenRecord& token, std::vector<std::string> scopes) {
  if (scopes.empty()) return token.scopes;
  std::sort(scopes.begin(), scopes.end());
  scopes.erase(std::unique(scopes.begin(), scopes.end()), scopes.end());
  for (const std::string& scope : scopes) {
    if (has_scope(token, scope)) continue;
    return fail(ErrorCode::forbidden, "A session has no scope that its API token lacks, such as " + scope + ".",
                "scopes");
  }
  return scopes;
}

/// Makes room: what has ended of the user's goes, so that there are never more rows than can live.
Result<void> make_room(Change& change, const ResourceId& user) {
  ROLECALL_TRY_ASSIGN(const auto sessions, change.workspace.admin_sessions().of_user(user));
  std::size_t live = 0;
  for (const auto& session : sessions) {
    if (state_of(session, change.now, change.environment.sessions) == SessionState::live) {
      ++live;
    } else {
      ROLECALL_TRY(change.workspace.admin_sessions().remove(session.id));
    }
  }
  if (live < kLiveSessions) return {};
  return fail_with_next(ErrorCode::conflict,
                        "This user has " + std::to_string(kLiveSessions) + " live sessions, which is the limit.",
                        "End one that is no longer used.");
}

tl::unexpected<Error> refuse() { return fail(ErrorCode::unauthenticated, "The session is not valid, or no longer."); }

}  // namespace

std::string_view name_of(SessionState state) {
  switch (state) {
    case SessionState::live:
      return "live";
    case SessionState::idle:
      return "idle";
    case SessionState::expired:
      return "expired";
    case SessionState::ended:
      return "ended";
  }
  return {};
}

SessionState state_of(const store::AdminSessionRecord& session, Instant now, const SessionLimits& limits) {
  if (session.ended) return SessionState::ended;
  if (now >= session.expires) return SessionState::expired;
  return now >= session.used + limits.idle ? SessionState::idle : SessionState::live;
}

Result<BegunSession> begin_session(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                   const store::ApiTokenRecord& token, std::vector<std::string> wanted) {
  if (!token.user) {
    return fail_with_next(ErrorCode::forbidden, "This API token stands for nobody, so that it begins no session.",
                          "Use one that was made for a user: rolecall api-tokens create NAME --user USER.");
  }
  ROLECALL_TRY_ASSIGN(const auto scopes, check_scopes(token, std::move(wanted)));
  const auto generated = generate_session_secret(environment.random, environment.digest);
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<BegunSession> {
    // The one that was authenticated may have been revoked since.
    ROLECALL_TRY_ASSIGN(const auto stored, change.workspace.api_tokens().find(token.id));
    if (!stored || !is_live(*stored, change.now)) return refuse();
    ROLECALL_TRY(make_room(change, *token.user));
    store::AdminSessionRecord record;
    record.id = SessionId(generated.id.value());
    record.workspace = workspace;
    record.user = *token.user;
    record.token = token.id;
    record.scopes = scopes;
    record.digest = generated.digest;
    record.created = record.used = change.now;
    record.expires = change.now + environment.sessions.absolute;
    if (token.expires) record.expires = std::min(record.expires, *token.expires);
    ROLECALL_TRY(change.workspace.admin_sessions().insert(record));
    ROLECALL_TRY(change.trail.record("session.created", target_of(record.id),
                                     {{"user", target_of(record.user)},
                                      {"api_token", "ApiToken/" + record.token.value()},
                                      {"scopes", json::array_of(scopes)}}));
    return BegunSession{std::move(record), generated.token};
  });
}

Result<std::vector<store::AdminSessionRecord>> list_sessions(const Environment& environment,
                                                             const WorkspaceId& workspace_id) {
  return in_view(environment, workspace_id,
                 [&](store::Workspace& workspace) -> Result<std::vector<store::AdminSessionRecord>> {
                   ROLECALL_TRY_ASSIGN(auto sessions, workspace.admin_sessions().list());
                   std::reverse(sessions.begin(), sessions.end());
                   return sessions;
                 });
}

Result<std::vector<store::AdminSessionRecord>> list_sessions_of(const Environment& environment,
                                                                const WorkspaceId& workspace_id,
                                                                const std::string& name) {
  return in_view(environment, workspace_id,
                 [&](store::Workspace& workspace) -> Result<std::vector<store::AdminSessionRecord>> {
                   ROLECALL_TRY_ASSIGN(const auto user, find_user(workspace, environment.folder, name));
                   ROLECALL_TRY_ASSIGN(auto sessions, workspace.admin_sessions().of_user(user.id));
                   std::reverse(sessions.begin(), sessions.end());
                   return sessions;
                 });
}

Result<void> end_session(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                         const SessionId& session, bool is_own) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<void> {
    ROLECALL_TRY_ASSIGN(const auto user, change.workspace.admin_sessions().end(session, change.now));
    if (!user) {
      return fail(ErrorCode::not_found,
                  "There is no session “" + session.value() + "” that goes on in this workspace.");
    }
    return change.trail.record("session.ended", target_of(session),
                               {{"user", target_of(*user)}, {"cause", is_own ? "signed_out" : "ended"}});
  });
}

Result<granting::EndedCredentials> revoke_access(const Environment& environment, const WorkspaceId& workspace,
                                                 const Actor& actor, const std::string& name) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<granting::EndedCredentials> {
    ROLECALL_TRY_ASSIGN(const auto user, find_user(change.workspace, environment.folder, name));
    ROLECALL_TRY_ASSIGN(auto ended, granting::end_credentials(change.workspace, user.id, change.trail));
    if (ended.empty()) return ended;
    const auto count = [](const auto& all) { return static_cast<std::int64_t>(all.size()); };
    ROLECALL_TRY(change.trail.record(
        "user.credentials_revoked", target_of(user.id),
        {{"tokens", count(ended.tokens) + count(ended.api_tokens)}, {"sessions", count(ended.sessions)}}));
    return ended;
  });
}

Result<store::AdminSessionRecord> authenticate_session(const Environment& environment, std::string_view presented) {
  const auto parsed = parse_session_secret(presented);
  std::optional<store::AdminSessionRecord> record;
  bool is_holder_active = false;
  if (parsed) {
    ROLECALL_TRY(environment.store.read([&](store::UnitOfWork& unit) -> Result<void> {
      ROLECALL_TRY_ASSIGN(record, unit.find_admin_session(*parsed));
      if (!record) return {};
      ROLECALL_TRY_ASSIGN(const auto user,
                          unit.workspace(record->workspace).resources().find_anywhere("User", record->user));
      is_holder_active = user && user->is_active;
      return {};
    }));
  }
  // The same work whether it is known or not.
  const std::string nothing(32, '\0');
  const bool is_same = constant_time_equal(environment.digest.sha256(presented.substr(0, kSessionSecretLength)),
                                           record ? record->digest : nothing);
  if (!record || !is_same) return refuse();
  const Instant now = environment.clock.now();
  const bool is_alive = is_holder_active && state_of(*record, now, environment.sessions) == SessionState::live;
  const TokenId id(record->id.value());
  if (environment.tokens != nullptr ? !environment.tokens->admits(id, is_alive) : !is_alive) return refuse();
  const auto interval = std::min(kUseNotedEvery, environment.sessions.idle / 10);
  if (environment.session_uses != nullptr && now - record->used >= interval) {
    environment.session_uses->note(*record, now);
  }
  return std::move(*record);
}

store::ApiTokenRecord reach_of(const store::AdminSessionRecord& session) {
  return {session.token,   session.workspace, "session",    session.scopes, session.user, {}, {},
          session.created, session.expires,   session.ended};
}

}  // namespace rolecall::administration
