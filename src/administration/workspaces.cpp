#include "rolecall/administration/workspaces.hpp"

#include "lookup.hpp"
#include "new_connection.hpp"
#include "rolecall/administration/bootstrap.hpp"
#include "rolecall/granting/recompute.hpp"
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

tl::unexpected<Error> no_such_workspace(const std::string& name) {
  return fail(ErrorCode::not_found, "There is no workspace “" + name + "”.");
}

Result<store::WorkspaceRecord> get_workspace(const Environment& environment, const std::string& name) {
  return store::read(environment.store, [&](store::UnitOfWork& unit) -> Result<store::WorkspaceRecord> {
    ROLECALL_TRY_ASSIGN(auto found, unit.find_workspace_by_name(name));
    if (!found) return no_such_workspace(name);
    return std::move(*found);
  });
}

Result<access::RoleMode> parse_role_mode(std::string_view text) {
  for (const auto mode : {access::RoleMode::multi, access::RoleMode::single}) {
    if (text == access::name_of(mode)) return mode;
  }
  return fail(ErrorCode::invalid_value, "The role mode is multi or single.", "role_mode");
}

Result<store::WorkspaceRecord> set_role_mode(const Environment& environment, const Actor& actor,
                                             const std::string& name, access::RoleMode mode) {
  ROLECALL_TRY_ASSIGN(auto record, get_workspace(environment, name));
  return in_change(environment, record.id, actor, [&](Change& change) -> Result<store::WorkspaceRecord> {
    ROLECALL_TRY_ASSIGN(record.role_mode, change.workspace.role_mode());
    if (record.role_mode == mode) return record;
    json::Object details{{"from", access::name_of(record.role_mode)}, {"to", access::name_of(mode)}};
    record.role_mode = mode;
    ROLECALL_TRY(change.workspace.set_role_mode(mode));
    ROLECALL_TRY(
        change.trail.record("workspace.role_mode_changed", "Workspace/" + record.id.value(), std::move(details)));
    ROLECALL_TRY(granting::recompute_everybody(change.workspace, change.trail, environment.folder));
    return record;
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
