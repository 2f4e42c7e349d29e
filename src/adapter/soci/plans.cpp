#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

#define ROLECALL_PLAN                                                                            \
  "SELECT id, made, made_by, revision, desired, effect, digest, applied, applied_by FROM plans " \
  "WHERE workspace = ? "
constexpr const char* kKinds = "tntntttnt";

constexpr Sql kInsert{"plans.insert",
                      "INSERT INTO plans (workspace, id, made, made_by, revision, desired, effect, digest, applied, "
                      "applied_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr Sql kFind{"plans.find", ROLECALL_PLAN "AND id = ?", kKinds};
constexpr Sql kList{"plans.list", ROLECALL_PLAN "ORDER BY made DESC, id DESC LIMIT ?", kKinds};
constexpr Sql kMarkApplied{"plans.mark_applied",
                           "UPDATE plans SET applied = ?, applied_by = ? WHERE workspace = ? AND id = ? AND applied IS "
                           "NULL"};
constexpr Sql kKeepNewest{"plans.keep_newest",
                          "DELETE FROM plans WHERE workspace = ? AND id NOT IN (SELECT id FROM plans WHERE workspace = "
                          "? ORDER BY made DESC, id DESC LIMIT ?)"};

store::PlanRecord plan_of(Row& row) {
  store::PlanRecord plan;
  plan.id = row.id<PlanId>(0);
  plan.made = row.instant(1);
  plan.made_by = row.text(2);
  plan.revision = row.number(3);
  plan.desired = row.text(4);
  plan.effect = row.text(5);
  plan.digest = row.text(6);
  plan.applied = row.optional_instant(7);
  plan.applied_by = row.text(8);
  return plan;
}

}  // namespace

Result<void> PlanRepository::insert(const store::PlanRecord& plan) {
  ROLECALL_TRY(
      scope_.session.execute(kInsert, {scope_.workspace, plan.id, plan.made, plan.made_by, plan.revision, plan.desired,
                                       plan.effect, plan.digest, plan.applied, plan.applied_by}));
  return {};
}

Result<std::optional<store::PlanRecord>> PlanRepository::find(const PlanId& id) {
  std::optional<store::PlanRecord> found;
  ROLECALL_TRY(scope_.session.select(kFind, {scope_.workspace, id}, [&](Row& row) { found = plan_of(row); }));
  return found;
}

Result<std::vector<store::PlanRecord>> PlanRepository::list(std::int64_t limit) {
  std::vector<store::PlanRecord> found;
  ROLECALL_TRY(
      scope_.session.select(kList, {scope_.workspace, limit}, [&](Row& row) { found.push_back(plan_of(row)); }));
  return found;
}

Result<bool> PlanRepository::mark_applied(const PlanId& id, const std::string& by, Instant at) {
  ROLECALL_TRY_ASSIGN(const auto changed, scope_.session.execute(kMarkApplied, {at, by, scope_.workspace, id}));
  return changed > 0;
}

Result<std::int64_t> PlanRepository::keep_newest(std::int64_t count) {
  return scope_.session.execute(kKeepNewest, {scope_.workspace, scope_.workspace, count});
}

}  // namespace rolecall::adapter::soci
