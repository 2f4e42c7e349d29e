#include "rolecall/bulk/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "fuzz/check.hpp"
#include "fuzz/scim_fixture.hpp"
#include "rolecall/bulk/reference.hpp"

namespace {

namespace bulk = rolecall::bulk;
namespace json = rolecall::json;
namespace patch = rolecall::patch;

/// Every operation is done once, after what it needs or together with it.
void check_order(const bulk::Plan& plan) {
  std::vector<std::size_t> unit_of(plan.steps.size(), plan.units.size());
  for (std::size_t unit = 0; unit < plan.units.size(); ++unit) {
    FUZZ_CHECK(!plan.units[unit].operations.empty());
    FUZZ_CHECK(plan.units[unit].is_circle || plan.units[unit].operations.size() == 1);
    for (const std::size_t at : plan.units[unit].operations) {
      FUZZ_CHECK(at < plan.steps.size() && unit_of[at] == plan.units.size());
      unit_of[at] = unit;
    }
  }
  for (std::size_t at = 0; at < plan.steps.size(); ++at) {
    FUZZ_CHECK(unit_of[at] < plan.units.size());
    for (const std::size_t need : plan.steps[at].needs) {
      FUZZ_CHECK(unit_of[need] < unit_of[at] || (unit_of[need] == unit_of[at] && plan.units[unit_of[at]].is_circle));
      FUZZ_CHECK(plan.steps[need].operation.method == bulk::Method::post);
    }
  }
}

void check_step(const bulk::Step& step) {
  if (step.operation.error) {
    FUZZ_CHECK(step.operation.error->code != rolecall::ErrorCode::internal);
    FUZZ_CHECK(!step.operation.error->detail.empty() && step.needs.empty());
    return;
  }
  FUZZ_CHECK(step.type != nullptr);
  const bool is_post = step.operation.method == bulk::Method::post;
  FUZZ_CHECK((is_post ? 1 : 0) + (step.target ? 1 : 0) + (step.id.empty() ? 0 : 1) == 1);
}

void check_references(const json::Value& data) {
  const std::vector<std::string> names = bulk::references_in(data);
  FUZZ_CHECK(std::set<std::string>(names.begin(), names.end()).size() == names.size());
  static const std::string id = "0197a2b0";
  json::Value filled = data;
  std::set<std::string> asked;
  const bool has_left_out = bulk::resolve_references(filled, [&](std::string_view bulk_id) {
    asked.emplace(bulk_id);
    return &id;
  });
  FUZZ_CHECK(!has_left_out && bulk::references_in(filled).empty());
  FUZZ_CHECK(asked == std::set<std::string>(names.begin(), names.end()));
  FUZZ_CHECK(!names.empty() || filled == data);

  json::Value bare = data;
  FUZZ_CHECK(bulk::resolve_references(bare, [](std::string_view) { return nullptr; }) == !names.empty());
  FUZZ_CHECK(bulk::references_in(bare).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const patch::Dialect loose = patch::find_dialect("generic").value();
  static const patch::Dialect strict = patch::strict_dialect();
  const auto body = json::parse({reinterpret_cast<const char*>(data), size});
  if (!body) return 0;
  if (body->is_object() || body->is_array()) check_references(*body);
  for (const patch::Dialect& dialect : {strict, loose}) {
    auto message = bulk::parse_message(*body, {}, dialect);
    if (!message) {
      FUZZ_CHECK(message.error().code != rolecall::ErrorCode::internal);
      continue;
    }
    const bulk::Plan plan = bulk::make_plan(std::move(*message), rolecall::fuzz::shipped_registry());
    check_order(plan);
    for (const bulk::Step& step : plan.steps) {
      check_step(step);
      if (step.operation.data.is_object()) check_references(step.operation.data);
    }
  }
  return 0;
}
