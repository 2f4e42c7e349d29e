#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/administration/environment.hpp"
#include "rolecall/base/secret.hpp"
#include "rolecall/granting/credentials.hpp"

// A session is a user at work with the admin API for some hours. It is begun by an API token that stands for the user,
// can do what that token can or less, and ends by itself when it is not used, in any case with its time or its token,
// and with the user's access. It is read from the store with every request: one that was ended opens nothing any more,
// at any replica, when the answer of what ended it is out.

namespace rolecall::administration {

/// Live ones of one user.
inline constexpr std::size_t kLiveSessions = 20;
/// A use is noted when the one that is stored is so old, or a tenth of the time that a session lasts without use.
inline constexpr std::chrono::milliseconds kUseNotedEvery{60'000};

/// Where uses are noted, besides the request (a port). Thread-safe.
class SessionUses {
 public:
  virtual ~SessionUses() = default;
  /// `session` as it was read. Returns at once; what cannot be noted is forgotten.
  virtual void note(const store::AdminSessionRecord& session, Instant at) noexcept = 0;
};

enum class SessionState { live, idle, expired, ended };
[[nodiscard]] std::string_view name_of(SessionState state);
[[nodiscard]] SessionState state_of(const store::AdminSessionRecord& session, Instant now, const SessionLimits& limits);

struct BegunSession {
  store::AdminSessionRecord record;
  Secret secret;  ///< shown once, stored nowhere
};
/// `token` is the one that asks; without `scopes` the session has all of its. `forbidden` for a token that stands for
/// nobody and for a scope that it lacks; `conflict` when the user has as many as there can be. What had ended of the
/// user's is forgotten.
[[nodiscard]] Result<BegunSession> begin_session(const Environment& environment, const WorkspaceId& workspace,
                                                 const Actor& actor, const store::ApiTokenRecord& token,
                                                 std::vector<std::string> scopes);
/// Newest first, ended ones too until their time is over or their user begins another.
[[nodiscard]] Result<std::vector<store::AdminSessionRecord>> list_sessions(const Environment& environment,
                                                                           const WorkspaceId& workspace);
/// Of one user, by userName or id.
[[nodiscard]] Result<std::vector<store::AdminSessionRecord>> list_sessions_of(const Environment& environment,
                                                                              const WorkspaceId& workspace,
                                                                              const std::string& user);
/// `is_own`: whoever asks signs out. `not_found` also for one that was ended before.
[[nodiscard]] Result<void> end_session(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                       const SessionId& session, bool is_own);
/// Ends all that stands for a user (name or id), who keeps account and roles: "user.credentials_revoked" says how much.
/// Whoever has nothing of it is left as they are.
[[nodiscard]] Result<granting::EndedCredentials> revoke_access(const Environment& environment,
                                                               const WorkspaceId& workspace, const Actor& actor,
                                                               const std::string& user);

/// `unauthenticated` for malformed, unknown, wrong, ended, expired and idle ones alike, and those of users who are
/// deactivated or gone. A use is handed to `environment.session_uses`.
[[nodiscard]] Result<store::AdminSessionRecord> authenticate_session(const Environment& environment,
                                                                     std::string_view presented);
/// What it may do, in the form of the token that began it.
[[nodiscard]] store::ApiTokenRecord reach_of(const store::AdminSessionRecord& session);

}  // namespace rolecall::administration
