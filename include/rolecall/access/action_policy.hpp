#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/base/ids.hpp"

// Who may do what in a directory, and who has to agree. Pure: who somebody is and what they hold is given.

namespace rolecall::access {

inline constexpr std::string_view kRequestActions = "actions.request";  ///< permissions of the catalogue
inline constexpr std::string_view kApproveActions = "actions.approve";

inline constexpr std::int64_t kMostApprovals = 5;
inline constexpr std::int64_t kMostAnHour = 10'000;
inline constexpr std::chrono::seconds kShortestWindow{60};
inline constexpr std::chrono::seconds kLongestWindow{30 * 24 * 3600};

/// A rule for some actions. Of several that fit, the one that names most counts: directory and action, action,
/// directory, neither.
struct ActionPolicy {
  DirectoryId directory;          ///< empty: of any
  std::string action;             ///< empty: any
  std::vector<RoleId> roles;      ///< one of which whoever asks has; empty: whoever has the permission
  std::int64_t approvals = 0;     ///< by so many others
  std::vector<RoleId> approvers;  ///< one of which they have; empty: whoever has the permission
  std::int64_t hourly = 25;       ///< of an action, in a directory; what is more is held; 0: no limit
  bool needs_reason = false;
  std::chrono::seconds approval_window{72 * 3600};   ///< within which it is approved, or expires
  std::chrono::seconds execution_window{24 * 3600};  ///< within which it is done once it may be, or expires

  bool operator==(const ActionPolicy&) const = default;
};
/// What counts where no policy fits: an action that destroys something needs a reason and somebody else's approval.
[[nodiscard]] ActionPolicy default_action_policy(bool is_destructive);
/// The one that fits best; null when none does.
[[nodiscard]] const ActionPolicy* find_policy(std::span<const ActionPolicy> policies, const DirectoryId& directory,
                                              std::string_view action);

/// Somebody who asks or approves, as of now.
struct ActionParty {
  std::string identity;       ///< immutable: "admin", "user:ID", "api-token:ID"
  bool is_operator = false;   ///< the admin token: everything
  bool is_person = false;     ///< a user, or the operator: a token that stands for nobody cannot agree to anything
  bool is_present = true;     ///< not deactivated, revoked or gone
  std::vector<RoleId> roles;  ///< effective
  bool may_request = false;   ///< has the permission
  bool may_approve = false;   ///< likewise
  std::vector<std::string> stands_for;  ///< identities in whose name it acts: who made its token, and so on
};
/// Why somebody may not ask for an action; none when they may.
[[nodiscard]] std::optional<std::string> refusal_to_request(const ActionPolicy& policy, const ActionParty& party);
/// Why somebody's approval does not count, however often they ask; none when it does.
[[nodiscard]] std::optional<std::string> refusal_to_approve(const ActionPolicy& policy, const ActionParty& party,
                                                            const ActionParty& requester);

}  // namespace rolecall::access
