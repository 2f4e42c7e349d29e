#include <algorithm>

#include "action_move.hpp"
#include "action_rows.hpp"
#include "directory_state.hpp"
#include "rolecall/administration/action_engine.hpp"
#include "rolecall/administration/actions.hpp"
#include "rolecall/administration/directories.hpp"
#include "rolecall/base/timestamp.hpp"

namespace rolecall::administration {
namespace {

using access::ActionState;
using connector::ActionMove;
using connector::ActionStep;
using connector::Trouble;
using std::chrono::milliseconds;
using store::ActionRecord;

store::AttemptKind kind_of(ActionStep step) {
  if (step == ActionStep::read) return store::AttemptKind::read;
  return step == ActionStep::call ? store::AttemptKind::call : store::AttemptKind::verify;
}

/// Somebody else may have heard meanwhile that nothing gets through, or brought another credential.
Result<bool> lets_through(store::Workspace& workspace, const ActionJob& job, Instant now) {
  ROLECALL_TRY_ASSIGN(const auto directory, workspace.directories().find(job.directory.id));
  return directory && !directory->is_paused && directory->credential == job.directory.credential &&
         directory->state != store::DirectoryState::needs_reauthorization &&
         (!directory->throttled_until || *directory->throttled_until <= now);
}

/// One step in its unit of work.
struct Settling {
  const Environment& environment;
  store::Workspace& workspace;
  const ActionJob& job;
  const ActionAnswer& answer;
  ActionRecord action;
  Instant now;
  audit::Trail trail{workspace, environment.digest, now, "system", job.action.request};

  [[nodiscard]] ActionMove next() const {
    const auto place = place_of(action);
    if (answer.trouble) {
      return connector::after_trouble(*job.type, job.step, place, *answer.trouble, answer.is_absent, now);
    }
    if (answer.decision) return connector::after_person(*job.type, job.step, place, *answer.decision, now);
    return connector::after_call(*job.type, now);
  }

  Result<void> end_attempt() {
    store::ActionAttempt attempt;
    attempt.number = action.attempts;
    attempt.finished = now;
    attempt.status = answer.status;
    attempt.outcome = answer.trouble ? connector::name_of(answer.trouble->kind) : "ok";
    attempt.vendor_request = answer.vendor_request;
    if (answer.trouble) {
      attempt.code = answer.trouble->code;
      attempt.message = answer.trouble->message;
    }
    return workspace.actions().end_attempt(action.id, attempt);
  }

  /// A provider that does not answer is left alone; one whose limit is nearly used up, until it is renewed.
  Result<void> settle_gate() {
    const bool is_broken = answer.trouble && connector::is_breakdown(*answer.trouble);
    ROLECALL_TRY_ASSIGN(const auto seen, workspace.actions().gate(action.directory));
    const bool has_failed_before = seen && seen->failures > 0;
    if (!is_broken && !answer.pause && !has_failed_before) return {};
    ROLECALL_TRY_ASSIGN(auto gate, workspace.actions().lock_gate(action.directory));
    gate = {is_broken ? gate.failures + 1 : 0, Instant(), ""};
    if (const auto rest = connector::rest_after(gate.failures)) {
      gate.rests_until = now + *rest;
      gate.reason = connector::sentence_of(*answer.trouble);
    } else if (answer.pause) {
      gate.rests_until = *answer.pause;
      gate.reason = "The limit of calls is nearly used up; it is renewed at " + to_timestamp(*answer.pause) + ".";
    }
    return workspace.actions().set_gate(action.directory, gate);
  }

