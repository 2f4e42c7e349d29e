#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "guard.hpp"

namespace rolecall::provisioning {

/// What came of one change under guard.
struct Outcome {
  std::optional<Error> error;  ///< none: to the client it is a success
  bool is_held = false;        ///< it was not done, and what was stored in its place is to stay
  std::optional<GuardTrip> trip;
};

/// Does `work(WriteSession&)` and lets the guard judge it, in the unit of work. What goes too far is taken back, and
/// what stands for it is stored instead: then the unit is to be committed although there is an error to be told. Fails
/// when the unit of work is lost.
template <typename F>
Result<Outcome> attempt_guarded(store::UnitOfWork& unit, const Environment& environment, const Caller& caller,
                                store::Workspace& workspace, const store::ConnectionRecord& connection,
                                Notices& notices, F&& work) {
  Outcome outcome;
  std::optional<Pending> pending;
  ROLECALL_TRY_ASSIGN(auto attempted, unit.attempt([&]() -> Result<void> {
    WriteSession session(environment, caller, workspace, connection, notices);
    ROLECALL_TRY(work(session));
    notices.took_access = session.trail.took_access();
    ROLECALL_TRY_ASSIGN(pending, judge(session));
    outcome.trip = session.trip;
    if (pending) return internal_error("a change is to be held");
    return withdraw_outdated(session);
  }));
  if (attempted) return outcome;
  outcome.trip.reset();
  // What they tell of was taken back.
  notices = Notices();
  if (!pending) {
    outcome.error = std::move(attempted).error();
    return outcome;
  }
  // Its own: the head of the audit chain that the other carried along was taken back.
  WriteSession session(environment, caller, workspace, connection, notices);
  ROLECALL_TRY_ASSIGN(auto held, hold(session, *pending));
  outcome.trip = session.trip;
  outcome.is_held = held.is_kept;
  ROLECALL_TRY_ASSIGN(const auto settings, guard_settings(workspace, connection.id));
  if (settings.answer == access::GuardAnswer::refuse || !held.is_kept) outcome.error = std::move(held.answer);
  return outcome;
}

/// Runs `work(WriteSession&)` in one unit of work of the caller's workspace, under the guard of the connection.
/// `notices` hold what the successful run said, however often it was repeated.
template <typename F>
auto in_guarded_write(const Environment& environment, const Caller& caller, Notices& notices, F&& work)
    -> std::invoke_result_t<F, WriteSession&> {
  using R = std::invoke_result_t<F, WriteSession&>;
  std::optional<R> result;
  Outcome outcome;
  auto done = environment.store.write([&](store::UnitOfWork& unit) -> Result<void> {
    notices = Notices();
    store::Workspace& workspace = unit.workspace(caller.workspace);
    ROLECALL_TRY_ASSIGN(const auto connection, workspace.connections().find(caller.connection));
    if (!connection) return internal_error("the token's connection is gone");
    ROLECALL_TRY_ASSIGN(outcome, attempt_guarded(unit, environment, caller, workspace, *connection, notices,
                                                 [&](WriteSession& session) -> Result<void> {
                                                   result.emplace(work(session));
                                                   if (!*result) return fail(result->error());
                                                   return {};
                                                 }));
    if (outcome.error && !outcome.is_held) return fail(*outcome.error);
    return {};
  });
  if (!done) return fail(std::move(done).error());
  if (outcome.trip && environment.on_trip) environment.on_trip(*outcome.trip);
  if (outcome.error) return fail(std::move(*outcome.error));
  return std::move(*result);
}

}  // namespace rolecall::provisioning
