#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/access/effective.hpp"
#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

/// One reason for one role.
struct GrantReason {
  std::string role;
  access::CauseKind cause = access::CauseKind::default_role;
  std::string because;              ///< "member of it-admins (okta, since 2026-03-03T10:02:11.000Z)"
  std::string link;                 ///< "it-admins → IT Admin, by admin, 2026-03-01T…Z"; cause link only
  std::string removed_by;           ///< "leaving it-admins, pausing the link, deactivation"
  LinkId link_id;                   ///< cause link
  ResourceId group_id;              ///< cause link
  std::string group;                ///< cause link: its displayName
  std::string connection;           ///< name
  std::string made_by;              ///< of the link or the direct grant
  std::string approved_by;          ///< of the link; empty: by nobody yet
  Instant since{};                  ///< member since, or granted at; the user's creation for a default role
  std::vector<std::string> others;  ///< who else has the role this very way: the first of them
  std::int64_t other_count = 0;     ///< kCountedOthers stands for as many or more
};
inline constexpr std::int64_t kShownOthers = 10;
inline constexpr std::int64_t kCountedOthers = 1'000;

/// Single mode: granted, and without effect beside a role of higher priority.
struct LosingGrant {
  std::string role;
  access::CauseKind cause = access::CauseKind::link;
  std::string how;  ///< "support → Agent", "Agent granted by hand"
  std::int64_t priority = 0;
  std::string loses_to;
  std::int64_t winning_priority = 0;
};

/// Why somebody has what they have, or has nothing.
struct Explanation {
  ResourceId user;
  std::string user_name;
  bool is_active = false;
  std::string sentence;  ///< "maya@example.com has IT Admin because …"
  std::vector<GrantReason> grants;
  std::vector<LosingGrant> also;
  std::string default_role;     ///< the one that applies when nothing else does
  std::string default_because;  ///< "default of okta", "sent by okta"
  /// What exists and gives nothing now: paused links, direct grants of a deactivated user, a default role that was sent
  /// and not allowed. One sentence each.
  std::vector<std::string> without_effect;
  std::optional<Instant> at = {};  ///< an instant of the past; default role and `without_effect` are then not told
};

/// By userName or id.
[[nodiscard]] Result<Explanation> explain_user(const Environment& environment, const WorkspaceId& workspace,
                                               const std::string& user);
/// As it was at an instant that is not in the future. The user is the one of that name or id now or, when that one was
/// not there yet, the one who had the name then. `not_found` when nobody was, and for an instant of which the history
/// is not kept any more (retention.hpp).
[[nodiscard]] Result<Explanation> explain_user_at(const Environment& environment, const WorkspaceId& workspace,
                                                  const std::string& user, Instant at);
/// For a terminal: labelled lines, the sentence first. Ends with a line break.
[[nodiscard]] std::string to_text(const Explanation& explanation);

}  // namespace rolecall::administration
