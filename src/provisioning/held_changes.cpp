#include "rolecall/provisioning/held_changes.hpp"

#include <algorithm>

#include "change.hpp"
#include "guard.hpp"
#include "redo.hpp"
#include "verbs.hpp"

namespace rolecall::provisioning {
namespace {

using store::HeldChangeRecord;
using store::HeldState;

constexpr std::int64_t kDueAtOnce = 100;

void settle(HeldChangeRecord& change, HeldState state, const WriteSession& session) {
  change.state = state;
  change.decided_by = session.trail.actor();
  change.decided = session.now;
  change.due.reset();
}

/// Does one, inside of its attempt.
Result<void> perform(WriteSession& session, HeldChangeRecord& change) {
  ROLECALL_TRY_ASSIGN(const auto effect, effect_from(change.effect));
  const auto* type = session.environment.registry.find_type(change.type);
  if (type == nullptr) return internal_error("the type of a held change is gone");
  ROLECALL_TRY_ASSIGN(const auto record,
                      session.workspace.resources().find(session.connection.id, type->name, change.resource));
  if (!record) {
    settle(change, HeldState::withdrawn, session);
    change.note = "It is gone.";
  } else {
    if (effect.is_deletion) {
      ROLECALL_TRY(remove_in(session, *type, change.resource, std::nullopt));
    } else {
      ROLECALL_TRY(redo(session, *type, change.resource, effect.after, {effect.removed, effect.unparked},
                        {effect.added, effect.parked}));
    }
    ROLECALL_TRY_ASSIGN(const auto costs, costs_of(session));
    if (!costs.empty()) ROLECALL_TRY(note_taken(session, costs, change.wave));
    settle(change, HeldState::applied, session);
    change.note.clear();
  }
  ROLECALL_TRY(session.workspace.held_changes().update(change));
  return audit_decided(session, change);
}

Result<Decision> apply_one(store::UnitOfWork& unit, const Environment& environment, const Decider& decider,
                           HeldChangeRecord change) {
  store::Workspace& workspace = unit.workspace(decider.workspace);
  ROLECALL_TRY_ASSIGN(const auto connection, workspace.connections().find(change.connection));
  if (!connection) return internal_error("the connection of a held change is gone");
  const Caller caller{decider.workspace, connection->id, {}, decider.request, false, decider.actor};
  Notices notices;
  const HeldChangeRecord before = change;
  ROLECALL_TRY_ASSIGN(auto attempted, unit.attempt([&]() -> Result<void> {
    WriteSession session(environment, caller, workspace, *connection, notices);
    return perform(session, change);
  }));
  if (attempted) return Decision{std::move(change), std::nullopt};
  change = before;
  change.note = attempted.error().detail;
  // By itself it would fail again.
  change.due.reset();
  ROLECALL_TRY(workspace.held_changes().update(change));
  return Decision{std::move(change), std::move(attempted).error()};
}

Result<std::vector<HeldChangeRecord>> select(store::Workspace& workspace, const HeldSelection& selection,
                                             std::int64_t& left) {
  std::vector<HeldChangeRecord> selected;
  if (selection.ids.empty()) {
    store::HeldFilter filter = selection.filter;
    filter.state = HeldState::held;
    ROLECALL_TRY_ASSIGN(selected, workspace.held_changes().list(filter, kDecidedAtOnce));
    ROLECALL_TRY_ASSIGN(const auto all, workspace.held_changes().count(filter));
    left = all - static_cast<std::int64_t>(selected.size());
    return selected;
  }
  for (const HeldChangeId& id : selection.ids) {
    if (selected.size() == static_cast<std::size_t>(kDecidedAtOnce)) break;
    ROLECALL_TRY_ASSIGN(auto found, workspace.held_changes().find(id));
    if (!found) {
      return fail_with_next(ErrorCode::not_found, "There is no held change “" + id.value() + "”.",
                            "rolecall guard held list shows those that there are.");
    }
    selected.push_back(std::move(*found));
  }
  left = static_cast<std::int64_t>(selection.ids.size() - selected.size());
  return selected;
}

Error decided_already(const HeldChangeRecord& change) {
  return Error{
      ErrorCode::conflict, std::string("This change was ") + store::name_of(change.state) + " before.", {}, {}, {}};
}

/// A rejection can be thought over; what was done, or is over, cannot be done again.
bool can_apply(const HeldChangeRecord& change) {
  return change.state == HeldState::held || change.state == HeldState::rejected;
}

}  // namespace

Result<Decisions> apply_held(const Environment& environment, const Decider& decider, const HeldSelection& selection) {
  return store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<Decisions> {
    Decisions decisions;
    ROLECALL_TRY_ASSIGN(auto selected, select(unit.workspace(decider.workspace), selection, decisions.left));
    for (HeldChangeRecord& change : selected) {
      if (!can_apply(change)) {
        const Error error = decided_already(change);
        decisions.made.push_back({std::move(change), error});
        continue;
      }
      ROLECALL_TRY_ASSIGN(auto decision, apply_one(unit, environment, decider, std::move(change)));
      decisions.made.push_back(std::move(decision));
    }
    return decisions;
  });
}

