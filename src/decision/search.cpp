#include "rolecall/decision/search.hpp"

#include <algorithm>
#include <map>

#include "judge.hpp"
#include "lookup.hpp"
#include "prefilter.hpp"
#include "sweep.hpp"

namespace rolecall::decision {
namespace {

/// What every search begins with: where, and what permission. None: nobody may, so that nothing is found.
struct Ground {
  store::Workspace& workspace;
  const schema::ResourceType& users;
};

Result<std::optional<Ground>> ground_of(const Environment& environment, store::UnitOfWork& unit,
                                        const WorkspaceId& home, const Question& question) {
  if (!is_user_type(question.subject.type)) return std::optional<Ground>();
  const auto* users = environment.registry.find_type("User");
  if (users == nullptr) return internal_error("there is no resource type User");
  ROLECALL_TRY_ASSIGN(const auto where, workspace_of(environment, unit, home, question.resource));
  if (!where) return std::optional<Ground>();
  return std::optional<Ground>(Ground{unit.workspace(*where), *users});
}

/// Who may nothing is nobody.
Result<std::optional<store::ResourceRecord>> find_subject(const Environment& environment, const Ground& ground,
                                                          const std::string& id) {
  ROLECALL_TRY_ASSIGN(auto user, find_resource(ground.workspace, environment.folder, ground.users, id));
  if (user && !user->is_active) user.reset();
  return user;
}

Source candidates_in(store::Workspace& workspace, const schema::ResourceType& type,
                     std::optional<store::AttributeValue> wanted) {
  return [&workspace, &type, wanted = std::move(wanted)](const ResourceId& after, std::int64_t limit) {
    return workspace.resources().candidates(type, wanted, after, limit);
  };
}

/// Those who hold the permission for all data or with a scope that no value narrows; and, of all users, those whom a
/// scope of it may fit.
Result<std::vector<Source>> sources_of_subjects(const Environment& environment, const Ground& ground,
                                                const Question& question, const std::string& permission) {
  std::vector<Source> sources;
  const auto add_holders = [&](std::string held) {
    sources.push_back([&ground, held = std::move(held)](const ResourceId& after, std::int64_t limit) {
      return ground.workspace.grants().holders_of_permission(held, after, limit);
    });
  };
  add_holders(permission);
  Facts facts(environment, ground.workspace, question);
  for (const auto& scope : environment.catalogue.scopes) {
    const std::string held = permission + access::kScopeSign + scope.name;
    ROLECALL_TRY_ASSIGN(const auto anybody, ground.workspace.grants().holders_of_permission(held, {}, 1));
    if (anybody.empty()) continue;
    ROLECALL_TRY_ASSIGN(auto prefilter,
                        prefilter_of(scope, access::Term::Source::subject, ground.users, facts, environment.folder));
    if (prefilter.kind == Prefilter::Kind::everything) add_holders(held);
    for (auto& value : prefilter.values) {
      sources.push_back(candidates_in(ground.workspace, ground.users, std::move(value)));
    }
  }
  return sources;
}

/// Workspaces are few. A person is a user of each of them by the same name, or not.
Result<Found> search_workspaces(const Environment& environment, store::UnitOfWork& unit, const WorkspaceId& home,
                                const Question& question, const Page& page) {
  ROLECALL_TRY_ASSIGN(auto workspaces, unit.workspaces());
  std::sort(workspaces.begin(), workspaces.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  Found found;
  for (const auto& workspace : workspaces) {
    if (workspace.name <= page.after || !is_within_reach(environment, workspace.id)) continue;
    if (found.entities.size() >= static_cast<std::size_t>(page.limit)) {
      found.next = found.entities.back().id;
      return found;
    }
    Question asked = question;
    asked.resource.id = workspace.name;
    ROLECALL_TRY_ASSIGN(const auto decision, decide(environment, unit, home, asked));
    if (decision.is_allowed) found.entities.push_back({kWorkspaceType, workspace.name, {}});
  }
  return found;
}

Result<std::vector<Source>> sources_of_resources(const Environment& environment, const Ground& ground,
                                                 const schema::ResourceType& type, const Held& held, Facts& facts) {
  std::vector<Source> sources;
  bool is_narrow = !held.is_for_all;
  for (const auto* scope : held.scopes) {
    ROLECALL_TRY_ASSIGN(auto prefilter,
                        prefilter_of(*scope, access::Term::Source::resource, type, facts, environment.folder));
    if (prefilter.kind == Prefilter::Kind::everything) is_narrow = false;
    for (auto& value : prefilter.values) {
      sources.push_back(candidates_in(ground.workspace, type, std::move(value)));
    }
  }
  if (!is_narrow) sources = {candidates_in(ground.workspace, type, std::nullopt)};
  return sources;
}

}  // namespace

Result<Found> search_subjects(const Environment& environment, const WorkspaceId& home, const Question& question,
                              const Page& page) {
  return store::read(environment.store, [&](store::UnitOfWork& unit) -> Result<Found> {
    const auto* permission = permission_of(environment.catalogue, question.resource.type, question.action.name);
    ROLECALL_TRY_ASSIGN(const auto ground, ground_of(environment, unit, home, question));
    if (permission == nullptr || !ground) return Found();
    Question asked = question;
    asked.subject.properties = json::Object();
    ROLECALL_TRY_ASSIGN(const auto sources, sources_of_subjects(environment, *ground, asked, permission->name));
    const auto examine = [&](const ResourceId& id) -> Result<std::optional<Entity>> {
      ROLECALL_TRY_ASSIGN(const auto user, ground->workspace.resources().find_anywhere(ground->users.name, id));
      if (!user || !user->is_active) return std::optional<Entity>();
      ROLECALL_TRY_ASSIGN(const Held held, held_of(ground->workspace, environment.catalogue, id, permission->name));
      Facts facts(environment, ground->workspace, asked);
      facts.set_user(*user);
      ROLECALL_TRY_ASSIGN(const bool may, covers(held, facts));
      if (!may) return std::optional<Entity>();
      return std::optional<Entity>(Entity{asked.subject.type, id_of(*user), {}});
    };
    return sweep(sources, examine, page);
  });
}

Result<Found> search_resources(const Environment& environment, const WorkspaceId& home, const Question& question,
                               const Page& page) {
  return store::read(environment.store, [&](store::UnitOfWork& unit) -> Result<Found> {
    if (question.resource.type == kWorkspaceType) return search_workspaces(environment, unit, home, question, page);
    const auto* permission = permission_of(environment.catalogue, question.resource.type, question.action.name);
    const auto* type = scim_type_of(environment.registry, question.resource.type);
    ROLECALL_TRY_ASSIGN(const auto ground, ground_of(environment, unit, home, question));
    if (permission == nullptr || type == nullptr || !ground) return Found();
    ROLECALL_TRY_ASSIGN(const auto user, find_subject(environment, *ground, question.subject.id));
    if (!user) return Found();
    ROLECALL_TRY_ASSIGN(const Held held, held_of(ground->workspace, environment.catalogue, user->id, permission->name));
    if (!held.is_any()) return Found();
    Question asked = question;
    asked.resource = Entity{question.resource.type, {}, {}};
    Facts known(environment, ground->workspace, asked);
    known.set_user(*user);
    ROLECALL_TRY_ASSIGN(const auto sources, sources_of_resources(environment, *ground, *type, held, known));
    const auto examine = [&](const ResourceId& id) -> Result<std::optional<Entity>> {
      ROLECALL_TRY_ASSIGN(const auto resource, ground->workspace.resources().find_anywhere(type->name, id));
      if (!resource) return std::optional<Entity>();
      asked.resource.id = id_of(*resource);
      Facts facts(environment, ground->workspace, asked);
      facts.set_user(*user);
      facts.set_resource(*resource);
      ROLECALL_TRY_ASSIGN(const bool may, covers(held, facts));
      return may ? std::optional<Entity>(asked.resource) : std::optional<Entity>();
    };
    return sweep(sources, examine, page);
  });
}

Result<Found> search_actions(const Environment& environment, const WorkspaceId& home, const Question& question,
                             const Page& page) {
  return store::read(environment.store, [&](store::UnitOfWork& unit) -> Result<Found> {
    ROLECALL_TRY_ASSIGN(const auto ground, ground_of(environment, unit, home, question));
    if (!ground) return Found();
    ROLECALL_TRY_ASSIGN(const auto user, find_subject(environment, *ground, question.subject.id));
    if (!user) return Found();
    const bool is_workspace = question.resource.type == kWorkspaceType;
    const std::string prefix = is_workspace ? std::string() : question.resource.type + ".";
    // Names are ASCII, so that nothing of this prefix lies behind.
    ROLECALL_TRY_ASSIGN(const auto permissions,
                        ground->workspace.grants().permissions_of(user->id, prefix, prefix + '\x7f'));
    Facts facts(environment, ground->workspace, question);
    facts.set_user(*user);
    Found found;
    // No more than the catalogue has.
    std::map<std::string, const access::Permission*> known;
    for (const auto& permission : environment.catalogue.permissions) {
      if (is_workspace || permission.feature == question.resource.type) {
        known.emplace(permission.name.substr(prefix.size()), &permission);
      }
    }
    for (auto at = known.upper_bound(page.after); at != known.end(); ++at) {
      if (found.entities.size() >= static_cast<std::size_t>(page.limit)) {
        found.next = found.entities.back().id;
        break;
      }
      const Held held = held_of(environment.catalogue, at->second->name, permissions);
      ROLECALL_TRY_ASSIGN(const bool may, covers(held, facts));
      if (may) found.entities.push_back({{}, at->first, {}});
    }
    return found;
  });
}

}  // namespace rolecall::decision
