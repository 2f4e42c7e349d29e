#include "rolecall/administration/actions.hpp"

#include <algorithm>

#include "action_parties.hpp"
#include "action_rows.hpp"
#include "directory_lookup.hpp"
#include "lookup.hpp"
#include "people_lookup.hpp"
#include "rolecall/json/write.hpp"
#include "scope.hpp"

namespace rolecall::administration {
namespace {

using access::ActionState;
using connector::ActionType;
using connector::Connector;
using store::ActionRecord;
using store::DirectoryRecord;

constexpr std::chrono::hours kCapWindow{1};

/// Why a scope is missing; empty when it is not.
std::string missing_scope(const Connector& connector, const DirectoryRecord& directory, const ActionType& type) {
  const auto shapes = connector.credential_shapes();
  const auto shape = std::find_if(shapes.begin(), shapes.end(),
                                  [&](const auto& one) { return one.name == directory.credential_kind; });
  if (shape == shapes.end() || !shape->has_scopes) return {};
  const auto& held = directory.tested ? directory.granted : directory.scopes;
  if (std::find(held.begin(), held.end(), type.scope) != held.end()) return {};
  return "It needs the scope " + std::string(type.scope) + ", which the directory " + directory.name +
         (directory.tested ? " did not grant." : " is not asked for.");
}

Result<const Connector*> connector_of(const DirectoryRecord& directory) {
  if (const Connector* found = connector::find_connector(directory.provider)) return found;
  return fail(ErrorCode::conflict, "This version of the server does not know the provider of " + directory.name + ".");
}

Result<const ActionType*> type_of(const Connector& connector, const std::string& name) {
  if (const ActionType* found = connector::find_action(connector, name)) return found;
  std::vector<std::string> known;
  for (const ActionType& type : connector.actions()) known.emplace_back(type.name);
  return fail_with_next(ErrorCode::invalid_value,
                        std::string(connector.title()) + " knows no action “" + name + "”." + suggestion(name, known),
                        "`rolecall action-types list` shows them.", "action");
}

Result<DirectoryRecord> only_directory(store::Workspace& workspace) {
  ROLECALL_TRY_ASSIGN(auto all, workspace.directories().list());
  if (all.size() == 1) return std::move(all.front());
  return fail(ErrorCode::invalid_value, "Name the directory in which to do it.", "directory");
}

/// Whom it is done to, and where.
Result<DirectoryRecord> find_target(Change& change, const WantedAction& wanted, ActionRecord& action) {
  store::Workspace& workspace = change.workspace;
  std::optional<DirectoryRecord> directory;
  if (!wanted.directory.empty()) {
    ROLECALL_TRY_ASSIGN(directory, find_directory(workspace, wanted.directory));
  }
  if (wanted.person.empty()) return directory ? std::move(*directory) : only_directory(workspace);
  ROLECALL_TRY_ASSIGN(auto people, people_named(change.environment, workspace, wanted.person));
  if (directory) std::erase_if(people, [&](const auto& one) { return one.directory != directory->id; });
  if (people.size() > 1) return several_people(wanted.person);
  if (people.empty() || people.front().gone) {
    return fail_with_next(ErrorCode::not_found, "There is no person “" + wanted.person + "” in a directory.",
                          "Only people who were read can be acted on: `rolecall people sync` reads one, and what is "
                          "kept of a directory decides who is there.");
  }
  action.person = people.front().id;
  action.login = people.front().login;
  if (directory) return std::move(*directory);
  return find_directory(workspace, people.front().directory.value());
}

Result<store::DirectorySetRecord> find_set(store::Workspace& workspace, const DirectoryId& directory,
                                           store::SetKind kind, const std::string& name) {
  const char* what = kind == store::SetKind::group ? "group" : "application";
  ROLECALL_TRY_ASSIGN(auto by_id, workspace.people().find_set(directory, kind, name));
  if (by_id) return std::move(*by_id);
  ROLECALL_TRY_ASSIGN(auto named, workspace.people().sets_named(directory, kind, name));
  if (named.size() == 1) return std::move(named.front());
  if (named.empty()) {
    return fail(ErrorCode::not_found, std::string("There is no ") + what + " “" + name + "” in the directory.");
  }
  return fail_with_next(ErrorCode::conflict, std::string("Several ") + what + "s are “" + name + "”.",
                        "Give the provider's id.", "object");
}

/// What else it is about: a group or an application that was read, or a factor as the provider names it.
Result<void> find_object(store::Workspace& workspace, const DirectoryRecord& directory, const ActionType& type,
                         const std::string& name, ActionRecord& action) {
  action.object = name;
  if (type.targets.size() < 2 || type.targets[1] == "factor" || name.empty()) return {};
  const auto kind = type.targets[1] == "group" ? store::SetKind::group : store::SetKind::application;
  ROLECALL_TRY_ASSIGN(const auto set, find_set(workspace, directory.id, kind, name));
  action.object = set.id;
  action.object_name = set.name;
  if (kind == store::SetKind::group && !set.accepts_members) {
    return fail(ErrorCode::conflict,
                "The group " + set.name + " takes no members by hand: it is of the kind " + set.type + ".", "object");
  }
  if (type.name != "remove_application") return {};
  ROLECALL_TRY_ASSIGN(const auto held, workspace.people().sets_of(directory.id, kind, action.person));
  const bool is_by_group =
      std::any_of(held.begin(), held.end(), [&](const auto& one) { return one.set.id == set.id && !one.is_direct; });
  if (!is_by_group) return {};
  return fail_with_next(ErrorCode::conflict, "The application " + set.name + " comes by a group.",
                        "Take the person out of the group.", "object");
}

Result<void> check_reason(const access::ActionPolicy& policy, const std::string& reason) {
  if (reason.size() > kLongestReason || !is_valid_utf8(reason)) {
    return fail(ErrorCode::invalid_value, "A reason is at most 500 bytes of UTF-8.", "reason");
  }
  if (!policy.needs_reason || !reason.empty()) return {};
  return fail(ErrorCode::invalid_value, "The policy wants a reason for this action.", "reason");
}

/// Held when there were too many of its kind; else to its approval, or ready.
Result<void> judge(Change& change, const access::ActionPolicy& policy, ActionRecord& action) {
  auto& actions = change.workspace.actions();
  action.approvals = policy.approvals;
  action.approve_until = change.now + policy.approval_window;
  action.execution_window = policy.execution_window.count();
  if (policy.hourly > 0) {
    ROLECALL_TRY(actions.lock_gate(action.directory));
    ROLECALL_TRY_ASSIGN(const auto count, actions.count(action.directory, action.action, change.now - kCapWindow));
    if (count >= policy.hourly) {
      action.note = "The policy lets " + std::to_string(policy.hourly) +
                    " of these through in an hour, and there were as many: somebody has to let it go on.";
      action.due = action.approve_until;
      return become(action, ActionState::held);
    }
  }
  if (policy.approvals == 0) return queue(action, change.now);
  action.due = action.approve_until;
  return become(action, ActionState::awaiting_approval);
}

}  // namespace

Result<std::vector<Capability>> directory_capabilities(const Environment& environment, const WorkspaceId& workspace_id,
                                                       const std::string& name) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<std::vector<Capability>> {
    ROLECALL_TRY_ASSIGN(const auto directory, find_directory(workspace, name));
    ROLECALL_TRY_ASSIGN(const Connector* connector, connector_of(directory));
    std::vector<Capability> all;
    for (const ActionType& type : connector->actions()) {
      Capability capability{&type, false, missing_scope(*connector, directory, type)};
      capability.is_available = capability.reason.empty();
      all.push_back(std::move(capability));
    }
    return all;
  });
}

