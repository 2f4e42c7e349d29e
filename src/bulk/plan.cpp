#include "rolecall/bulk/plan.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "circles.hpp"
#include "rolecall/bulk/reference.hpp"

namespace rolecall::bulk {
namespace {

class Planner {
 public:
  explicit Planner(const schema::Registry& registry) : registry_(registry) {}

  Plan make(Message message) {
    Plan plan;
    plan.errors_accepted = message.errors_accepted;
    plan.steps.resize(message.operations.size());
    for (std::size_t at = 0; at < plan.steps.size(); ++at) {
      plan.steps[at].operation = std::move(message.operations[at]);
      take_bulk_id(plan.steps[at].operation, at);
    }
    for (Step& step : plan.steps) {
      if (step.operation.error) continue;
      auto resolved = resolve(step);
      if (resolved) continue;
      step.operation.error = std::move(resolved).error();
      step.needs.clear();
    }
    order(plan);
    plan.posts = std::move(posts_);
    return plan;
  }

 private:
  void take_bulk_id(Operation& operation, std::size_t at) {
    if (operation.method != Method::post || operation.bulk_id.empty()) return;
    const bool is_new = posts_.emplace(operation.bulk_id, at).second;
    if (is_new || operation.error) return;
    operation.error = Error{ErrorCode::invalid_value,
                            "The bulkId \"" + operation.bulk_id + "\" is that of an earlier operation.",
                            "bulkId",
                            {},
                            {}};
  }

  Result<void> resolve(Step& step) {
    ROLECALL_TRY(resolve_path(step));
    for (const std::string& bulk_id : references_in(step.operation.data)) {
      ROLECALL_TRY_ASSIGN(const auto post, find_post(bulk_id));
      step.needs.push_back(post);
    }
    if (step.target) step.needs.push_back(*step.target);
    std::sort(step.needs.begin(), step.needs.end());
    step.needs.erase(std::unique(step.needs.begin(), step.needs.end()), step.needs.end());
    return {};
  }

  /// `/Users` or `/Users/{id}`, with one slash at the end passed over as in a URL.
  Result<void> resolve_path(Step& step) {
    std::string_view path = step.operation.path;
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    const auto slash = path.find('/', 1);
    step.type = registry_.find_type_by_endpoint(path.substr(0, slash));
    if (step.type == nullptr) {
      return fail(ErrorCode::not_found,
                  "No resource type has this \"path\". It is an endpoint as in /ResourceTypes, and behind it the id.");
    }
    if (step.type->is_read_only()) {
      return fail(ErrorCode::method_not_allowed, "What is under " + step.type->endpoint + " can only be read.");
    }
    const std::string_view id = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    if (step.operation.method == Method::post) {
      if (id.empty()) return {};
      return fail(ErrorCode::method_not_allowed,
                  "The \"path\" of a POST is an endpoint, as in " + step.type->endpoint + ".");
    }
    if (id.empty()) {
      return fail(ErrorCode::method_not_allowed, "The \"path\" of a " + step.operation.method_name +
                                                     " names one resource, as in " + step.type->endpoint + "/{id}.");
    }
    if (const auto bulk_id = reference_of(id)) {
      ROLECALL_TRY_ASSIGN(step.target, find_post(std::string(*bulk_id)));
      return {};
    }
    if (id.find('/') != std::string_view::npos) {
      return fail(ErrorCode::not_found, "There is nothing below a resource: the \"path\" ends with its id.");
    }
    step.id = id;
    return {};
  }

  Result<std::size_t> find_post(const std::string& bulk_id) const {
    const auto found = posts_.find(bulk_id);
    if (found != posts_.end()) return found->second;
    return fail(ErrorCode::invalid_value, "No POST of this request has the bulkId \"" + bulk_id + "\".");
  }

  static void order(Plan& plan) {
    std::vector<std::vector<std::size_t>> needs;
    needs.reserve(plan.steps.size());
    for (const Step& step : plan.steps) needs.push_back(step.needs);
    for (auto& component : components(needs)) {
      Unit unit;
      const auto& first = needs[component.front()];
      unit.is_circle = component.size() > 1 || std::binary_search(first.begin(), first.end(), component.front());
      unit.operations = std::move(component);
      plan.units.push_back(std::move(unit));
    }
  }

  const schema::Registry& registry_;
  std::unordered_map<std::string, std::size_t> posts_;  ///< by bulkId
};

}  // namespace

Plan make_plan(Message message, const schema::Registry& registry) { return Planner(registry).make(std::move(message)); }

}  // namespace rolecall::bulk
