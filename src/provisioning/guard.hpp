#pragma once

#include <optional>
#include <string>
#include <vector>

#include "session.hpp"

// The guard of a connection, at the end of a change and before its commit: the one place that every SCIM path which can
// take access from somebody goes through (guarded.hpp).

namespace rolecall::provisioning {

/// Somebody who loses something by a change.
struct Cost {
  ResourceId user;
  std::string name;
  Instant created{};
  bool is_deactivated = false;
  bool is_deleted = false;
  std::vector<access::Role> taken;
};

/// A change that was not done but is to be kept.
struct Pending {
  Effect effect;
  std::vector<Cost> costs;
  std::int64_t losses = 0;  ///< users, in the window and with this change
  std::int64_t limit = 0;
  std::optional<WaveId> wave;  ///< of what this user waits for already
};

[[nodiscard]] Result<access::GuardSettings> guard_settings(store::Workspace& workspace, const ConnectionId& connection);

/// Before a DELETE: keeps in the effect what goes with the resource, where the guard might be asked to bring it back.
[[nodiscard]] Result<void> note_what_is_lost(WriteSession& session, const store::ResourceRecord& record);

/// Who lost something by what the session did.
[[nodiscard]] Result<std::vector<Cost>> costs_of(WriteSession& session);

/// Judges what the session did. Either it may stay, and then it is counted and remembered for the way back, or the
/// answer is what has to be kept in its place once it has been taken back. Fails with `forbidden` when a protected role
/// would be taken, and with `held` for what is too much and cannot be kept.
[[nodiscard]] Result<std::optional<Pending>> judge(WriteSession& session);

/// Remembers a change for the way back.
[[nodiscard]] Result<void> note_taken(WriteSession& session, const std::vector<Cost>& costs,
                                      const std::optional<WaveId>& wave);

/// Losses and what was taken, as far as they are over.
[[nodiscard]] Result<void> prune_guard(store::Workspace& workspace, const ConnectionId& connection,
                                       const access::GuardSettings& settings, Instant now);

/// What becomes of a change that does not pass.
struct Held {
  bool is_kept = false;  ///< else it was rejected before, or too many wait already
  Error answer;          ///< for the client, unless a success is wanted for what is kept
};
[[nodiscard]] Result<Held> hold(WriteSession& session, const Pending& pending);

/// What the IdP said of a resource is out of date once it has said something else that was done.
[[nodiscard]] Result<void> withdraw_outdated(WriteSession& session);

// What the guard does, as the audit has it, and the only place where that is written.
[[nodiscard]] Result<void> audit_trip(WriteSession& session, const store::WaveRecord& wave);
[[nodiscard]] Result<void> audit_held(WriteSession& session, const store::HeldChangeRecord& change);
/// Applied, rejected or withdrawn, as its state says.
[[nodiscard]] Result<void> audit_decided(WriteSession& session, const store::HeldChangeRecord& change);
[[nodiscard]] Result<void> audit_undone(audit::Trail& trail, const store::WaveRecord& wave, std::int64_t restored,
                                        std::int64_t left);

}  // namespace rolecall::provisioning
