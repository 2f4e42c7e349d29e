#pragma once

#include "memory_repositories.hpp"

namespace rolecall::testing_support {

class MemoryPlans final : public store::PlanRepository {
 public:
  explicit MemoryPlans(MemoryTables& tables_in) : tables(tables_in) {}

  Result<void> insert(const store::PlanRecord& plan) override {
    tables.plans[plan.id] = plan;
    return {};
  }
  Result<std::optional<store::PlanRecord>> find(const PlanId& id) override { return look_up(tables.plans, id); }
  Result<std::vector<store::PlanRecord>> list(std::int64_t limit) override {
    auto found = *collect(tables.plans, kAny);
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return std::tie(b.made, b.id) < std::tie(a.made, a.id); });
    if (found.size() > static_cast<std::size_t>(limit)) found.resize(static_cast<std::size_t>(limit));
    return found;
  }
  Result<bool> mark_applied(const PlanId& id, const std::string& by, Instant at) override {
    const auto found = tables.plans.find(id);
    if (found == tables.plans.end() || found->second.applied) return false;
    found->second.applied = at;
    found->second.applied_by = by;
    return true;
  }
  Result<std::int64_t> keep_newest(std::int64_t count) override {
    const auto newest = *list(count);
    return static_cast<std::int64_t>(std::erase_if(tables.plans, [&](const auto& entry) {
      return std::none_of(newest.begin(), newest.end(), [&](const auto& plan) { return plan.id == entry.first; });
    }));
  }

 private:
  MemoryTables& tables;
};

}  // namespace rolecall::testing_support
