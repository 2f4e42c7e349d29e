#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/provisioning/provisioning.hpp"

// What an administrator, or the clock, does with changes that the guard holds, and with a wave that it let through.
// Each is one unit of work, in which one change that fails leaves the others alone. None of it is asked of the guard
// again, but a last holder of a protected role stays one. Thread-safe.

namespace rolecall::provisioning {

/// Who decides, for the audit.
struct Decider {
  WorkspaceId workspace;
  std::string actor;
  RequestId request;
};

/// By id, and then whatever became of them, or all that are held and fit the filter.
struct HeldSelection {
  std::vector<HeldChangeId> ids;
  store::HeldFilter filter;
};
/// Decided in one call; other writers wait for as long.
inline constexpr std::int64_t kDecidedAtOnce = 500;

struct Decision {
  store::HeldChangeRecord change;  ///< as it is now
  std::optional<Error> error;      ///< why it is as it was
};
struct Decisions {
  std::vector<Decision> made;
  std::int64_t left = 0;  ///< of the selection, beyond kDecidedAtOnce
};

/// Does what was held, as it would be done now. What it is about may have changed since: then what it said is done to
/// what is there, and what is gone is left alone. `not_found` for an id that is not known.
[[nodiscard]] Result<Decisions> apply_held(const Environment& environment, const Decider& decider,
                                           const HeldSelection& selection);
/// The same change asked for again is refused for seven days.
[[nodiscard]] Result<Decisions> reject_held(const Environment& environment, const Decider& decider,
                                            const HeldSelection& selection);
/// Applies what has waited for long enough, in every workspace; how many. One that fails stays held and says why.
[[nodiscard]] Result<std::int64_t> apply_due(const Environment& environment);

/// Forgets, in every workspace, what can no longer be taken back: what a wave did goes after seven days, everything
/// else with the window. It also goes when something is lost anew; this is for connections that are quiet.
[[nodiscard]] Result<void> forget_taken(const Environment& environment);

struct Undone {
  struct Left {
    std::string type;
    ResourceId id;
    std::string name;
    std::string reason;  ///< a sentence
  };
  store::WaveRecord wave;
  std::int64_t restored = 0;  ///< changes
  std::int64_t rejected = 0;  ///< changes of the wave that were still held
  std::vector<Left> left;     ///< what could not be taken back, and why
};
/// Takes back, the latest first, what a connection did in a wave and in the window before it: active again, in the
/// groups again, deleted ones there again under their ids, and the roles that follow. What somebody changed since is
/// left. What the wave still holds is rejected. Asked again it tries again what was left. `not_found`; `conflict` when
/// nothing is left to take back.
[[nodiscard]] Result<Undone> undo_wave(const Environment& environment, const Decider& decider, const WaveId& wave);

}  // namespace rolecall::provisioning
