#include "rolecall/administration/action_policies.hpp"

#include "directory_lookup.hpp"
#include "lookup.hpp"
#include "rolecall/connector/connector.hpp"
#include "rolecall/json/array_of.hpp"
#include "scope.hpp"

namespace rolecall::administration {
namespace {

using access::ActionPolicy;
using store::ActionPolicyRecord;

std::string target_of(const ActionPolicyId& id) { return "ActionPolicy/" + id.value(); }

constexpr std::size_t kMostRoles = 20;

Result<std::vector<RoleId>> roles_named(Change& change, const std::vector<std::string>& names, const char* attribute) {
  if (names.size() > kMostRoles) {
    return fail(ErrorCode::invalid_value, "A policy names at most 20 roles.", attribute);
  }
  std::vector<RoleId> roles;
  for (const std::string& name : names) {
    ROLECALL_TRY_ASSIGN(const auto role, find_role(change.workspace, change.environment.folder, name));
    if (std::find(roles.begin(), roles.end(), role.id) == roles.end()) roles.push_back(role.id);
  }
  return roles;
}

Result<std::int64_t> within(std::int64_t wanted, std::int64_t least, std::int64_t most, const char* attribute) {
  if (wanted >= least && wanted <= most) return wanted;
  return fail(ErrorCode::invalid_value,
              "This is a number from " + std::to_string(least) + " to " + std::to_string(most) + ".", attribute);
}

Result<void> fill(Change& change, const WantedActionPolicy& wanted, ActionPolicy& policy) {
  if (wanted.roles) {
    ROLECALL_TRY_ASSIGN(policy.roles, roles_named(change, *wanted.roles, "roles"));
  }
  if (wanted.approvers) {
    ROLECALL_TRY_ASSIGN(policy.approvers, roles_named(change, *wanted.approvers, "approvers"));
  }
  if (wanted.approvals) {
    ROLECALL_TRY_ASSIGN(policy.approvals, within(*wanted.approvals, 0, access::kMostApprovals, "approvals"));
  }
  if (wanted.hourly) {
    ROLECALL_TRY_ASSIGN(policy.hourly, within(*wanted.hourly, 0, access::kMostAnHour, "hourly"));
  }
  if (wanted.needs_reason) policy.needs_reason = *wanted.needs_reason;
  const auto window = [](const std::optional<std::int64_t>& given, std::chrono::seconds& into,
                         const char* attribute) -> Result<void> {
    if (!given) return {};
    ROLECALL_TRY_ASSIGN(const auto seconds,
                        within(*given, access::kShortestWindow.count(), access::kLongestWindow.count(), attribute));
    into = std::chrono::seconds(seconds);
    return {};
  };
  ROLECALL_TRY(window(wanted.approval_window, policy.approval_window, "approval_window"));
  return window(wanted.execution_window, policy.execution_window, "execution_window");
}

Result<void> check_action(const std::string& action) {
  if (action.empty()) return {};
  std::vector<std::string> known;
  for (const auto* connector : connector::connectors()) {
    for (const auto& type : connector->actions()) known.emplace_back(type.name);
  }
  if (std::find(known.begin(), known.end(), action) != known.end()) return {};
  return fail_with_next(ErrorCode::invalid_value, "There is no action “" + action + "”." + suggestion(action, known),
                        "`rolecall action-types list` shows them.", "action");
}

/// A role that was deleted since is shown by its id: nobody has it.
Result<std::vector<std::string>> names_of(store::Workspace& workspace, const std::vector<RoleId>& roles) {
  std::vector<std::string> names;
  for (const RoleId& id : roles) {
    ROLECALL_TRY_ASSIGN(const auto role, workspace.roles().find(id));
    names.push_back(role ? role->name : id.value());
  }
  return names;
}

Result<ActionPolicyView> view_of(store::Workspace& workspace, ActionPolicyRecord record) {
  ActionPolicyView view{std::move(record), {}, {}};
  ROLECALL_TRY_ASSIGN(view.roles, names_of(workspace, view.record.policy.roles));
  ROLECALL_TRY_ASSIGN(view.approvers, names_of(workspace, view.record.policy.approvers));
  return view;
}

json::Object describe(const ActionPolicy& policy) {
  const auto ids = [](const std::vector<RoleId>& roles) {
    std::vector<std::string> words;
    for (const RoleId& role : roles) words.push_back("Role/" + role.value());
    return json::array_of(words);
  };
  json::Object details{{"type", policy.action},         {"roles", ids(policy.roles)},
                       {"approvals", policy.approvals}, {"approvers", ids(policy.approvers)},
                       {"hourly", policy.hourly},       {"needs_reason", policy.needs_reason}};
  if (!policy.directory.empty()) details.append("directory", "Directory/" + policy.directory.value());
  return details;
}

Result<ActionPolicyRecord> find_policy_row(store::Workspace& workspace, const ActionPolicyId& id) {
  ROLECALL_TRY_ASSIGN(auto found, workspace.action_policies().find(id));
  if (found) return std::move(*found);
  return fail(ErrorCode::not_found, "There is no action policy “" + id.value() + "” in this workspace.");
}

}  // namespace

Result<ActionPolicyView> create_action_policy(const Environment& environment, const WorkspaceId& workspace,
                                              const Actor& actor, const WantedActionPolicy& wanted) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<ActionPolicyView> {
    ActionPolicyRecord record;
    record.id = ActionPolicyId(environment.ids.next());
    record.made_by = actor.name;
    record.created = change.now;
    if (!wanted.directory.empty()) {
      ROLECALL_TRY_ASSIGN(const auto directory, find_directory(change.workspace, wanted.directory));
      record.policy.directory = directory.id;
    }
    ROLECALL_TRY(check_action(wanted.action));
    record.policy.action = wanted.action;
    ROLECALL_TRY(fill(change, wanted, record.policy));
    ROLECALL_TRY_ASSIGN(const auto all, change.workspace.action_policies().list());
    for (const auto& other : all) {
      const bool is_same = other.policy.directory == record.policy.directory && other.policy.action == wanted.action;
      if (!is_same) continue;
      return fail_with_next(ErrorCode::conflict, "There is a policy for these actions already.",
                            "Change the policy " + other.id.value() + ".");
    }
    if (all.size() >= kActionPolicies) {
      return fail(ErrorCode::conflict,
                  "There are " + std::to_string(kActionPolicies) + " action policies, which is the limit.");
    }
    ROLECALL_TRY(change.workspace.action_policies().insert(record));
    ROLECALL_TRY(change.trail.record("action_policy.created", target_of(record.id), describe(record.policy)));
    return view_of(change.workspace, std::move(record));
  });
}

