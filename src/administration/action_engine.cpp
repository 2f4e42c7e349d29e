#include "rolecall/administration/action_engine.hpp"

#include "action_move.hpp"
#include "action_parties.hpp"
#include "action_rows.hpp"
#include "claim_first.hpp"

namespace rolecall::administration {
namespace {

using access::ActionState;
using std::chrono::milliseconds;
using store::ActionRecord;

/// Actions looked at for one claim. Others may have taken the first ones.
constexpr std::int64_t kLookedAt = 8;

bool is_unsent(const ActionRecord& action) {
  return action.state == ActionState::approved || action.state == ActionState::leased;
}

/// Why it must not be done any more, although it was once approved; empty when it may.
Result<std::string> objection(const Environment& environment, store::Workspace& workspace, const ActionRecord& action,
                              bool is_destructive, Instant now) {
  if (digest_of(environment, workspace.id(), action) != action.digest) {
    return std::string("It is not what was asked for and approved: its row was changed.");
  }
  ROLECALL_TRY_ASSIGN(const auto policy, policy_for(workspace, action.directory, action.action, is_destructive));
  ROLECALL_TRY_ASSIGN(const auto requester, party_of(workspace, action.requester, now));
  if (auto refusal = access::refusal_to_request(policy, requester)) return std::move(*refusal);
  ROLECALL_TRY_ASSIGN(const auto given, workspace.actions().approvals(action.id));
  std::int64_t count = 0;
  std::string why;
  for (const auto& approval : given) {
    if (!approval.is_approval || approval.digest != action.digest) continue;
    ROLECALL_TRY_ASSIGN(const auto approver, party_of(workspace, approval.approver, now));
    const auto refusal = access::refusal_to_approve(policy, approver, requester);
    if (refusal) why = " An approval no longer counts: " + *refusal;
    count += refusal ? 0 : 1;
  }
  if (count >= action.approvals) return std::string();
  return "It takes " + std::to_string(action.approvals) + (action.approvals == 1 ? " approval" : " approvals") +
         ", and has " + std::to_string(count) + "." + why;
}

/// Everything that a claim does in its unit of work. `job` is set when there is a call to be made.
struct Claim {
  const Environment& environment;
  store::Workspace& workspace;
  Instant now;
  std::string lease;
  milliseconds lasts;
  std::optional<ActionJob> job = {};

  /// What is done for a request is found by that request.
  [[nodiscard]] Result<void> tell(const ActionRecord& action, std::string_view what, json::Object more) {
    audit::Trail trail(workspace, environment.digest, now, "system", action.request);
    return administration::tell(trail, action, what, std::move(more));
  }

  Result<void> stop(ActionRecord& action) {
    ROLECALL_TRY(workspace.actions().step(action, lease, std::nullopt));
    return {};
  }

  Result<void> finish(ActionRecord& action, ActionState state, std::string note, std::string_view what) {
    ROLECALL_TRY(end(action, state, std::move(note), now));
    ROLECALL_TRY(stop(action));
    return tell(action, what, {{"because", action.note}});
  }

  Result<void> erase_secret(ActionRecord& action) {
    action.secret.clear();
    action.secret_until.reset();
    action.due.reset();
    ROLECALL_TRY(stop(action));
    return tell(action, "action.secret_erased", {});
  }

  /// While a provider has been silent, one call finds out whether it is still.
  Result<bool> passes_gate(const ActionRecord& action) {
    ROLECALL_TRY_ASSIGN(const auto seen, workspace.actions().gate(action.directory));
    if (!seen || !connector::rest_after(seen->failures)) return true;
    ROLECALL_TRY_ASSIGN(auto gate, workspace.actions().lock_gate(action.directory));
    if (gate.rests_until > now) return false;
    gate.rests_until = now + lasts;
    ROLECALL_TRY(workspace.actions().set_gate(action.directory, gate));
    return true;
  }

  Result<void> begin(ActionRecord action) {
    ROLECALL_TRY_ASSIGN(auto directory, workspace.directories().find(action.directory));
    const auto* connector = directory ? connector::find_connector(directory->provider) : nullptr;
    const auto* type = connector != nullptr ? connector::find_action(*connector, action.action) : nullptr;
    // What only a newer version knows is not done here.
    if (type == nullptr) return stop(action);
    if (is_unsent(action)) {
      ROLECALL_TRY_ASSIGN(auto against, objection(environment, workspace, action, type->is_destructive, now));
      if (!against.empty()) return finish(action, ActionState::rejected, std::move(against), "action.rejected");
    }
    if (action.state == ActionState::sent && !action.is_verifying) {
      ROLECALL_TRY(apply(connector::after_crash(*type, place_of(action), now), now, action));
      ROLECALL_TRY(tell(action, "action.interrupted", {{"state", access::name_of(action.state)}}));
      // It is taken up again when its time comes.
      return stop(action);
    }
    ROLECALL_TRY_ASSIGN(const bool passes, passes_gate(action));
    if (!passes) return stop(action);
    if (action.state == ActionState::approved) ROLECALL_TRY(become(action, ActionState::leased));
    ROLECALL_TRY(workspace.actions().step(action, lease, now + lasts));
    const auto step = connector::next_step(*type, place_of(action));
    job = ActionJob{workspace.id(), std::move(action), std::move(*directory), connector, type, step, {}, lease, {}};
    return {};
  }

  Result<void> take(const ActionId& id) {
    ROLECALL_TRY_ASSIGN(const bool is_mine, workspace.actions().lease(id, lease, now, now + lasts));
    if (!is_mine) return {};
    ROLECALL_TRY_ASSIGN(auto action, workspace.actions().find(id));
    if (!action) return {};
    const bool waits = action->state == ActionState::held || action->state == ActionState::awaiting_approval;
    if (waits) return finish(*action, ActionState::expired, "Nobody approved it in time.", "action.expired");
    if (action->state == ActionState::succeeded) return erase_secret(*action);
    if (is_unsent(*action) && action->execute_until && *action->execute_until <= now) {
      return finish(*action, ActionState::expired, "It could not be done in time. " + action->note, "action.expired");
    }
    return begin(std::move(*action));
  }
};

}  // namespace

Result<std::optional<ActionJob>> claim_action(const Environment& environment, milliseconds lease) {
  return claim_first<ActionJob>(
      environment, [&](store::UnitOfWork& unit) { return unit.due_actions(environment.clock.now(), kLookedAt); },
      [&](store::UnitOfWork& unit, const store::DueAction& due,
          const std::string& name) -> Result<std::optional<ActionJob>> {
        Claim claim{environment, unit.workspace(due.workspace), environment.clock.now(), name, lease};
        ROLECALL_TRY(claim.take(due.action));
        return std::move(claim.job);
      });
}

Result<connector::Call> next_call(const ActionJob& job) {
  if (job.step == connector::ActionStep::call) {
    auto request = request_of(job.action);
    if (!job.called_as.empty()) request.action = job.called_as;
    return job.connector->action_call(request);
  }
  return job.connector->get_person(job.action.person);
}

Result<void> release_action(const Environment& environment, const ActionJob& job) {
  return environment.store.write([&](store::UnitOfWork& unit) -> Result<void> {
    ActionRecord action = job.action;
    if (action.state == ActionState::leased) ROLECALL_TRY(become(action, ActionState::approved));
    ROLECALL_TRY(unit.workspace(job.workspace).actions().step(action, job.lease, std::nullopt));
    return {};
  });
}

}  // namespace rolecall::administration
