#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/access/guard.hpp"
#include "rolecall/base/clock.hpp"
#include "rolecall/base/ids.hpp"
#include "rolecall/base/result.hpp"

// What the guard against mass removal remembers: settings, who lost something lately, what was done then and how to
// take it back, and what waits for an administrator.

namespace rolecall::store {

/// A time in which a connection took too much. What it had done in the window before belongs to it.
struct WaveRecord {
  WaveId id;
  ConnectionId connection;
  Instant opened{};
  Instant last{};  ///< the latest change that went over the limit
  access::GuardMode mode = access::GuardMode::hold;
  std::int64_t losses = 0;  ///< users counted when it was opened, those of the change included
  std::int64_t limit = 0;
  std::optional<Instant> undone;
  std::string undone_by;
};

/// A change that took something, as it was done.
struct TakenRecord {
  std::string id;
  ConnectionId connection;
  std::optional<WaveId> wave;
  Instant at{};
  std::string effect;  ///< JSON: enough to take it back
};

enum class HeldState {
  held,
  applied,
  rejected,
  withdrawn,  ///< the IdP has said something else since, or what it was about is gone
};
/// "held", "applied", "rejected", "withdrawn".
[[nodiscard]] const char* name_of(HeldState state);
[[nodiscard]] std::optional<HeldState> parse_held_state(std::string_view text);

/// A change that waits, or waited, for an administrator.
struct HeldChangeRecord {
  HeldChangeId id;
  ConnectionId connection;
  WaveId wave;
  std::string digest;  ///< of what it does: the same change asked for again is the same row
  std::string action;  ///< "deactivate", "change", "delete"
  std::string type;    ///< "User", "Group"
  ResourceId resource;
  std::string name;    ///< of the resource, when it was asked for
  std::string effect;  ///< JSON: enough to do it
  std::string costs;   ///< JSON array: who would lose what, the first of them
  std::int64_t users = 0;
  std::string asked_by;  ///< "token:<id>"
  Instant since{};
  Instant last_asked{};
  std::int64_t asked = 1;
  std::optional<Instant> due;  ///< when it is done by itself
  HeldState state = HeldState::held;
  std::string note;  ///< why it could not be done
  std::string decided_by;
  std::optional<Instant> decided;
};

/// Empty members of a filter say nothing.
struct HeldFilter {
  std::optional<HeldState> state;
  ConnectionId connection;
  WaveId wave;
  std::string type;
  ResourceId resource;
  HeldChangeId after = {};  ///< of a list: only later ones
};

class GuardRepository {
 public:
  virtual ~GuardRepository() = default;
  /// None: as they are by default.
  [[nodiscard]] virtual Result<std::optional<access::GuardSettings>> settings(const ConnectionId& connection) = 0;
  [[nodiscard]] virtual Result<void> set_settings(const ConnectionId& connection,
                                                  const access::GuardSettings& settings) = 0;

  // Losses: one row for a user of a connection.
  /// Now is the latest. `ends_access`: deactivated or deleted.
  [[nodiscard]] virtual Result<void> count_loss(const ConnectionId& connection, const ResourceId& user, Instant at,
                                                bool ends_access) = 0;
  /// Has this user a loss since then, that was not taken back?
  [[nodiscard]] virtual Result<bool> is_counted(const ConnectionId& connection, const ResourceId& user,
                                                Instant since) = 0;
  /// Users with a loss since then, taken back or not.
  [[nodiscard]] virtual Result<std::int64_t> losses(const ConnectionId& connection, Instant since) = 0;
  /// Those who are active, and those whose access ended since then and who are not.
  [[nodiscard]] virtual Result<std::int64_t> active_users(const ConnectionId& connection, Instant since) = 0;
  /// A loss that was taken back goes on to count in its window, but the user is not counted any more.
  [[nodiscard]] virtual Result<void> mark_restored(const ConnectionId& connection, const ResourceId& user) = 0;

  // What was taken, for the way back.
  [[nodiscard]] virtual Result<void> note_taken(const TakenRecord& taken) = 0;
  /// Gives those since then that belong to no wave to this one.
  [[nodiscard]] virtual Result<void> adopt(const ConnectionId& connection, Instant since, const WaveId& wave) = 0;
  /// Newest first.
  [[nodiscard]] virtual Result<std::vector<TakenRecord>> taken_in(const WaveId& wave, std::int64_t limit) = 0;
  [[nodiscard]] virtual Result<std::int64_t> count_taken(const WaveId& wave) = 0;
  [[nodiscard]] virtual Result<void> forget_taken(const std::string& id) = 0;
  /// Losses and what was taken: of no wave before `window`, of a wave before `wave`.
  [[nodiscard]] virtual Result<void> prune(const ConnectionId& connection, Instant window, Instant wave) = 0;

  [[nodiscard]] virtual Result<void> insert_wave(const WaveRecord& wave) = 0;
  /// `last`, `undone` and `undone_by`.
  [[nodiscard]] virtual Result<void> update_wave(const WaveRecord& wave) = 0;
  [[nodiscard]] virtual Result<std::optional<WaveRecord>> find_wave(const WaveId& id) = 0;
  /// Newest first; of all connections when it is empty.
  [[nodiscard]] virtual Result<std::vector<WaveRecord>> waves(const ConnectionId& connection, const WaveId& before,
                                                              std::int64_t limit) = 0;
  [[nodiscard]] virtual Result<std::int64_t> count_waves() = 0;
  /// Forgets the waves beyond the newest `keep` and those that were over before `oldest`, but none of which a held
  /// change, or something that can be taken back, is left.
  [[nodiscard]] virtual Result<void> forget_waves(std::int64_t keep, Instant oldest) = 0;
  /// As `is_counted`: which of these users, in no order.
  [[nodiscard]] virtual Result<std::vector<ResourceId>> counted_of(const ConnectionId& connection,
                                                                   const std::vector<ResourceId>& users,
                                                                   Instant since) = 0;
};

class HeldChangeRepository {
 public:
  virtual ~HeldChangeRepository() = default;
  [[nodiscard]] virtual Result<void> insert(const HeldChangeRecord& change) = 0;
  /// Effect, costs, users and all that follow them.
  [[nodiscard]] virtual Result<void> update(const HeldChangeRecord& change) = 0;
  [[nodiscard]] virtual Result<std::optional<HeldChangeRecord>> find(const HeldChangeId& id) = 0;
  /// The newest of that digest.
  [[nodiscard]] virtual Result<std::optional<HeldChangeRecord>> find_by_digest(const ConnectionId& connection,
                                                                               const std::string& digest) = 0;
  /// In the order in which they came.
  [[nodiscard]] virtual Result<std::vector<HeldChangeRecord>> list(const HeldFilter& filter, std::int64_t limit) = 0;
  [[nodiscard]] virtual Result<std::int64_t> count(const HeldFilter& filter) = 0;
  /// Those held whose time has come, the oldest first.
  [[nodiscard]] virtual Result<std::vector<HeldChangeRecord>> due(Instant now, std::int64_t limit) = 0;
  /// Of those that are decided: forgets all but the `keep` that were decided last, and those decided before `oldest`.
  [[nodiscard]] virtual Result<void> forget_decided(std::int64_t keep, Instant oldest) = 0;
};

}  // namespace rolecall::store
