#pragma once

#include <cstdint>

namespace rolecall::access {

/// Where an action in a directory is. It is a row before it is a call, and every step is stored before the next begins.
enum class ActionState {
  requested,          ///< asked for, and not judged yet
  awaiting_approval,  ///< others have to agree
  held,               ///< too many of its kind within the hour: somebody has to let it go on
  approved,           ///< will be done
  leased,             ///< somebody is about to do it; nothing was sent
  sent,               ///< the call may have been made
  succeeded,
  failed,
  unknown,  ///< the call was made and nobody knows how it ended; what is done once is not done again
  rejected,
  expired,
  cancelled,
};
[[nodiscard]] const char* name_of(ActionState state);

/// Nothing follows. An unknown end may still be found out.
[[nodiscard]] bool is_final(ActionState state);
/// Can it still be taken back? Not once the call may have been made.
[[nodiscard]] bool can_be_cancelled(ActionState state);
/// The steps that there are; every other one is a fault of the program.
[[nodiscard]] bool may_become(ActionState from, ActionState to);

}  // namespace rolecall::access
