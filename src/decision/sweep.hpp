#pragma once

#include <functional>
#include <vector>

#include "rolecall/decision/search.hpp"

namespace rolecall::decision {

/// Ids after `after`, in order and `limit` at most; fewer only when there are no more.
using Source = std::function<Result<std::vector<ResourceId>>(const ResourceId& after, std::int64_t limit)>;
/// What an id is in the answer; none when it does not belong there.
using Examine = std::function<Result<std::optional<Entity>>(const ResourceId& id)>;

/// A page of what any source yields and `examine` lets through, in order of id. The work is bounded by the page and by
/// a number of ids looked at, not by how many there are.
[[nodiscard]] Result<Found> sweep(const std::vector<Source>& sources, const Examine& examine, const Page& page);

}  // namespace rolecall::decision