  /// What is wrong with the credential, or with all calls, is wrong with the directory: the others wait with it.
  Result<void> settle_directory() {
    if (!answer.trouble) return {};
    const auto kind = answer.trouble->kind;
    const bool is_of_all = connector::is_of_credential(kind) || kind == Trouble::Kind::throttled;
    const bool is_of_scope = kind == Trouble::Kind::missing_scope || kind == Trouble::Kind::missing_role;
    if (!is_of_all && !is_of_scope) return {};
    ROLECALL_TRY_ASSIGN(auto directory, workspace.directories().find(action.directory));
    // Of an old credential nothing is said of the new one.
    if (!directory || directory->credential != job.directory.credential) return {};
    const auto before = directory->state;
    if (is_of_scope) {
      directory->test_due = now;
    } else {
      judge({{}, answer.trouble, false}, now, *directory);
    }
    ROLECALL_TRY(workspace.directories().update(*directory));
    if (directory->state == before) return {};
    return trail.record("directory.state_changed", "Directory/" + directory->id.value(),
                        {{"from", name_of(before)},
                         {"to", name_of(directory->state)},
                         {"because", connector::name_of(kind)},
                         {"action", action_target(action.id)}});
  }

  Result<void> keep_secret() {
    if (!answer.result || answer.result->secret.expose().empty() || environment.sealer == nullptr) return {};
    action.secret = environment.sealer->seal(answer.result->secret.expose(), secret_context(workspace.id(), action.id));
    action.secret_until = now + kSecretLasts;
    action.due = action.secret_until;
    return {};
  }

  /// What is known of them is old by now, and so may be what they are in.
  Result<void> look_at_person() {
    const bool was_done = action.state == ActionState::succeeded && action.attempts > 0 && !action.person.empty();
    if (!was_done) return {};
    const bool moves_them = job.type->targets.size() > 1 || job.type->is_destructive;
    return workspace.directory_events().ask(
        {action.directory, action.person, moves_them, action_target(action.id), 1, now, now, 0});
  }

  Result<void> tell_outcome(bool was_sent) {
    json::Object more{{"attempt", action.attempts},
                      {"status", std::int64_t{answer.status}},
                      {"outcome", answer.trouble ? connector::name_of(answer.trouble->kind) : "ok"}};
    if (answer.trouble && !answer.trouble->code.empty()) more.append("code", answer.trouble->code);
    if (!answer.vendor_request.empty()) more.append("vendor_request", answer.vendor_request);
    const std::string state = access::name_of(action.state);
    if (action.ended || action.state == ActionState::unknown) return tell(trail, action, "action." + state, more);
    if (!was_sent) return {};
    more.append("state", state);
    return tell(trail, action, "action.answered", std::move(more));
  }

  Result<ActionMove> settle(bool was_begun) {
    const ActionState before = action.state;
    const ActionMove move = next();
    if (was_begun) ROLECALL_TRY(end_attempt());
    action.vendor_status = answer.status;
    action.vendor_code = answer.trouble ? answer.trouble->code : std::string();
    action.vendor_request = answer.vendor_request;
    ROLECALL_TRY(apply(move, now, action));
    ROLECALL_TRY(keep_secret());
    ROLECALL_TRY(look_at_person());
    ROLECALL_TRY(settle_gate());
    ROLECALL_TRY(settle_directory());
    // How often one looks whether it has ended is no news.
    if (action.state != before || action.ended || job.step == ActionStep::call) {
      ROLECALL_TRY(tell_outcome(was_begun && job.step == ActionStep::call));
    }
    return move;
  }
};

Result<std::optional<ActionMove>> settle(const Environment& environment, ActionJob& job, const ActionAnswer& answer,
                                         milliseconds lease, bool was_begun) {
  ActionRecord moved;
  ROLECALL_TRY_ASSIGN(
      auto move, store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<std::optional<ActionMove>> {
        const Instant now = environment.clock.now();
        store::Workspace& workspace = unit.workspace(job.workspace);
        // First the lease: whoever has lost it writes nothing.
        ROLECALL_TRY_ASSIGN(const bool is_mine, workspace.actions().step(job.action, job.lease, now + lease));
        if (!is_mine) return std::optional<ActionMove>();
        Settling settling{environment, workspace, job, answer, job.action, now};
        ROLECALL_TRY_ASSIGN(auto made, settling.settle(was_begun));
        const auto until = made.next ? std::optional(now + lease) : std::nullopt;
        ROLECALL_TRY(workspace.actions().step(settling.action, job.lease, until));
        moved = std::move(settling.action);
        return std::optional(std::move(made));
      }));
  if (move) job.action = std::move(moved);
  return move;
}

}  // namespace

