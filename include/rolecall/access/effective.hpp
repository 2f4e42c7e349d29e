#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rolecall/access/role.hpp"
#include "rolecall/base/clock.hpp"
#include "rolecall/base/ids.hpp"

namespace rolecall::access {

enum class CauseKind { link, direct, asserted, default_role };

/// "link", "direct", "asserted", "default".
[[nodiscard]] const char* name_of(CauseKind cause);

/// A user has a role, and why. A user may have the same role by several causes.
struct Grant {
  RoleId role;
  CauseKind cause = CauseKind::default_role;
  LinkId link;       ///< cause link
  ResourceId group;  ///< cause link: the group whose membership gives it
  auto operator<=>(const Grant&) const = default;
};

/// Everything a user's effective roles follow from.
struct EffectiveInputs {
  bool is_active = false;
  struct LinkedRole {
    RoleId role;
    LinkId link;
    ResourceId group;
  };
  std::vector<LinkedRole> linked;  ///< roles of active links of the groups the user is in
  std::vector<RoleId> direct;      ///< granted by an admin
  std::vector<RoleId> asserted;    ///< named by the IdP in `roles` or `entitlements` and allowed to its connection
  /// The default role that applies to this user: the one the IdP sent when it is known and under the ceiling, else the
  /// connection's. Never empty for a user of a connection (a missing default is no access, never "unchanged").
  RoleId default_role;
  RoleMode mode = RoleMode::multi;
  /// Single mode: the roles of the workspace, the highest priority first. One that is not among them comes last.
  std::vector<RoleId> by_priority;
};

/// Sorted, unique, and without a grant in common.
struct EffectiveOutcome {
  std::vector<Grant> held;
  std::vector<Grant> losing;  ///< single mode: granted, but a role of higher priority is granted too
};

/// effective(user) = inactive ? ∅ : (linked ∪ direct ∪ asserted) or else {default}; in single mode only the role of the
/// highest priority of these, by every cause that gives it. A link to a role without permissions still counts as a
/// link: no fallback. Pure.
[[nodiscard]] EffectiveOutcome effective_outcome(const EffectiveInputs& inputs);
/// What is held of it.
[[nodiscard]] std::vector<Grant> effective_grants(const EffectiveInputs& inputs);

}  // namespace rolecall::access
