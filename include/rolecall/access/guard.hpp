#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "rolecall/access/effective.hpp"
#include "rolecall/access/role.hpp"
#include "rolecall/base/result.hpp"

// When an IdP takes access from too many users at once, it is more often a mistake than a wish. These are the rules by
// which that is told; nothing here knows where the numbers come from. Pure.

namespace rolecall::access {

enum class GuardMode {
  hold,     ///< what goes over the limit waits for an administrator
  observe,  ///< it is done, and said
  off,      ///< nothing is counted
};
/// What the client is told of a change that is held.
enum class GuardAnswer {
  refuse,  ///< 503 and Retry-After, so that the IdP's own log stays honest
  accept,  ///< success, and it is pending here
};

/// Of one connection.
struct GuardSettings {
  GuardMode mode = GuardMode::hold;
  std::int64_t minimum = 25;                ///< users; so many may always lose something
  std::int64_t percent = 20;                ///< of the connection's active users
  std::chrono::minutes window{60};          ///< over which losses are counted
  std::chrono::hours newcomers{24};         ///< accounts younger than this do not count; 0: all do
  std::chrono::minutes auto_apply{4 * 60};  ///< after which a held deactivation is done unless rejected; 0: never
  GuardAnswer answer = GuardAnswer::refuse;
  bool operator==(const GuardSettings&) const = default;
};

/// "hold", "observe", "off".
[[nodiscard]] const char* name_of(GuardMode mode);
[[nodiscard]] Result<GuardMode> parse_guard_mode(std::string_view text);
/// "refuse", "accept".
[[nodiscard]] const char* name_of(GuardAnswer answer);
[[nodiscard]] Result<GuardAnswer> parse_guard_answer(std::string_view text);

inline constexpr std::int64_t kGuardMinimumMost = 1'000'000;
inline constexpr std::chrono::minutes kGuardWindowMost{7 * 24 * 60};
inline constexpr std::chrono::hours kGuardNewcomersMost{90 * 24};
inline constexpr std::chrono::minutes kGuardAutoApplyMost{7 * 24 * 60};
/// `invalid_value` for a number out of its range, naming the member.
[[nodiscard]] Result<void> check(const GuardSettings& settings);

/// How many users may lose something in the window: the larger of the minimum and the percentage.
[[nodiscard]] std::int64_t guard_limit(const GuardSettings& settings, std::int64_t active_users);
/// Would `added` more users, besides those `counted` in the window, be too many? A user counts once.
[[nodiscard]] bool is_over(const GuardSettings& settings, std::int64_t counted, std::int64_t added,
                           std::int64_t active_users);
/// An account that was made so lately that losing it again is set-up, not harm.
[[nodiscard]] bool is_newcomer(const GuardSettings& settings, Instant created, Instant now);

/// The roles that a change took from somebody. One is taken that was held before and is not afterwards, unless
/// - it was held by default and something was granted instead: a fallback is not taken by what it stands in for;
/// - all its permissions are held still, by a role that was won: a promotion.
/// A protected role is taken whatever was won. `roles` knows every role that is named; one that it does not know has no
/// permissions.
[[nodiscard]] std::vector<RoleId> taken_roles(const std::vector<Grant>& before, const std::vector<Grant>& after,
                                              const std::map<RoleId, Role>& roles);

}  // namespace rolecall::access
