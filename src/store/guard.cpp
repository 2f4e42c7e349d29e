#include "rolecall/store/guard.hpp"

namespace rolecall::store {

const char* name_of(HeldState state) {
  switch (state) {
    case HeldState::held:
      return "held";
    case HeldState::applied:
      return "applied";
    case HeldState::rejected:
      return "rejected";
    case HeldState::withdrawn:
      return "withdrawn";
  }
  return "";
}

std::optional<HeldState> parse_held_state(std::string_view text) {
  for (const auto state : {HeldState::held, HeldState::applied, HeldState::rejected, HeldState::withdrawn}) {
    if (text == name_of(state)) return state;
  }
  return std::nullopt;
}

}  // namespace rolecall::store