Result<ActionRecord> request_action(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                    const WantedAction& wanted) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<ActionRecord> {
    ActionRecord action;
    ROLECALL_TRY_ASSIGN(const auto directory, find_target(change, wanted, action));
    ROLECALL_TRY_ASSIGN(const Connector* connector, connector_of(directory));
    ROLECALL_TRY_ASSIGN(const ActionType* type, type_of(*connector, wanted.action));
    action.id = ActionId(environment.ids.next());
    action.directory = directory.id;
    action.action = wanted.action;
    ROLECALL_TRY(find_object(change.workspace, directory, *type, wanted.object, action));
    action.parameters = json::write(wanted.parameters);
    action.reason = wanted.reason;
    ROLECALL_TRY(connector->action_call(request_of(action)));
    if (type->targets.empty()) {
      const json::Value* login = wanted.parameters.find("login");
      if (login != nullptr && login->is_string()) action.login = *login->as_string();
    }
    if (auto missing = missing_scope(*connector, directory, *type); !missing.empty()) {
      return fail_with_next(ErrorCode::forbidden, missing,
                            "`rolecall directories set` asks for more scopes; grant them at the provider first.");
    }
    ROLECALL_TRY_ASSIGN(const auto policy,
                        policy_for(change.workspace, directory.id, action.action, type->is_destructive));
    ROLECALL_TRY_ASSIGN(const auto party, party_of(change.workspace, actor.name, change.now));
    if (const auto refusal = access::refusal_to_request(policy, party)) return fail(ErrorCode::forbidden, *refusal);
    ROLECALL_TRY(check_reason(policy, action.reason));
    action.requester = party.identity;
    action.requested_by = actor.name;
    action.requested = change.now;
    action.request = actor.request;
    action.digest = digest_of(environment, workspace, action);
    ROLECALL_TRY(judge(change, policy, action));
    ROLECALL_TRY(change.workspace.actions().insert(action));
    ROLECALL_TRY(tell(change.trail, action, "action.requested", {{"state", access::name_of(action.state)}}));
    return action;
  });
}

