#pragma once

#include <chrono>
#include <cstdint>

#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

/// For how long, and how much of, what is not needed for the work of today is kept in each workspace: both bounds
/// hold. The audit is not among it, and is never forgotten.
struct Retention {
  std::int64_t history_keep = 1'000'000;  ///< spells of roles that have ended, newest end first
  std::chrono::hours history_age{24 * 730};
  std::int64_t guard_keep = 10'000;  ///< decided held changes, and waves
  std::chrono::hours guard_age{24 * 90};
  std::chrono::hours actions_age{24 * 730};  ///< actions in directories, since they ended
  std::chrono::hours events_age{24 * 7};     ///< of directories: as long as nothing that is told again counts twice
  std::int64_t answers_keep = 100'000;       ///< under an Idempotency-Key; their age is fixed
};

/// How long a POST with an Idempotency-Key can be repeated.
inline constexpr std::chrono::hours kAnswersKept{7 * 24};

/// Forgets what is over the bounds, in every workspace and in small units of work. An instant before the oldest spell
/// that is left is not explained from then on: explain_user_at refuses it instead of leaving somebody out.
[[nodiscard]] Result<void> forget_old(const Environment& environment, const Retention& retention);

/// No lease, rest or next attempt of a job is set further ahead than this.
inline constexpr std::chrono::hours kFarthest{24};
/// Ends those that are, because the clock was ahead when they were set and the jobs would wait until then. How many.
[[nodiscard]] Result<std::int64_t> end_far_times(const Environment& environment);

}  // namespace rolecall::administration
