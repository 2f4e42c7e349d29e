#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "rolecall/administration/environment.hpp"
#include "rolecall/base/secret.hpp"
#include "rolecall/connector/connector.hpp"

// Something to be done in a directory: asked for, judged by the policy, approved by others, done by whoever has a
// thread for it (action_engine.hpp). Every step is in the audit, in the unit of work of the step.

namespace rolecall::administration {

inline constexpr std::size_t kLongestReason = 500;  ///< bytes, of a reason or a comment
inline constexpr std::chrono::minutes kSecretLasts{15};

struct Capability {
  const connector::ActionType* type = nullptr;
  bool is_available = false;
  std::string reason;  ///< a sentence where it is not
};
/// What a directory lets this server do, by the scopes that it granted.
[[nodiscard]] Result<std::vector<Capability>> directory_capabilities(const Environment& environment,
                                                                     const WorkspaceId& workspace,
                                                                     const std::string& directory);

struct WantedAction {
  std::string action;
  std::string person;  ///< login, work email or the provider's id, of somebody who was read; empty for one who is made
  std::string directory;  ///< name or id; empty: that of the person, or the only one
  std::string object;     ///< group or application by name or the provider's id, factor by id
  json::Object parameters;
  std::string reason;
};
/// `forbidden` when the policy lets others ask, or the scope is not granted. What is more than the policy lets through
/// in an hour is held, which is no error.
[[nodiscard]] Result<store::ActionRecord> request_action(const Environment& environment, const WorkspaceId& workspace,
                                                         const Actor& actor, const WantedAction& wanted);

struct WantedActions {
  std::string directory;  ///< name or id; empty: of all
  std::string person;     ///< login, work email or id; empty: of all
  std::optional<access::ActionState> state;
  std::string request;  ///< id of the HTTP request that asked for them
};
/// Newest first.
[[nodiscard]] Result<std::vector<store::ActionRecord>> list_actions(const Environment& environment,
                                                                    const WorkspaceId& workspace,
                                                                    const WantedActions& wanted, const ActionId& after,
                                                                    std::int64_t limit);
struct ActionView {
  store::ActionRecord action;
  std::vector<store::ActionApproval> approvals;
  std::vector<store::ActionAttempt> attempts;
};
[[nodiscard]] Result<ActionView> get_action(const Environment& environment, const WorkspaceId& workspace,
                                            const ActionId& id);

/// What somebody says of an action. `digest` is that of the action as they saw it: `conflict` when it is another one.
struct Verdict {
  std::string digest;
  std::string comment;
};
/// `forbidden` for whoever asked for it, who has not the permission, or of whom nobody knows who they are; `conflict`
/// when it waits for nobody, when the time for it is over, and for the same person twice.
[[nodiscard]] Result<store::ActionRecord> approve_action(const Environment& environment, const WorkspaceId& workspace,
                                                         const Actor& actor, const ActionId& id,
                                                         const Verdict& verdict);
/// Of one that waits for approval, or is held.
[[nodiscard]] Result<store::ActionRecord> reject_action(const Environment& environment, const WorkspaceId& workspace,
                                                        const Actor& actor, const ActionId& id, const Verdict& verdict);
/// Lets one that is held go on, to its approval where it needs one. By the rules of an approval.
[[nodiscard]] Result<store::ActionRecord> release_action(const Environment& environment, const WorkspaceId& workspace,
                                                         const Actor& actor, const ActionId& id,
                                                         const Verdict& verdict);
/// Writes down that somebody tried what the three above refused them, in a unit of work of its own.
[[nodiscard]] Result<void> note_refusal(const Environment& environment, const WorkspaceId& workspace,
                                        const Actor& actor, const ActionId& id, const std::string& why);
/// `conflict` once the call may have been made.
[[nodiscard]] Result<store::ActionRecord> cancel_action(const Environment& environment, const WorkspaceId& workspace,
                                                        const Actor& actor, const ActionId& id);
/// What somebody says of an action of which nobody knows whether it was done.
struct Resolution {
  bool is_done = false;
  std::string comment;
};
/// `conflict` unless it is `unknown`, and as long as the provider is still asked.
[[nodiscard]] Result<store::ActionRecord> resolve_action(const Environment& environment, const WorkspaceId& workspace,
                                                         const Actor& actor, const ActionId& id,
                                                         const Resolution& resolution);
/// The temporary password that it brought: once, to whoever asked for it or holds the admin token, within kSecretLasts;
/// it is erased in the same unit of work. None when there is none, or not any more.
[[nodiscard]] Result<std::optional<Secret>> take_action_secret(const Environment& environment,
                                                               const WorkspaceId& workspace, const Actor& actor,
                                                               const ActionId& id);

}  // namespace rolecall::administration