Result<Decisions> reject_held(const Environment& environment, const Decider& decider, const HeldSelection& selection) {
  return store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<Decisions> {
    store::Workspace& workspace = unit.workspace(decider.workspace);
    Decisions decisions;
    ROLECALL_TRY_ASSIGN(auto selected, select(workspace, selection, decisions.left));
    for (HeldChangeRecord& change : selected) {
      if (change.state != HeldState::held) {
        const Error error = decided_already(change);
        decisions.made.push_back({std::move(change), error});
        continue;
      }
      ROLECALL_TRY(reject_one(environment, decider, workspace, change));
      decisions.made.push_back({std::move(change), std::nullopt});
    }
    return decisions;
  });
}

Result<void> reject_one(const Environment& environment, const Decider& decider, store::Workspace& workspace,
                        HeldChangeRecord& change) {
  ROLECALL_TRY_ASSIGN(const auto connection, workspace.connections().find(change.connection));
  if (!connection) return internal_error("the connection of a held change is gone");
  const Caller caller{decider.workspace, connection->id, {}, decider.request, false, decider.actor};
  Notices notices;
  WriteSession session(environment, caller, workspace, *connection, notices);
  settle(change, HeldState::rejected, session);
  ROLECALL_TRY(workspace.held_changes().update(change));
  return audit_decided(session, change);
}

Result<void> forget_taken(const Environment& environment) {
  const Instant now = environment.clock.now();
  return environment.store.write([&](store::UnitOfWork& unit) -> Result<void> {
    ROLECALL_TRY_ASSIGN(const auto workspaces, unit.workspaces());
    for (const auto& record : workspaces) {
      store::Workspace& workspace = unit.workspace(record.id);
      ROLECALL_TRY_ASSIGN(const auto connections, workspace.connections().list());
      for (const auto& connection : connections) {
        ROLECALL_TRY_ASSIGN(const auto settings, guard_settings(workspace, connection.id));
        ROLECALL_TRY(prune_guard(workspace, connection.id, settings, now));
      }
    }
    return {};
  });
}

Result<std::int64_t> apply_due(const Environment& environment) {
  const Instant now = environment.clock.now();
  ROLECALL_TRY_ASSIGN(const auto workspaces,
                      store::read(environment.store, [](store::UnitOfWork& unit) { return unit.workspaces(); }));
  std::int64_t applied = 0;
  for (const auto& workspace : workspaces) {
    const Decider decider{workspace.id, "system", RequestId("guard")};
    for (;;) {
      // Nothing is due most of the time, and a write would make others wait.
      ROLECALL_TRY_ASSIGN(const auto due, store::read(environment.store, [&](store::UnitOfWork& unit) {
                            return unit.workspace(workspace.id).held_changes().due(now, kDueAtOnce);
                          }));
      if (due.empty()) break;
      ROLECALL_TRY_ASSIGN(
          const auto done, store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<std::int64_t> {
            std::int64_t count = 0;
            for (const HeldChangeRecord& found : due) {
              ROLECALL_TRY_ASSIGN(auto change, unit.workspace(workspace.id).held_changes().find(found.id));
              // Somebody may have decided in between.
              if (!change || change->state != HeldState::held || !change->due || *change->due > now) continue;
              ROLECALL_TRY_ASSIGN(const auto decision, apply_one(unit, environment, decider, std::move(*change)));
              if (!decision.error) ++count;
            }
            return count;
          }));
      applied += done;
    }
  }
  return applied;
}

}  // namespace rolecall::provisioning
