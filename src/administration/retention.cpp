#include "rolecall/administration/retention.hpp"

#include <algorithm>
#include <string>

namespace rolecall::administration {
namespace {

using store::NamedKind;

/// In one unit of work, for which other writers wait.
constexpr std::int64_t kAtOnce = 1'000;

template <typename F>
Result<void> in_workspace(const Environment& environment, const WorkspaceId& id, F&& work) {
  return environment.store.write([&](store::UnitOfWork& unit) -> Result<void> { return work(unit.workspace(id)); });
}

/// The horizon goes up with the first row that goes, so that at no time an answer lacks something.
Result<void> forget_spells(const Environment& environment, const WorkspaceId& id, Instant until) {
  for (std::int64_t forgotten = kAtOnce; forgotten >= kAtOnce;) {
    const auto done = in_workspace(environment, id, [&](store::Workspace& workspace) -> Result<void> {
      ROLECALL_TRY_ASSIGN(forgotten, workspace.grant_history().forget_ended(until, kAtOnce));
      return forgotten > 0 ? workspace.grant_history().raise_horizon(until) : Result<void>();
    });
    if (!done) return done;
  }
  return {};
}

Result<void> forget_names(const Environment& environment, const WorkspaceId& id, NamedKind kind, Instant until) {
  store::GrantHistoryRepository::ForgottenNames names;
  do {
    const auto done = in_workspace(environment, id, [&](store::Workspace& workspace) -> Result<void> {
      ROLECALL_TRY_ASSIGN(auto next, workspace.grant_history().forget_names(kind, names.last, until, kAtOnce));
      if (next.count > 0) ROLECALL_TRY(workspace.grant_history().raise_horizon(until));
      names = std::move(next);
      return {};
    });
    if (!done) return done;
  } while (!names.last.empty());
  return {};
}

Result<void> forget_history(const Environment& environment, const WorkspaceId& id, const Retention& retention,
                            Instant now) {
  ROLECALL_TRY_ASSIGN(const auto surplus, store::read(environment.store, [&](store::UnitOfWork& unit) {
                        return unit.workspace(id).grant_history().end_beyond(retention.history_keep);
                      }));
  const Instant too_old = now - retention.history_age;
  const Instant until = std::max(too_old, surplus.value_or(too_old));
  ROLECALL_TRY(forget_spells(environment, id, until));
  for (const NamedKind kind :
       {NamedKind::user, NamedKind::group, NamedKind::role, NamedKind::connection, NamedKind::approver}) {
    ROLECALL_TRY(forget_names(environment, id, kind, until));
  }
  return {};
}

Result<void> forget_events(const Environment& environment, const WorkspaceId& id, Instant until) {
  for (std::int64_t forgotten = kAtOnce; forgotten >= kAtOnce;) {
    const auto done = in_workspace(environment, id, [&](store::Workspace& workspace) -> Result<void> {
      ROLECALL_TRY_ASSIGN(forgotten, workspace.directory_events().forget_until(until, kAtOnce));
      return {};
    });
    if (!done) return done;
  }
  return {};
}

Result<void> forget_sessions(const Environment& environment, const WorkspaceId& id, Instant now) {
  for (std::int64_t forgotten = kAtOnce; forgotten >= kAtOnce;) {
    const auto done = in_workspace(environment, id, [&](store::Workspace& workspace) -> Result<void> {
      ROLECALL_TRY_ASSIGN(forgotten, workspace.admin_sessions().forget_expired(now, kAtOnce));
      return {};
    });
    if (!done) return done;
  }
  return {};
}

Result<void> forget_answers(store::Workspace& workspace, const Retention& retention, Instant now) {
  ROLECALL_TRY(workspace.answers().forget_until(now - kAnswersKept));
  return workspace.answers().keep_newest(retention.answers_keep);
}

Result<void> forget_actions(store::Workspace& workspace, Instant until) {
  ROLECALL_TRY_ASSIGN(const auto directories, workspace.directories().list());
  for (const auto& directory : directories) ROLECALL_TRY(workspace.actions().forget_ended(directory.id, until));
  return {};
}

}  // namespace

Result<void> forget_old(const Environment& environment, const Retention& retention) {
  const Instant now = environment.clock.now();
  ROLECALL_TRY_ASSIGN(const auto workspaces,
                      store::read(environment.store, [](store::UnitOfWork& unit) { return unit.workspaces(); }));
  for (const auto& record : workspaces) {
    ROLECALL_TRY(forget_history(environment, record.id, retention, now));
    ROLECALL_TRY(forget_events(environment, record.id, now - retention.events_age));
    ROLECALL_TRY(forget_sessions(environment, record.id, now));
    const auto done = in_workspace(environment, record.id, [&](store::Workspace& workspace) -> Result<void> {
      ROLECALL_TRY(workspace.held_changes().forget_decided(retention.guard_keep, now - retention.guard_age));
      ROLECALL_TRY(workspace.guard().forget_waves(retention.guard_keep, now - retention.guard_age));
      ROLECALL_TRY(forget_actions(workspace, now - retention.actions_age));
      return forget_answers(workspace, retention, now);
    });
    if (!done) return done;
  }
  // Requests about no workspace, such as those that make one.
  return in_workspace(environment, WorkspaceId(), [&](store::Workspace& nowhere) -> Result<void> {
    return forget_answers(nowhere, retention, now);
  });
}

Result<std::int64_t> end_far_times(const Environment& environment) {
  return store::write(environment.store,
                      [&](store::UnitOfWork& unit) { return unit.end_far_times(environment.clock.now() + kFarthest); });
}

}  // namespace rolecall::administration