Result<std::vector<ActionPolicyView>> list_action_policies(const Environment& environment,
                                                           const WorkspaceId& workspace_id) {
  return in_view(environment, workspace_id, [](store::Workspace& workspace) -> Result<std::vector<ActionPolicyView>> {
    ROLECALL_TRY_ASSIGN(auto records, workspace.action_policies().list());
    std::vector<ActionPolicyView> views;
    for (auto& record : records) {
      ROLECALL_TRY_ASSIGN(auto view, view_of(workspace, std::move(record)));
      views.push_back(std::move(view));
    }
    return views;
  });
}

Result<ActionPolicyView> get_action_policy(const Environment& environment, const WorkspaceId& workspace_id,
                                           const ActionPolicyId& id) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<ActionPolicyView> {
    ROLECALL_TRY_ASSIGN(auto record, find_policy_row(workspace, id));
    return view_of(workspace, std::move(record));
  });
}

Result<ActionPolicyView> change_action_policy(const Environment& environment, const WorkspaceId& workspace,
                                              const Actor& actor, const ActionPolicyId& id,
                                              const WantedActionPolicy& wanted) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<ActionPolicyView> {
    ROLECALL_TRY_ASSIGN(auto record, find_policy_row(change.workspace, id));
    const ActionPolicy before = record.policy;
    ROLECALL_TRY(fill(change, wanted, record.policy));
    if (record.policy != before) {
      ROLECALL_TRY(change.workspace.action_policies().update(record));
      ROLECALL_TRY(change.trail.record("action_policy.changed", target_of(id), describe(record.policy)));
    }
    return view_of(change.workspace, std::move(record));
  });
}

Result<void> remove_action_policy(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                  const ActionPolicyId& id) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<void> {
    ROLECALL_TRY_ASSIGN(const auto record, find_policy_row(change.workspace, id));
    ROLECALL_TRY(change.workspace.action_policies().remove(id));
    return change.trail.record("action_policy.removed", target_of(id), describe(record.policy));
  });
}

}  // namespace rolecall::administration
