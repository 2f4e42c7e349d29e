#include "rolecall/administration/guard.hpp"

#include "lookup.hpp"
#include "scope.hpp"

namespace rolecall::administration {
namespace {

store::HeldFilter held_of(const ConnectionId& connection) { return {store::HeldState::held, connection, {}, {}, {}}; }

Result<GuardView> view_of(const Environment& environment, store::Workspace& workspace,
                          store::ConnectionRecord connection) {
  GuardView view;
  ROLECALL_TRY_ASSIGN(const auto stored, workspace.guard().settings(connection.id));
  view.settings = stored.value_or(access::GuardSettings());
  const Instant since = environment.clock.now() - view.settings.window;
  ROLECALL_TRY_ASSIGN(view.losses, workspace.guard().losses(connection.id, since));
  ROLECALL_TRY_ASSIGN(view.active_users, workspace.guard().active_users(connection.id, since));
  view.limit = access::guard_limit(view.settings, view.active_users);
  ROLECALL_TRY_ASSIGN(view.held, workspace.held_changes().count(held_of(connection.id)));
  ROLECALL_TRY_ASSIGN(const auto waves, workspace.guard().waves(connection.id, {}, 1));
  if (!waves.empty()) view.wave = waves.front().id;
  view.connection = std::move(connection);
  return view;
}

}  // namespace

json::Object to_json(const access::GuardSettings& settings) {
  return {{"mode", access::name_of(settings.mode)},
          {"minimum", settings.minimum},
          {"percent", settings.percent},
          {"window_minutes", static_cast<std::int64_t>(settings.window.count())},
          {"newcomer_hours", static_cast<std::int64_t>(settings.newcomers.count())},
          {"auto_apply_minutes", static_cast<std::int64_t>(settings.auto_apply.count())},
          {"answer", access::name_of(settings.answer)}};
}

Result<std::vector<GuardView>> list_guards(const Environment& environment, const WorkspaceId& workspace) {
  return in_view(environment, workspace, [&](store::Workspace& reached) -> Result<std::vector<GuardView>> {
    ROLECALL_TRY_ASSIGN(auto connections, reached.connections().list());
    std::vector<GuardView> views;
    for (auto& connection : connections) {
      ROLECALL_TRY_ASSIGN(auto view, view_of(environment, reached, std::move(connection)));
      views.push_back(std::move(view));
    }
    return views;
  });
}

Result<GuardView> get_guard(const Environment& environment, const WorkspaceId& workspace,
                            const std::string& connection) {
  return in_view(environment, workspace, [&](store::Workspace& reached) -> Result<GuardView> {
    ROLECALL_TRY_ASSIGN(auto found, find_connection(reached, connection));
    return view_of(environment, reached, std::move(found));
  });
}

Result<GuardView> set_guard(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                            const std::string& connection, const access::GuardSettings& settings) {
  ROLECALL_TRY(access::check(settings));
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<GuardView> {
    ROLECALL_TRY_ASSIGN(auto found, find_connection(change.workspace, connection));
    ROLECALL_TRY_ASSIGN(const auto stored, change.workspace.guard().settings(found.id));
    if (stored.value_or(access::GuardSettings()) != settings) {
      ROLECALL_TRY(change.workspace.guard().set_settings(found.id, settings));
      ROLECALL_TRY(change.trail.record("guard.changed", "Connection/" + found.id.value(), to_json(settings)));
    }
    return view_of(environment, change.workspace, std::move(found));
  });
}

Result<std::vector<WaveView>> list_waves(const Environment& environment, const WorkspaceId& workspace,
                                         const WaveId& before, std::int64_t limit) {
  return in_view(environment, workspace, [&](store::Workspace& reached) -> Result<std::vector<WaveView>> {
    ROLECALL_TRY_ASSIGN(auto waves, reached.guard().waves({}, before, limit));
    std::vector<WaveView> views;
    for (auto& wave : waves) {
      WaveView view;
      ROLECALL_TRY_ASSIGN(view.connection_name, connection_name_of(reached, wave.connection));
      ROLECALL_TRY_ASSIGN(view.changes, reached.guard().count_taken(wave.id));
      ROLECALL_TRY_ASSIGN(view.held, reached.held_changes().count({store::HeldState::held, {}, wave.id, {}, {}}));
      view.wave = std::move(wave);
      views.push_back(std::move(view));
    }
    return views;
  });
}

Result<std::vector<HeldChangeView>> list_held(const Environment& environment, const WorkspaceId& workspace,
                                              const store::HeldFilter& filter, std::int64_t limit) {
  return in_view(environment, workspace, [&](store::Workspace& reached) -> Result<std::vector<HeldChangeView>> {
    ROLECALL_TRY_ASSIGN(auto changes, reached.held_changes().list(filter, limit));
    std::vector<HeldChangeView> views;
    for (auto& change : changes) {
      ROLECALL_TRY_ASSIGN(auto name, connection_name_of(reached, change.connection));
      views.push_back({std::move(change), std::move(name)});
    }
    return views;
  });
}

Result<HeldChangeView> get_held(const Environment& environment, const WorkspaceId& workspace, const HeldChangeId& id) {
  return in_view(environment, workspace, [&](store::Workspace& reached) -> Result<HeldChangeView> {
    ROLECALL_TRY_ASSIGN(auto change, reached.held_changes().find(id));
    if (!change) {
      return fail_with_next(ErrorCode::not_found, "There is no held change “" + id.value() + "”.",
                            "rolecall guard held list shows those that there are.");
    }
    ROLECALL_TRY_ASSIGN(auto name, connection_name_of(reached, change->connection));
    return HeldChangeView{std::move(*change), std::move(name)};
  });
}

Result<std::int64_t> count_held(const Environment& environment, const WorkspaceId& workspace) {
  return in_view(environment, workspace,
                 [&](store::Workspace& reached) { return reached.held_changes().count(held_of({})); });
}

}  // namespace rolecall::administration
