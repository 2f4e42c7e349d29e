#include "rolecall/connector/action_flow.hpp"

#include <algorithm>

namespace rolecall::connector {
namespace {

using access::ActionState;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Kind = Trouble::Kind;

constexpr milliseconds kFirstRetry{500};
constexpr milliseconds kLongestRetry{600'000};
/// Between two reads of somebody who is changing.
constexpr milliseconds kWhileChanging{1'000};
/// Before a call whose answer was lost is looked for: it may still be on its way.
constexpr milliseconds kWhileLost{2'000};

milliseconds wait_after(std::int64_t failures) {
  milliseconds wait = kFirstRetry;
  for (std::int64_t failed = 1; failed < failures && wait < kLongestRetry; ++failed) wait *= 2;
  return std::min(wait, kLongestRetry);
}

ActionMove ended(ActionState state, std::string note) {
  ActionMove move;
  move.state = state;
  move.note = std::move(note);
  return move;
}

ActionMove later(const ActionPlace& place, ActionState state, Instant due, std::string note) {
  ActionMove move;
  move.state = state;
  move.due = due;
  move.is_verifying = place.is_verifying;
  move.failures = place.failures;
  move.note = std::move(note);
  return move;
}

/// Nobody knows whether the call took effect.
ActionMove lost(const ActionType& type, const ActionPlace& place, Instant now, const std::string& why) {
  if (type.repeat == Repeat::once) {
    const std::string once = why + " It is not done a second time.";
    if (!type.is_told) return ended(ActionState::unknown, once);
    return later({ActionState::unknown, false, 0}, ActionState::unknown, now + kWhileLost, once);
  }
  const std::int64_t failures = place.failures + 1;
  if (failures >= kActionPatience) return ended(ActionState::unknown, why);
  return later({place.state, false, failures}, ActionState::approved, now + wait_after(failures), why);
}

/// The state of an action whose step did nothing.
ActionState state_without(ActionStep step, const ActionPlace& place) {
  if (step != ActionStep::verify) return ActionState::approved;
  return place.state == ActionState::unknown ? ActionState::unknown : ActionState::sent;
}

ActionMove not_yet(ActionStep step, const ActionPlace& place, Instant due, std::string note) {
  const std::int64_t failures = place.failures + 1;
  if (failures >= kActionPatience) {
    return ended(step == ActionStep::verify ? ActionState::unknown : ActionState::failed, std::move(note));
  }
  return later({place.state, place.is_verifying, failures}, state_without(step, place), due, std::move(note));
}

}  // namespace

bool reads_first(const ActionType& type) { return !type.targets.empty() && type.repeat != Repeat::natural; }

ActionStep next_step(const ActionType& type, const ActionPlace& place) {
  if (place.is_verifying || place.state == ActionState::unknown) return ActionStep::verify;
  return reads_first(type) ? ActionStep::read : ActionStep::call;
}

ActionMove after_crash(const ActionType& type, const ActionPlace& place, Instant now) {
  return lost(type, place, now, "The server ended while the call was under way.");
}

ActionMove after_call(const ActionType& type, Instant now) {
  if (!type.ends_later) return ended(ActionState::succeeded, "");
  return later({ActionState::sent, true, 0}, ActionState::sent, now + kWhileChanging,
               "The provider has begun, and is asked whether it has ended.");
}

ActionMove after_person(const ActionType& type, ActionStep step, const ActionPlace& place, const Decision& decision,
                        Instant now) {
  const bool is_before = step == ActionStep::read;
  switch (decision.kind) {
    case Decision::Kind::already:
      if (!is_before) return ended(ActionState::succeeded, "");
      return ended(ActionState::succeeded,
                   decision.sentence.empty() ? "The person was so already; nothing was sent." : decision.sentence);
    case Decision::Kind::waits:
      return later(place, state_without(step, place), now + kWhileChanging,
                   "The provider is still changing the person.");
    case Decision::Kind::refuse:
      if (is_before) return ended(ActionState::failed, decision.sentence);
      break;
    case Decision::Kind::call:
      if (!is_before) break;
      {
        ActionMove move;
        move.state = ActionState::leased;
        move.next = ActionStep::call;
        move.failures = place.failures;
        return move;
      }
  }
  // Looked at afterwards, and it is not as it should be.
  if (place.state == ActionState::unknown && (place.failures + 1 >= kLooksForLost)) {
    return ended(ActionState::failed, "The answer was lost, and it was not done: the person is as before.");
  }
  return not_yet(step, place, now + (place.state == ActionState::unknown ? kWhileLost : kWhileChanging),
                 "The person is as before" + std::string(type.ends_later ? ", although it was begun." : "."));
}

ActionMove after_trouble(const ActionType& type, ActionStep step, const ActionPlace& place, const Trouble& trouble,
                         bool is_absent, Instant now) {
  const std::string why = sentence_of(trouble);
  if (is_absent) {
    if (step == ActionStep::verify && type.removes) return ended(ActionState::succeeded, "");
    if (step == ActionStep::verify) return ended(ActionState::unknown, "There is nobody to look at any more. " + why);
    return ended(ActionState::failed, why);
  }
  switch (trouble.kind) {
    case Kind::throttled:
    case Kind::unauthorized:
    case Kind::no_consent:
      // Nothing was done, and it is no fault of this action's: it waits for its directory.
      return later(place, state_without(step, place),
                   trouble.kind == Kind::throttled ? trouble.retry_at.value_or(now + seconds(1)) : now, why);
    case Kind::try_again:
      return not_yet(step, place, trouble.retry_at.value_or(now + wait_after(place.failures + 1)), why);
    case Kind::missing_scope:
    case Kind::missing_role:
    case Kind::refused:
      if (step == ActionStep::verify) return ended(ActionState::unknown, why);
      return ended(ActionState::failed, why);
    case Kind::not_found:
    case Kind::unavailable:
    case Kind::unreadable:
      break;
  }
  if (step == ActionStep::call) return lost(type, place, now, why);
  return not_yet(step, place, trouble.retry_at.value_or(now + wait_after(place.failures + 1)), why);
}

bool is_breakdown(const Trouble& trouble) {
  return trouble.kind == Kind::unavailable || (trouble.kind == Kind::unreadable && trouble.status == 0);
}

std::optional<seconds> rest_after(std::int64_t failures) {
  constexpr seconds kFirst{5};
  constexpr seconds kLongest{300};
  if (failures < kBreaksAfter) return std::nullopt;
  seconds rest = kFirst;
  for (std::int64_t more = kBreaksAfter; more < failures && rest < kLongest; ++more) rest *= 2;
  return std::min(rest, kLongest);
}

}  // namespace rolecall::connector
