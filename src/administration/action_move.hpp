#pragma once

#include "action_rows.hpp"
#include "rolecall/connector/action_flow.hpp"

namespace rolecall::administration {

[[nodiscard]] inline connector::ActionPlace place_of(const store::ActionRecord& action) {
  return {action.state, action.is_verifying, action.failures};
}

/// What the flow decided, into the row.
[[nodiscard]] inline Result<void> apply(const connector::ActionMove& move, Instant now, store::ActionRecord& action) {
  action.is_verifying = move.is_verifying;
  action.failures = move.failures;
  if (move.has_ended()) return end(action, move.state, move.note, now);
  ROLECALL_TRY(become(action, move.state));
  action.note = move.note;
  action.due = move.due.value_or(now);
  return {};
}

}  // namespace rolecall::administration
