#include "rolecall/access/action_state.hpp"

namespace rolecall::access {

using enum ActionState;

const char* name_of(ActionState state) {
  switch (state) {
    case requested:
      return "requested";
    case awaiting_approval:
      return "awaiting_approval";
    case held:
      return "held";
    case approved:
      return "approved";
    case leased:
      return "leased";
    case sent:
      return "sent";
    case succeeded:
      return "succeeded";
    case failed:
      return "failed";
    case unknown:
      return "unknown";
    case rejected:
      return "rejected";
    case expired:
      return "expired";
    case cancelled:
      return "cancelled";
  }
  return "";
}

bool is_final(ActionState state) {
  return state == succeeded || state == failed || state == rejected || state == expired || state == cancelled;
}

bool can_be_cancelled(ActionState state) { return may_become(state, cancelled); }

bool may_become(ActionState from, ActionState to) {
  switch (from) {
    case requested:
      return to == awaiting_approval || to == held || to == approved;
    case held:
      return to == awaiting_approval || to == approved || to == rejected || to == expired || to == cancelled;
    case awaiting_approval:
      return to == approved || to == rejected || to == expired || to == cancelled;
    case approved:
      return to == leased || to == expired || to == rejected || to == cancelled;
    case leased:
      // Back: nothing was sent. To its end: the person was read, and is as wanted or cannot become so.
      return to == approved || to == sent || to == succeeded || to == failed || to == expired || to == rejected;
    case sent:
      // Back: the provider said that it did nothing, or the action may be repeated.
      return to == approved || to == succeeded || to == failed || to == unknown;
    case unknown:
      return to == succeeded || to == failed;
    default:
      return false;
  }
}

}  // namespace rolecall::access
