#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rolecall/administration/environment.hpp"

// Who may do what in a directory, and who has to agree.

namespace rolecall::administration {

inline constexpr std::size_t kActionPolicies = 200;  ///< of one workspace

/// Roles by name or id. What is not set stays, or has the default of access::ActionPolicy.
struct WantedActionPolicy {
  std::string directory = {};  ///< name or id; empty: any; not for a change
  std::string action = {};     ///< empty: any; not for a change
  std::optional<std::vector<std::string>> roles = {};
  std::optional<std::int64_t> approvals = {};
  std::optional<std::vector<std::string>> approvers = {};
  std::optional<std::int64_t> hourly = {};
  std::optional<bool> needs_reason = {};
  std::optional<std::int64_t> approval_window = {};   ///< seconds
  std::optional<std::int64_t> execution_window = {};  ///< seconds
};
struct ActionPolicyView {
  store::ActionPolicyRecord record;
  std::vector<std::string> roles;      ///< names
  std::vector<std::string> approvers;  ///< names
};
/// `conflict` when there is one for the same directory and action, and when there are as many as there can be.
[[nodiscard]] Result<ActionPolicyView> create_action_policy(const Environment& environment,
                                                            const WorkspaceId& workspace, const Actor& actor,
                                                            const WantedActionPolicy& wanted);
[[nodiscard]] Result<std::vector<ActionPolicyView>> list_action_policies(const Environment& environment,
                                                                         const WorkspaceId& workspace);
[[nodiscard]] Result<ActionPolicyView> get_action_policy(const Environment& environment, const WorkspaceId& workspace,
                                                         const ActionPolicyId& id);
[[nodiscard]] Result<ActionPolicyView> change_action_policy(const Environment& environment,
                                                            const WorkspaceId& workspace, const Actor& actor,
                                                            const ActionPolicyId& id, const WantedActionPolicy& wanted);
[[nodiscard]] Result<void> remove_action_policy(const Environment& environment, const WorkspaceId& workspace,
                                                const Actor& actor, const ActionPolicyId& id);

}  // namespace rolecall::administration
