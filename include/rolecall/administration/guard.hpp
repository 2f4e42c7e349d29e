#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/access/guard.hpp"
#include "rolecall/administration/environment.hpp"
#include "rolecall/json/value.hpp"

// How the guard of each connection is set, and how near its limit it is. What it holds is decided in
// provisioning/held_changes.hpp.

namespace rolecall::administration {

struct GuardView {
  store::ConnectionRecord connection;
  access::GuardSettings settings;
  std::int64_t losses = 0;  ///< users, in the window until now
  std::int64_t limit = 0;
  std::int64_t active_users = 0;  ///< as the limit counts them
  std::int64_t held = 0;          ///< changes that wait
  std::optional<WaveId> wave;     ///< the newest one
};

/// The settings as the API, the audit and plans show them: mode, minimum, percent, window_minutes, newcomer_hours,
/// auto_apply_minutes, answer.
[[nodiscard]] json::Object to_json(const access::GuardSettings& settings);

/// By name of the connection.
[[nodiscard]] Result<std::vector<GuardView>> list_guards(const Environment& environment, const WorkspaceId& workspace);
/// `connection` is a name or an id.
[[nodiscard]] Result<GuardView> get_guard(const Environment& environment, const WorkspaceId& workspace,
                                          const std::string& connection);
/// `invalid_value` for a number out of its range. What is held stays held.
[[nodiscard]] Result<GuardView> set_guard(const Environment& environment, const WorkspaceId& workspace,
                                          const Actor& actor, const std::string& connection,
                                          const access::GuardSettings& settings);

struct WaveView {
  store::WaveRecord wave;
  std::string connection_name;
  std::int64_t changes = 0;  ///< that can be taken back
  std::int64_t held = 0;
};
/// Newest first.
[[nodiscard]] Result<std::vector<WaveView>> list_waves(const Environment& environment, const WorkspaceId& workspace,
                                                       const WaveId& before, std::int64_t limit);

struct HeldChangeView {
  store::HeldChangeRecord change;
  std::string connection_name;
};
/// In the order in which they came.
[[nodiscard]] Result<std::vector<HeldChangeView>> list_held(const Environment& environment,
                                                            const WorkspaceId& workspace,
                                                            const store::HeldFilter& filter, std::int64_t limit);
[[nodiscard]] Result<HeldChangeView> get_held(const Environment& environment, const WorkspaceId& workspace,
                                              const HeldChangeId& id);
[[nodiscard]] Result<std::int64_t> count_held(const Environment& environment, const WorkspaceId& workspace);

}  // namespace rolecall::administration
