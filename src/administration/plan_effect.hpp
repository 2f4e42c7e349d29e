#pragma once

#include <cstdint>
#include <vector>

#include "rolecall/administration/plans.hpp"

namespace rolecall::administration {

/// Who has other roles or permissions than before, and what is worth a warning. Called in the unit of work that made
/// the changes: `head` is the newest audit row before them, `roles` are those of then.
[[nodiscard]] Result<void> add_people(store::Workspace& workspace, std::int64_t head,
                                      const std::vector<access::Role>& roles, PlanEffect& effect);

/// Everything but the revision and the number of those who stay as they are: what has to be the same when it is
/// applied. `people` at most.
[[nodiscard]] json::Object to_json(const PlanEffect& effect, std::size_t people);

}  // namespace rolecall::administration
