#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/base/clock.hpp"
#include "rolecall/base/ids.hpp"
#include "rolecall/base/result.hpp"

namespace rolecall::store {

/// A computed plan: what was wanted, and what it would do.
struct PlanRecord {
  PlanId id;
  Instant made{};
  std::string made_by;
  std::int64_t revision = 0;  ///< seq of the newest audit row it was computed on
  std::string desired;        ///< JSON text, as it was sent
  std::string effect;         ///< JSON text
  std::string digest;         ///< of the whole effect, of which `effect` shows the first people only
  std::optional<Instant> applied;
  std::string applied_by;
};

class PlanRepository {
 public:
  virtual ~PlanRepository() = default;
  [[nodiscard]] virtual Result<void> insert(const PlanRecord& plan) = 0;
  [[nodiscard]] virtual Result<std::optional<PlanRecord>> find(const PlanId& id) = 0;
  /// Newest first, `limit` at most.
  [[nodiscard]] virtual Result<std::vector<PlanRecord>> list(std::int64_t limit) = 0;
  /// False when there is none of that id, or it was applied before.
  [[nodiscard]] virtual Result<bool> mark_applied(const PlanId& id, const std::string& by, Instant at) = 0;
  /// Removes all but the newest `count`; how many went.
  [[nodiscard]] virtual Result<std::int64_t> keep_newest(std::int64_t count) = 0;
};

}  // namespace rolecall::store