Result<std::vector<ActionRecord>> list_actions(const Environment& environment, const WorkspaceId& workspace_id,
                                               const WantedActions& wanted, const ActionId& after, std::int64_t limit) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<std::vector<ActionRecord>> {
    store::ActionFilter filter{{}, {}, wanted.state, wanted.request};
    if (!wanted.directory.empty()) {
      ROLECALL_TRY_ASSIGN(const auto directory, find_directory(workspace, wanted.directory));
      filter.directory = directory.id;
    }
    if (!wanted.person.empty()) {
      ROLECALL_TRY_ASSIGN(const auto people, people_named(environment, workspace, wanted.person));
      if (people.size() > 1) return several_people(wanted.person);
      filter.person = people.empty() ? wanted.person : people.front().id;
      // Somebody who is no longer known is found by id alone.
      ROLECALL_TRY_ASSIGN(const auto some, workspace.actions().page({{}, filter.person, {}, {}}, {}, 1));
      if (people.empty() && some.empty()) {
        return fail(ErrorCode::not_found, "There is no person “" + wanted.person + "” in a directory.");
      }
    }
    return workspace.actions().page(filter, after, limit);
  });
}

Result<ActionView> get_action(const Environment& environment, const WorkspaceId& workspace_id, const ActionId& id) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<ActionView> {
    ActionView view;
    ROLECALL_TRY_ASSIGN(view.action, find_action_row(workspace, id));
    ROLECALL_TRY_ASSIGN(view.approvals, workspace.actions().approvals(id));
    ROLECALL_TRY_ASSIGN(view.attempts, workspace.actions().attempts(id));
    return view;
  });
}

Result<ActionRecord> cancel_action(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                   const ActionId& id) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<ActionRecord> {
    ROLECALL_TRY_ASSIGN(auto action, find_action_row(change.workspace, id));
    const ActionState before = action.state;
    const auto too_late = [&] {
      return fail(ErrorCode::conflict,
                  std::string("It is ") + access::name_of(before) + ": only what was not begun can be cancelled.");
    };
    if (!access::can_be_cancelled(before)) return too_late();
    ROLECALL_TRY(end(action, ActionState::cancelled, "Cancelled by " + actor.name + ".", change.now));
    ROLECALL_TRY_ASSIGN(const bool is_done, change.workspace.actions().update(action, before, change.now));
    if (!is_done) return too_late();
    ROLECALL_TRY(tell(change.trail, action, "action.cancelled"));
    return action;
  });
}

Result<ActionRecord> resolve_action(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                    const ActionId& id, const Resolution& resolution) {
  ROLECALL_TRY(check_comment(resolution.comment));
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<ActionRecord> {
    ROLECALL_TRY_ASSIGN(auto action, find_action_row(change.workspace, id));
    if (action.state != ActionState::unknown) {
      return fail(ErrorCode::conflict, std::string("It is ") + access::name_of(action.state) +
                                           ": only what nobody knows is resolved by somebody's word.");
    }
    const auto too_early = [] {
      return fail(ErrorCode::conflict, "The provider is still asked whether it was done. Try again in a minute.");
    };
    if (!action.ended) return too_early();
    const ActionState state = resolution.is_done ? ActionState::succeeded : ActionState::failed;
    std::string note = actor.name + (resolution.is_done ? " says that it was done." : " says that it was not done.");
    if (!resolution.comment.empty()) note += " " + resolution.comment;
    ROLECALL_TRY(end(action, state, std::move(note), change.now));
    ROLECALL_TRY_ASSIGN(const bool is_set, change.workspace.actions().update(action, ActionState::unknown, change.now));
    if (!is_set) return too_early();
    ROLECALL_TRY(tell(change.trail, action, "action.resolved", {{"state", access::name_of(state)}}));
    return action;
  });
}

}  // namespace rolecall::administration
