#pragma once

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>

#include "rolecall/administration/environment.hpp"
#include "rolecall/audit/trail.hpp"

namespace rolecall::administration {

/// One change inside its unit of work.
struct Change {
  Change(const Environment& environment_in, const WorkspaceId& id, const Actor& actor, store::UnitOfWork& unit)
      : environment(environment_in),
        workspace(unit.workspace(id)),
        now(environment_in.clock.now()),
        trail(workspace, environment_in.digest, now, actor.name, actor.request) {}

  const Environment& environment;
  store::Workspace& workspace;
  Instant now;
  audit::Trail trail;
};

/// Runs `work(Change&)` in one unit of work.
template <typename F>
auto in_change(const Environment& environment, const WorkspaceId& workspace, const Actor& actor, F&& work)
    -> std::invoke_result_t<F, Change&> {
  using R = std::invoke_result_t<F, Change&>;
  return store::write(environment.store, [&](store::UnitOfWork& unit) -> R {
    Change change(environment, workspace, actor, unit);
    R done = work(change);
    if (done && environment.took_access != nullptr && change.trail.took_access()) *environment.took_access = true;
    return done;
  });
}

/// Runs `work(store::Workspace&)` on one snapshot.
template <typename F>
auto in_view(const Environment& environment, const WorkspaceId& workspace, F&& work)
    -> std::invoke_result_t<F, store::Workspace&> {
  using R = std::invoke_result_t<F, store::Workspace&>;
  return store::read(environment.store, [&](store::UnitOfWork& unit) -> R { return work(unit.workspace(workspace)); });
}

inline constexpr std::int64_t kLongestPage = 1'000;
[[nodiscard]] inline std::int64_t page_limit(std::int64_t wanted) {
  return std::clamp<std::int64_t>(wanted, 1, kLongestPage);
}

}  // namespace rolecall::administration
