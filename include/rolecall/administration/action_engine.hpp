#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "rolecall/administration/environment.hpp"
#include "rolecall/connector/action_flow.hpp"
#include "rolecall/connector/session.hpp"

// Doing what was asked for in directories: take an action, say that a call begins, make it, say what came of it.
// Nothing is locked in between. A process that ends leaves a lease that runs out, and whoever takes the action then
// knows by its row whether the call may have been made.

namespace rolecall::administration {

struct ActionJob {
  WorkspaceId workspace;
  store::ActionRecord action;
  store::DirectoryRecord directory;
  const connector::Connector* connector = nullptr;
  const connector::ActionType* type = nullptr;
  connector::ActionStep step = connector::ActionStep::read;
  std::string called_as = {};  ///< the action that a read found this one to be; empty: itself
  std::string lease;
  std::optional<connector::Credential> credential;  ///< none when no key opens it
};
/// Ends what has waited too long, erases what was shown to nobody, then takes one that somebody can go on with. Whether
/// it may still be done is judged anew: by its digest, its time, and the permissions of who asked and who approved.
[[nodiscard]] Result<std::optional<ActionJob>> claim_action(const Environment& environment,
                                                            std::chrono::milliseconds lease);

[[nodiscard]] Result<connector::Call> next_call(const ActionJob& job);
/// Stores that the call of this step begins; false when the action is no longer the caller's, or nothing is to be sent
/// to the directory any more, and the action waits again.
[[nodiscard]] Result<bool> begin_step(const Environment& environment, ActionJob& job, std::chrono::milliseconds lease);

/// What a call brought: a decision of a read, a result of the action itself, or trouble.
struct ActionAnswer {
  std::optional<connector::Decision> decision;
  std::optional<connector::ActionResult> result;
  std::optional<connector::Trouble> trouble;
  bool is_absent = false;  ///< the provider itself says that there is no such person
  int status = 0;
  std::string vendor_request;
  std::optional<Instant> pause;  ///< no call before, because a limit is nearly used up
};
[[nodiscard]] ActionAnswer read_answer(const ActionJob& job, const connector::Reply& reply, Instant now);
[[nodiscard]] ActionAnswer trouble_answer(connector::Trouble trouble);
/// Stores what came of the step and moves `job.action` on. False when it has ended, waits, or is no longer the
/// caller's.
[[nodiscard]] Result<bool> settle_step(const Environment& environment, ActionJob& job, const ActionAnswer& answer,
                                       std::chrono::milliseconds lease);
/// The same for trouble that came before anything was sent.
[[nodiscard]] Result<void> settle_unsent(const Environment& environment, ActionJob& job,
                                         const connector::Trouble& trouble);
/// As if it had not been taken; only before a step has begun.
[[nodiscard]] Result<void> release_action(const Environment& environment, const ActionJob& job);

}  // namespace rolecall::administration
