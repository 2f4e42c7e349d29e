#include "judge.hpp"

#include <algorithm>
#include <array>

#include "lookup.hpp"

namespace rolecall::decision {
namespace {

Decision denied(std::string reason) { return {false, std::move(reason), {}}; }

std::string scopes_of(const Held& held) {
  std::string names;
  for (const auto* scope : held.scopes) names += (names.empty() ? "" : ", ") + scope->name;
  return names;
}

}  // namespace

bool is_user_type(std::string_view type) {
  constexpr std::array<std::string_view, 2> kTypes{"user", "identity"};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

const access::Permission* permission_of(const access::Catalogue& catalogue, std::string_view resource_type,
                                        std::string_view action) {
  const bool is_workspace = resource_type == kWorkspaceType;
  for (const auto& known : catalogue.permissions) {
    if (!is_workspace && known.feature != resource_type) continue;
    const std::string_view name = known.name;
    if (name == action) return &known;
    if (!is_workspace && name.substr(known.feature.size() + 1) == action) return &known;
  }
  return nullptr;
}

bool is_within_reach(const Environment& environment, const WorkspaceId& workspace) {
  return !environment.reach || *environment.reach == workspace;
}

Result<std::optional<WorkspaceId>> workspace_of(const Environment& environment, store::UnitOfWork& unit,
                                                const WorkspaceId& home, const Entity& resource) {
  if (resource.type != kWorkspaceType) return std::optional<WorkspaceId>(home);
  ROLECALL_TRY_ASSIGN(const auto found, unit.find_workspace_by_name(resource.id));
  if (!found || !is_within_reach(environment, found->id)) return std::optional<WorkspaceId>();
  return std::optional<WorkspaceId>(found->id);
}

Held held_of(const access::Catalogue& catalogue, std::string_view permission,
             const std::vector<std::string>& permissions) {
  Held held;
  for (const std::string& text : permissions) {
    const auto parts = access::split_permission(text);
    if (parts.name != permission) continue;
    if (parts.name.size() == text.size()) {
      held.is_for_all = true;
    } else if (const auto* scope = catalogue.find_scope(parts.scope)) {
      held.scopes.push_back(scope);
    }
  }
  return held;
}

Result<Held> held_of(store::Workspace& workspace, const access::Catalogue& catalogue, const ResourceId& user,
                     std::string_view permission) {
  const std::string name(permission);
  // The permission itself and, behind the sign, all its scopes; what else lies between is passed over.
  ROLECALL_TRY_ASSIGN(const auto permissions,
                      workspace.grants().permissions_of(user, name, name + static_cast<char>(access::kScopeSign + 1)));
  return held_of(catalogue, permission, permissions);
}

Result<bool> covers(const Held& held, Facts& facts) {
  if (held.is_for_all) return true;
  for (const auto* scope : held.scopes) {
    ROLECALL_TRY_ASSIGN(const bool is_satisfied, facts.satisfy(*scope));
    if (is_satisfied) return true;
  }
  return false;
}

Result<Decision> decide(const Environment& environment, store::UnitOfWork& unit, const WorkspaceId& home,
                        const Question& question) {
  if (!is_user_type(question.subject.type)) {
    return denied("Subjects are of the type user; “" + question.subject.type + "” is not known.");
  }
  const auto* permission = permission_of(environment.catalogue, question.resource.type, question.action.name);
  if (permission == nullptr) {
    return denied("The catalogue has no permission “" + question.action.name + "” for resources of the type “" +
                  question.resource.type + "”.");
  }
  ROLECALL_TRY_ASSIGN(const auto where, workspace_of(environment, unit, home, question.resource));
  if (!where) return denied("There is no workspace “" + question.resource.id + "”.");
  store::Workspace& workspace = unit.workspace(*where);
  const auto* user_type = environment.registry.find_type("User");
  if (user_type == nullptr) return internal_error("there is no resource type User");
  ROLECALL_TRY_ASSIGN(const auto user, find_resource(workspace, environment.folder, *user_type, question.subject.id));
  if (!user) return denied("There is no user “" + question.subject.id + "”.");
  if (!user->is_active) return denied(user->display + " is deactivated and has no roles.");
  ROLECALL_TRY_ASSIGN(const Held held, held_of(workspace, environment.catalogue, user->id, permission->name));
  if (!held.is_any()) return denied("No role of " + user->display + " gives " + permission->name + ".");
  Facts facts(environment, workspace, question);
  facts.set_user(*user);
  ROLECALL_TRY_ASSIGN(const bool is_covered, covers(held, facts));
  if (is_covered) return Decision{true, {}, {}};
  return denied(user->display + " has " + permission->name + " only within the scope " + scopes_of(held) +
                ", which does not take in this resource.");
}

}  // namespace rolecall::decision
