#pragma once

#include "okta.hpp"

namespace rolecall::connector::okta {

/// An action and how it is asked for. The catalogue is made of these, so nothing is offered that cannot be sent.
struct Step {
  ActionType type;
  std::string_view method;
  std::string_view path;  ///< behind /api/v1; {user} and {object} stand for the targets
  bool is_asynchronous = false;
};
[[nodiscard]] const Step* find_step(std::string_view action);

}  // namespace rolecall::connector::okta
