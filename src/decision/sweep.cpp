#include "sweep.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace rolecall::decision {
namespace {

/// Looked at for one page. A page ends there, however few it found, and the next one goes on.
constexpr std::size_t kMostExamined = 2'000;
constexpr std::int64_t kBatch = 200;

/// The next ids of all sources, each once. Up to `horizon` nothing is missing; without one there is nothing beyond.
struct Batch {
  std::vector<ResourceId> ids;
  std::optional<ResourceId> horizon;
};

Result<Batch> next_batch(const std::vector<Source>& sources, const ResourceId& after) {
  Batch batch;
  for (const Source& source : sources) {
    ROLECALL_TRY_ASSIGN(const auto some, source(after, kBatch));
    const bool has_more = some.size() >= static_cast<std::size_t>(kBatch);
    if (has_more && (!batch.horizon || some.back() < *batch.horizon)) batch.horizon = some.back();
    std::vector<ResourceId> all;
    std::set_union(batch.ids.begin(), batch.ids.end(), some.begin(), some.end(), std::back_inserter(all));
    batch.ids = std::move(all);
  }
  if (batch.horizon) {
    const auto end = std::upper_bound(batch.ids.begin(), batch.ids.end(), *batch.horizon);
    batch.ids.erase(end, batch.ids.end());
  }
  return batch;
}

}  // namespace

Result<Found> sweep(const std::vector<Source>& sources, const Examine& examine, const Page& page) {
  Found found;
  std::size_t examined = 0;
  for (ResourceId after(page.after);;) {
    ROLECALL_TRY_ASSIGN(const auto batch, next_batch(sources, after));
    for (std::size_t at = 0; at < batch.ids.size(); ++at) {
      after = batch.ids[at];
      ROLECALL_TRY_ASSIGN(auto entity, examine(after));
      if (entity) found.entities.push_back(std::move(*entity));
      ++examined;
      const bool is_last = at + 1 == batch.ids.size() && !batch.horizon;
      const bool is_full = found.entities.size() >= static_cast<std::size_t>(page.limit);
      if (is_last || (!is_full && examined < kMostExamined)) continue;
      found.next = after.value();
      return found;
    }
    if (!batch.horizon) return found;
  }
}

}  // namespace rolecall::decision