Result<bool> begin_step(const Environment& environment, ActionJob& job, milliseconds lease) {
  ActionRecord action;
  ROLECALL_TRY_ASSIGN(const bool is_mine, store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<bool> {
                        const Instant now = environment.clock.now();
                        store::Workspace& workspace = unit.workspace(job.workspace);
                        action = job.action;
                        ROLECALL_TRY_ASSIGN(const bool passes, lets_through(workspace, job, now));
                        if (!passes) {
                          if (action.state == ActionState::leased) ROLECALL_TRY(become(action, ActionState::approved));
                          action.due = now;
                          ROLECALL_TRY(workspace.actions().step(action, job.lease, std::nullopt));
                          return false;
                        }
                        action.attempts += 1;
                        if (job.step == ActionStep::call) ROLECALL_TRY(become(action, ActionState::sent));
                        ROLECALL_TRY_ASSIGN(const bool is_held,
                                            workspace.actions().step(action, job.lease, now + lease));
                        if (!is_held) return false;
                        store::ActionAttempt attempt;
                        attempt.number = action.attempts;
                        attempt.kind = kind_of(job.step);
                        attempt.started = now;
                        ROLECALL_TRY(workspace.actions().begin_attempt(action.id, attempt));
                        return true;
                      }));
  if (is_mine) job.action = std::move(action);
  return is_mine;
}

ActionAnswer trouble_answer(Trouble trouble) {
  ActionAnswer answer;
  answer.status = trouble.status;
  answer.vendor_request = trouble.request_id;
  answer.trouble = std::move(trouble);
  return answer;
}

ActionAnswer read_answer(const ActionJob& job, const connector::Reply& reply, Instant now) {
  const connector::Connector& connector = *job.connector;
  const auto request = request_of(job.action);
  ActionAnswer answer;
  const auto fail_with = [&](Trouble trouble) {
    answer = trouble_answer(std::move(trouble));
    answer.is_absent = job.step != ActionStep::call && connector.is_absence(*answer.trouble);
  };
  if (job.step == ActionStep::call) {
    auto result = connector.read_action(request, reply, now);
    result ? static_cast<void>(answer.result = std::move(*result)) : fail_with(std::move(result).error());
  } else {
    auto person = connector.read_person(reply, now);
    person ? static_cast<void>(answer.decision = connector.decide(request, *person))
           : fail_with(std::move(person).error());
  }
  answer.status = reply.status;
  if (answer.vendor_request.empty()) answer.vendor_request = connector.request_id_of(reply);
  answer.pause = connector.pause_after(reply, now);
  return answer;
}

Result<bool> settle_step(const Environment& environment, ActionJob& job, const ActionAnswer& answer,
                         milliseconds lease) {
  ROLECALL_TRY_ASSIGN(const auto move, settle(environment, job, answer, lease, true));
  if (!move || !move->next) return false;
  job.step = *move->next;
  if (answer.decision) job.called_as = answer.decision->action;
  return true;
}

Result<void> settle_unsent(const Environment& environment, ActionJob& job, const Trouble& trouble) {
  // Nothing was sent, so whatever it was is no reason not to try again.
  ActionAnswer answer = trouble_answer(trouble);
  const ActionStep step = job.step;
  if (step == ActionStep::call) job.step = ActionStep::read;
  const auto done = settle(environment, job, answer, milliseconds(0), false);
  job.step = step;
  ROLECALL_TRY(done);
  return {};
}

}  // namespace rolecall::administration
