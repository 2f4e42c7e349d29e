#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "rolecall/base/ids.hpp"
#include "rolecall/base/result.hpp"
#include "sql.hpp"

// Many ids in one statement: `?` times kBatch. One text, so that it is prepared once; a shorter list repeats its last
// id, which a set does not mind.
#define ROLECALL_32_VALUES "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?"

namespace rolecall::adapter::soci {

inline constexpr std::size_t kBatch = 32;

/// Those from `first` on, for one such list.
inline void append_batch(std::vector<Param>& params, const std::vector<ResourceId>& ids, std::size_t first) {
  for (std::size_t i = first; i < first + kBatch; ++i) params.emplace_back(ids[std::min(i, ids.size() - 1)]);
}

/// A statement in two forms: for one id, and for a list of them.
struct ForOneOrMany {
  Sql one;
  Sql many;
};

/// Calls `run(sql, append)` for one id or list after the other; `append(params)` adds what belongs in its place.
template <typename F>
[[nodiscard]] Result<void> in_batches(const ForOneOrMany& sql, const std::vector<ResourceId>& ids, F&& run) {
  if (ids.size() == 1) {
    return run(sql.one, [&](std::vector<Param>& params) { params.emplace_back(ids.front()); });
  }
  for (std::size_t first = 0; first < ids.size(); first += kBatch) {
    ROLECALL_TRY(run(sql.many, [&](std::vector<Param>& params) { append_batch(params, ids, first); }));
  }
  return {};
}

}  // namespace rolecall::adapter::soci
