#include "guard.hpp"

// Trip, hold, decision and undo are told here and nowhere else: whoever wants to raise an event from them does it here.

namespace rolecall::provisioning {
namespace {

std::string target_of(const store::HeldChangeRecord& change) { return "HeldChange/" + change.id.value(); }

json::Object describe(const store::HeldChangeRecord& change) {
  return {{"action", change.action},
          {"resource", change.type + "/" + change.resource.value()},
          {"users", change.users},
          {"wave", "Wave/" + change.wave.value()},
          {"connection", "Connection/" + change.connection.value()}};
}

}  // namespace

Result<void> audit_trip(WriteSession& session, const store::WaveRecord& wave) {
  session.trip =
      GuardTrip{session.caller.workspace, session.connection.name, wave.id, wave.mode, wave.losses, wave.limit,
                session.caller.request};
  return session.trail.record("guard.tripped", "Wave/" + wave.id.value(),
                              {{"connection", "Connection/" + wave.connection.value()},
                               {"mode", access::name_of(wave.mode)},
                               {"users", wave.losses},
                               {"limit", wave.limit}});
}

Result<void> audit_held(WriteSession& session, const store::HeldChangeRecord& change) {
  return session.trail.record("guard.held", target_of(change), describe(change));
}

Result<void> audit_decided(WriteSession& session, const store::HeldChangeRecord& change) {
  return session.trail.record(std::string("guard.") + store::name_of(change.state), target_of(change),
                              describe(change));
}

Result<void> audit_undone(audit::Trail& trail, const store::WaveRecord& wave, std::int64_t restored,
                          std::int64_t left) {
  return trail.record("guard.undone", "Wave/" + wave.id.value(),
                      {{"connection", "Connection/" + wave.connection.value()}, {"changes", restored}, {"left", left}});
}

}  // namespace rolecall::provisioning
