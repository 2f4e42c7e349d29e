#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plan_file.hpp"
#include "rolecall/administration/plans.hpp"

namespace rolecall::administration {

/// A change, and how it is done: by the use case that an admin would call.
struct PlanStep {
  PlanChange change;
  std::string at;  ///< place in the file, for what the use case refuses
  std::function<Result<void>(const Environment&)> run;
};

/// The error, with its place in the file.
[[nodiscard]] tl::unexpected<Error> at_place(Error error, const std::string& at);

/// The differences between what is stored and what is wanted, in an order in which they can be made: roles first, then
/// new links before old ones go, so that nobody falls back to a default role in between; what is no longer needed last.
[[nodiscard]] Result<std::vector<PlanStep>> steps_of(const Environment& environment, store::Workspace& workspace,
                                                     const Actor& actor, const DesiredState& desired);

}  // namespace rolecall::administration
