#include "rolecall/administration/workspaces.hpp"

#include "lookup.hpp"
#include "new_connection.hpp"
#include "rolecall/administration/bootstrap.hpp"
#include "shipped.hpp"

namespace rolecall::administration {
namespace {

/// A workspace with its shipped roles, in the unit of work that makes it.
Result<store::WorkspaceRecord> add_workspace(const Environment& environment, const Actor& actor,
                                             store::UnitOfWork& unit, const std::string& name) {
  const store::WorkspaceRecord record{WorkspaceId(environment.ids.next()), name, environment.clock.now()};
  ROLECALL_TRY(unit.insert_workspace(record));
  Change change(environment, record.id, actor, unit);
  ROLECALL_TRY(change.trail.record("workspace.created", "Workspace/" + record.id.value(), {}));
  ROLECALL_TRY(add_shipped_roles(change));
  return record;
}

}  // namespace

Result<store::WorkspaceRecord> create_workspace(const Environment& environment, const Actor& actor,
                                                const std::string& name) {
  ROLECALL_TRY(check_name("workspace", name));
  return store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<store::WorkspaceRecord> {
    ROLECALL_TRY_ASSIGN(const auto existing, unit.find_workspace_by_name(name));
    if (existing) return fail(ErrorCode::conflict, "There is a workspace “" + name + "” already.", "name");
    return add_workspace(environment, actor, unit, name);
  });
}

Result<std::vector<store::WorkspaceRecord>> list_workspaces(const Environment& environment) {
  return store::read(environment.store, [](store::UnitOfWork& unit) { return unit.workspaces(); });
}

Result<store::WorkspaceRecord> get_workspace(const Environment& environment, const std::string& name) {
  return store::read(environment.store, [&](store::UnitOfWork& unit) -> Result<store::WorkspaceRecord> {
    ROLECALL_TRY_ASSIGN(auto found, unit.find_workspace_by_name(name));
    if (!found) return fail(ErrorCode::not_found, "There is no workspace “" + name + "”.");
    return std::move(*found);
  });
}

Result<Bootstrapped> bootstrap(const Environment& environment, const Actor& actor) {
  return store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<Bootstrapped> {
    ROLECALL_TRY_ASSIGN(auto workspaces, unit.workspaces());
    if (workspaces.empty()) {
      ROLECALL_TRY_ASSIGN(auto made, add_workspace(environment, actor, unit, kDefaultWorkspaceName));
      Change change(environment, made.id, actor, unit);
      NewConnection connection;
      connection.name = kDefaultConnectionName;
      ROLECALL_TRY(add_connection(change, connection));
      return Bootstrapped{std::move(made), true};
    }
    for (const auto& workspace : workspaces) {
      Change change(environment, workspace.id, actor, unit);
      ROLECALL_TRY(add_shipped_roles(change));
    }
    ROLECALL_TRY_ASSIGN(auto found, unit.find_workspace_by_name(kDefaultWorkspaceName));
    return Bootstrapped{found ? std::move(*found) : std::move(workspaces.front()), false};
  });
}

}  // namespace rolecall::administration
