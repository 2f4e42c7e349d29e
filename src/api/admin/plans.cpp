#include "rolecall/administration/plans.hpp"

#include "call.hpp"
#include "listing.hpp"

namespace rolecall::api::admin {
namespace {

Result<Answer> compute(Call& call) {
  ROLECALL_TRY_ASSIGN(auto plan, administration::compute_plan(call.environment, call.workspace, call.actor, call.body));
  return Answer{201, std::move(plan)};
}

Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  ROLECALL_TRY_ASSIGN(auto plans,
                      administration::list_plans(call.environment, call.workspace, administration::kKeptPlans));
  const auto id_of = [](const json::Object& plan) {
    const json::Value* id = plan.find("id");
    return id != nullptr && id->is_string() ? *id->as_string() : std::string();
  };
  const std::string next = listing.cut(plans, id_of, true);
  json::Array items;
  for (auto& plan : plans) items.emplace_back(std::move(plan));
  return listing.answer(std::move(items), next);
}

Result<Answer> get(Call& call) {
  ROLECALL_TRY_ASSIGN(auto plan, administration::get_plan(call.environment, call.workspace, PlanId(call.segment(1))));
  return Answer{200, std::move(plan)};
}

Result<Answer> apply(Call& call) {
  ROLECALL_TRY_ASSIGN(
      auto plan, administration::apply_plan(call.environment, call.workspace, call.actor, PlanId(call.segment(1))));
  return Answer{200, std::move(plan)};
}

Result<Answer> export_all(Call& call) {
  ROLECALL_TRY_ASSIGN(auto plan, administration::export_plan(call.environment, call.workspace));
  return Answer{200, std::move(plan)};
}

}  // namespace

std::vector<Route> plan_routes() {
  return {{"GET", "/plans", list},
          {"POST", "/plans", compute},
          {"GET", "/plans/{id}", get},
          {"POST", "/plans/{id}/apply", apply},
          {"GET", "/export", export_all}};
}

}  // namespace rolecall::api::admin
