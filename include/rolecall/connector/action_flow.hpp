#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "rolecall/access/action_state.hpp"
#include "rolecall/connector/connector.hpp"

// How an action goes from one call to the next. Pure: what came back is given, what is stored follows.

namespace rolecall::connector {

enum class ActionStep {
  read,    ///< the person, before anything is done
  call,    ///< the action itself
  verify,  ///< the person, because an answer did not say how it ended
};

/// Calls that come to nothing one after the other before an action is given up: with the waits between them, an hour.
inline constexpr std::int64_t kActionPatience = 16;
/// Reads that find nothing done before what may have been lost on the way is taken for not done.
inline constexpr std::int64_t kLooksForLost = 3;

/// Where an action stands between two calls.
struct ActionPlace {
  access::ActionState state = access::ActionState::leased;
  bool is_verifying = false;  ///< the call succeeded
  std::int64_t failures = 0;
};
/// What it does next when somebody takes it.
[[nodiscard]] ActionStep next_step(const ActionType& type, const ActionPlace& place);
/// A person is read first wherever there is one, so that nothing is done in vain; what may be repeated is just done.
[[nodiscard]] bool reads_first(const ActionType& type);

struct ActionMove {
  access::ActionState state = access::ActionState::approved;
  std::optional<ActionStep> next = {};  ///< at once
  std::optional<Instant> due = {};      ///< later; neither: it has ended
  bool is_verifying = false;
  std::int64_t failures = 0;
  std::string note = {};  ///< a sentence; empty where there is nothing to say

  [[nodiscard]] bool has_ended() const { return !next && !due; }
};
/// The process that made the call did not live to see its end.
[[nodiscard]] ActionMove after_crash(const ActionType& type, const ActionPlace& place, Instant now);
[[nodiscard]] ActionMove after_call(const ActionType& type, Instant now);
[[nodiscard]] ActionMove after_person(const ActionType& type, ActionStep step, const ActionPlace& place,
                                      const Decision& decision, Instant now);
/// `is_absent`: the provider itself says that there is no such person.
[[nodiscard]] ActionMove after_trouble(const ActionType& type, ActionStep step, const ActionPlace& place,
                                       const Trouble& trouble, bool is_absent, Instant now);

/// A provider that does not answer, or answers with faults of its own, is left alone for longer and longer.
inline constexpr std::int64_t kBreaksAfter = 3;  ///< such calls one after the other
[[nodiscard]] bool is_breakdown(const Trouble& trouble);
/// None while there were too few.
[[nodiscard]] std::optional<std::chrono::seconds> rest_after(std::int64_t failures);

}  // namespace rolecall::connector
