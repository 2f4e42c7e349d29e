#include "rolecall/provisioning/directory_access.hpp"

#include <limits>

#include "change.hpp"
#include "guarded.hpp"
#include "redo.hpp"

namespace rolecall::provisioning {
namespace {

using store::EndedAccessRecord;
using store::EndingState;
using What = SettledAccess::What;

/// Rows looked at for one. Others may have taken the first ones.
constexpr std::int64_t kLookedAt = 8;

/// "SyncRun/<id>", "DirectoryEvent/<uuid>": what was done because of it stands together.
RequestId request_of(const EndedAccessRecord& ending) {
  return RequestId(ending.cause.substr(ending.cause.find('/') + 1));
}

std::string actor_of(const EndedAccessRecord& ending) { return "directory:" + ending.directory.value(); }

json::Object describe(const EndedAccessRecord& ending) {
  return {{"directory", "Directory/" + ending.directory.value()},
          {"person", ending.person},
          {"status", ending.status},
          {"because", ending.cause}};
}

/// One settlement in its unit of work.
struct Settling {
  store::UnitOfWork& unit;
  const Environment& environment;
  store::Workspace& workspace;
  EndedAccessRecord ending;
  std::optional<GuardTrip> trip = {};

  [[nodiscard]] Result<void> put() const { return workspace.ended_access().put(ending); }
  [[nodiscard]] Result<void> drop() const {
    ROLECALL_TRY(workspace.ended_access().remove(ending.directory, ending.person));
    return {};
  }
};

/// Gives the account this value of `active`, as a PATCH of its connection would.
Result<Outcome> set_active(Settling& settling, const store::ResourceRecord& user, bool is_active) {
  ROLECALL_TRY_ASSIGN(const auto connection, settling.workspace.connections().find(user.connection));
  const auto* type = settling.environment.registry.find_type("User");
  if (!connection || type == nullptr) return internal_error("a user's connection or type is gone");
  const EndedAccessRecord& ending = settling.ending;
  const Caller caller{settling.workspace.id(), connection->id, {}, request_of(ending), false, actor_of(ending)};
  Notices notices;
  return attempt_guarded(settling.unit, settling.environment, caller, settling.workspace, *connection, notices,
                         [&](WriteSession& session) -> Result<void> {
                           // What is held of it is out of date as soon as the directory has it active again.
                           session.is_last_word = is_active;
                           ROLECALL_TRY(redo(session, *type, user.id, {{"active", is_active}}, {}, {}));
                           if (user.is_active == is_active) return {};
                           return session.trail.record(is_active ? "user.access_returned" : "user.access_ended",
                                                       target_of(user), describe(ending));
                         });
}

Result<What> tell_refusal(Settling& settling, const char* action, const Error& error) {
  const EndedAccessRecord& ending = settling.ending;
  audit::Trail trail(settling.workspace, settling.environment.digest, settling.environment.clock.now(), "system",
                     request_of(ending));
  json::Object details = describe(ending);
  details.append("refused", error.detail);
  ROLECALL_TRY(trail.record(action, "User/" + ending.user.value(), std::move(details)));
  return What::refused;
}

Result<What> refuse_end(Settling& settling, const Error& error) {
  EndedAccessRecord& ending = settling.ending;
  const bool is_told = ending.note == error.detail;
  ending.state = EndingState::refused;
  ending.note = error.detail;
  ROLECALL_TRY(settling.put());
  // A directory is read every few hours, and would say the same each time.
  return is_told ? What::refused : tell_refusal(settling, "user.access_not_ended", error);
}

Result<What> end(Settling& settling, const std::optional<store::ResourceRecord>& user) {
  EndedAccessRecord& ending = settling.ending;
  if (!user || !user->is_active) {
    ROLECALL_TRY(settling.drop());
    return What::nothing;
  }
  ROLECALL_TRY_ASSIGN(const auto outcome, set_active(settling, *user, false));
  settling.trip = outcome.trip;
  if (outcome.is_held) {
    ending.state = EndingState::held;
    ROLECALL_TRY(settling.put());
    return What::held;
  }
  if (outcome.error) return refuse_end(settling, *outcome.error);
  ending.state = EndingState::ended;
  ending.note.clear();
  ending.ended = settling.environment.clock.now();
  ROLECALL_TRY(settling.put());
  return What::ended;
}

/// Was it this directory that deactivated the account the last time? Only that is given back.
Result<bool> is_ours(Settling& settling, const store::ResourceRecord& user) {
  constexpr std::int64_t kAtOnce = 100;
  constexpr int kPages = 20;
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  for (int page = 0; page < kPages; ++page) {
    ROLECALL_TRY_ASSIGN(const auto rows, settling.workspace.audit().about(target_of(user), before, kAtOnce));
    for (const store::AuditRecord& row : rows) {
      if (row.action == "user.reactivated") return false;
      if (row.action == "user.deactivated") return row.actor == actor_of(settling.ending);
    }
    if (rows.size() < static_cast<std::size_t>(kAtOnce)) return false;
    before = rows.back().seq;
  }
  return false;
}

Result<What> give_back(Settling& settling, const std::optional<store::ResourceRecord>& user) {
  ROLECALL_TRY(settling.drop());
  if (!user) return What::nothing;
  if (!user->is_active) {
    ROLECALL_TRY_ASSIGN(const bool was_ours, is_ours(settling, *user));
    if (!was_ours) return What::nothing;
  }
  // An account that is active only loses what the guard still holds of it.
  ROLECALL_TRY_ASSIGN(const auto outcome, set_active(settling, *user, true));
  if (outcome.error) return tell_refusal(settling, "user.access_not_returned", *outcome.error);
  return user->is_active ? What::nothing : What::returned;
}

Result<std::optional<SettledAccess>> settle(store::UnitOfWork& unit, const Environment& environment,
                                            const store::DueEnding& due, std::optional<GuardTrip>& trip) {
  store::Workspace& workspace = unit.workspace(due.workspace);
  ROLECALL_TRY_ASSIGN(const bool is_mine, workspace.ended_access().take(due.directory, due.person));
  if (!is_mine) return std::optional<SettledAccess>();
  ROLECALL_TRY_ASSIGN(auto ending, workspace.ended_access().find(due.directory, due.person));
  if (!ending) return std::optional<SettledAccess>();
  const bool is_end = ending->state == EndingState::ending;
  Settling settling{unit, environment, workspace, std::move(*ending)};
  ROLECALL_TRY_ASSIGN(const auto user, workspace.resources().find_anywhere("User", settling.ending.user));
  ROLECALL_TRY_ASSIGN(const What what, is_end ? end(settling, user) : give_back(settling, user));
  trip = settling.trip;
  return std::optional(SettledAccess{due.workspace, due.directory, settling.ending.user, what});
}

}  // namespace

const char* name_of(What what) {
  switch (what) {
    case What::ended:
      return "ended";
    case What::returned:
      return "returned";
    case What::held:
      return "held";
    case What::refused:
      return "refused";
    case What::nothing:
      return "nothing";
  }
  return "";
}

Result<std::optional<SettledAccess>> settle_directory_access(const Environment& environment) {
  ROLECALL_TRY_ASSIGN(const auto due, store::read(environment.store, [&](store::UnitOfWork& unit) {
                        return unit.due_endings(environment.clock.now(), kLookedAt);
                      }));
  for (const store::DueEnding& one : due) {
    std::optional<GuardTrip> trip;
    ROLECALL_TRY_ASSIGN(auto settled, store::write(environment.store, [&](store::UnitOfWork& unit) {
                          trip.reset();
                          return settle(unit, environment, one, trip);
                        }));
    if (trip && environment.on_trip) environment.on_trip(*trip);
    if (settled) return settled;
  }
  return std::optional<SettledAccess>();
}

}  // namespace rolecall::provisioning
