#include "action_parties.hpp"
#include "action_rows.hpp"
#include "rolecall/administration/actions.hpp"

#include "scope.hpp"

namespace rolecall::administration {
namespace {

using access::ActionState;
using store::ActionRecord;

/// An action that somebody may say something about, and what they are.
struct Judged {
  ActionRecord action;
  access::ActionPolicy policy;
  access::ActionParty party;
};

bool is_destructive(store::Workspace& workspace, const ActionRecord& action) {
  const auto directory = workspace.directories().find(action.directory);
  if (!directory || !*directory) return true;
  const auto* connector = connector::find_connector((*directory)->provider);
  const auto* type = connector != nullptr ? connector::find_action(*connector, action.action) : nullptr;
  return type == nullptr || type->is_destructive;
}

Result<Judged> begin(Change& change, const Actor& actor, const ActionId& id, const Verdict& verdict, bool is_held_only,
                     bool is_either) {
  Judged judged;
  ROLECALL_TRY_ASSIGN(judged.action, find_action_row(change.workspace, id));
  const ActionRecord& action = judged.action;
  ROLECALL_TRY(check_comment(verdict.comment));
  const bool is_held = action.state == ActionState::held;
  const bool waits = is_held || action.state == ActionState::awaiting_approval;
  if (!waits || (!is_either && is_held != is_held_only)) {
    return fail(ErrorCode::conflict, std::string("It is ") + access::name_of(action.state) + ", and waits for " +
                                         (is_held_only ? "nobody to let it go on." : "no approval."));
  }
  if (action.approve_until <= change.now) {
    return fail_with_next(ErrorCode::conflict, "The time for it is over.", "Ask for the action anew.");
  }
  const std::string now = digest_of(change.environment, change.workspace.id(), action);
  if (verdict.digest != action.digest || now != action.digest) {
    return fail_with_next(ErrorCode::conflict, "It is not the action that this digest stands for.",
                          "Read the action again, and look at what it is.", "digest");
  }
  ROLECALL_TRY_ASSIGN(judged.policy, policy_for(change.workspace, action.directory, action.action,
                                                is_destructive(change.workspace, action)));
  ROLECALL_TRY_ASSIGN(judged.party, party_of(change.workspace, actor.name, change.now));
  ROLECALL_TRY_ASSIGN(const auto requester, party_of(change.workspace, action.requester, change.now));
  if (const auto refusal = access::refusal_to_approve(judged.policy, judged.party, requester)) {
    return fail(ErrorCode::forbidden, *refusal);
  }
  return judged;
}

Result<void> add(Change& change, const Actor& actor, const Judged& judged, const Verdict& verdict, bool is_approval) {
  ROLECALL_TRY_ASSIGN(const bool is_first, change.workspace.actions().add_approval(
                                               judged.action.id, {judged.party.identity, actor.name, is_approval,
                                                                  verdict.digest, verdict.comment, change.now}));
  if (is_first) return {};
  return fail(ErrorCode::conflict, "The same person has spoken already: it takes another one.");
}

Result<void> store_change(Change& change, const ActionRecord& action, ActionState before) {
  ROLECALL_TRY_ASSIGN(const bool is_done, change.workspace.actions().update(action, before, change.now));
  if (is_done) return {};
  return fail_with_next(ErrorCode::conflict, "Somebody else decided at the same time.", "Read the action again.");
}

}  // namespace

Result<ActionRecord> approve_action(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                    const ActionId& id, const Verdict& verdict) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<ActionRecord> {
    ROLECALL_TRY_ASSIGN(auto judged, begin(change, actor, id, verdict, false, false));
    ActionRecord& action = judged.action;
    // Two who approve at once have to see one another.
    ROLECALL_TRY(change.workspace.actions().lock_gate(action.directory));
    ROLECALL_TRY(add(change, actor, judged, verdict, true));
    ROLECALL_TRY_ASSIGN(const auto given, change.workspace.actions().approvals(id));
    std::int64_t count = 0;
    for (const auto& approval : given) count += approval.is_approval && approval.digest == action.digest ? 1 : 0;
    if (count >= action.approvals) ROLECALL_TRY(queue(action, change.now));
    ROLECALL_TRY(store_change(change, action, ActionState::awaiting_approval));
    ROLECALL_TRY(tell(change.trail, action, "action.approved",
                      {{"approver", judged.party.identity}, {"given", count}, {"needed", action.approvals}}));
    return action;
  });
}

Result<ActionRecord> reject_action(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                   const ActionId& id, const Verdict& verdict) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<ActionRecord> {
    ROLECALL_TRY_ASSIGN(auto judged, begin(change, actor, id, verdict, false, true));
    const ActionState before = judged.action.state;
    ROLECALL_TRY(add(change, actor, judged, verdict, false));
    ROLECALL_TRY(end(judged.action, ActionState::rejected, "Rejected by " + actor.name + ".", change.now));
    ROLECALL_TRY(store_change(change, judged.action, before));
    ROLECALL_TRY(tell(change.trail, judged.action, "action.rejected", {{"approver", judged.party.identity}}));
    return judged.action;
  });
}

Result<ActionRecord> release_action(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                    const ActionId& id, const Verdict& verdict) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<ActionRecord> {
    ROLECALL_TRY_ASSIGN(auto judged, begin(change, actor, id, verdict, true, false));
    ActionRecord& action = judged.action;
    action.note.clear();
    action.approve_until = change.now + judged.policy.approval_window;
    action.due = action.approve_until;
    ROLECALL_TRY(action.approvals == 0 ? queue(action, change.now) : become(action, ActionState::awaiting_approval));
    ROLECALL_TRY(store_change(change, action, ActionState::held));
    ROLECALL_TRY(tell(change.trail, action, "action.released", {{"approver", judged.party.identity}}));
    return action;
  });
}

Result<void> note_refusal(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                          const ActionId& id, const std::string& why) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<void> {
    ROLECALL_TRY_ASSIGN(const auto action, find_action_row(change.workspace, id));
    return tell(change.trail, action, "action.approval_refused", {{"because", why}});
  });
}

Result<std::optional<Secret>> take_action_secret(const Environment& environment, const WorkspaceId& workspace,
                                                 const Actor& actor, const ActionId& id) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<std::optional<Secret>> {
    ROLECALL_TRY_ASSIGN(auto action, find_action_row(change.workspace, id));
    ROLECALL_TRY_ASSIGN(const auto party, party_of(change.workspace, actor.name, change.now));
    const bool is_theirs = !party.identity.empty() && (party.is_operator || party.identity == action.requester);
    if (!is_theirs) return fail(ErrorCode::forbidden, "Only who asked for the action sees what it brought.");
    const bool is_over = !action.secret_until || *action.secret_until <= change.now;
    if (action.secret.empty() || is_over || environment.sealer == nullptr) return std::optional<Secret>();
    auto opened = environment.sealer->open(action.secret, secret_context(workspace, id));
    if (!opened) return internal_error("a temporary password does not open");
    action.secret.clear();
    action.secret_until.reset();
    action.due.reset();
    ROLECALL_TRY(store_change(change, action, ActionState::succeeded));
    ROLECALL_TRY(tell(change.trail, action, "action.secret_shown"));
    return std::optional(Secret(std::move(*opened)));
  });
}

}  // namespace rolecall::administration
