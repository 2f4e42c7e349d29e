#include "rolecall/administration/action_policies.hpp"

#include "call.hpp"
#include "listing.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/array_of.hpp"

namespace rolecall::api::admin {
namespace {

using administration::ActionPolicyView;
using administration::WantedActionPolicy;

json::Value or_null(std::string_view text) { return text.empty() ? json::Value() : json::Value(text); }

json::Object shown(const ActionPolicyView& view) {
  const access::ActionPolicy& policy = view.record.policy;
  return json::Object{{"id", view.record.id.value()},
                      {"directory_id", or_null(policy.directory.value())},
                      {"action", or_null(policy.action)},
                      {"roles", json::array_of(view.roles)},
                      {"approvals", policy.approvals},
                      {"approvers", json::array_of(view.approvers)},
                      {"hourly", policy.hourly},
                      {"needs_reason", policy.needs_reason},
                      {"approval_window", std::int64_t{policy.approval_window.count()}},
                      {"execution_window", std::int64_t{policy.execution_window.count()}},
                      {"made_by", view.record.made_by},
                      {"created", to_timestamp(view.record.created)}};
}

/// What is not given, or null, is left as it is.
Result<WantedActionPolicy> wanted_in(const Call& call) {
  WantedActionPolicy wanted;
  const auto is_given = [&call](std::string_view name) {
    const json::Value* value = call.body.find(name);
    return value != nullptr && !value->is_null();
  };
  for (const auto& [name, into] : {std::pair("roles", &wanted.roles), std::pair("approvers", &wanted.approvers)}) {
    if (is_given(name)) {
      ROLECALL_TRY_ASSIGN(*into, call.texts(name));
    }
  }
  if (is_given("needs_reason")) {
    ROLECALL_TRY_ASSIGN(wanted.needs_reason, call.flag("needs_reason"));
  }
  ROLECALL_TRY_ASSIGN(wanted.approvals, call.number("approvals"));
  ROLECALL_TRY_ASSIGN(wanted.hourly, call.number("hourly"));
  ROLECALL_TRY_ASSIGN(wanted.approval_window, call.number("approval_window"));
  ROLECALL_TRY_ASSIGN(wanted.execution_window, call.number("execution_window"));
  return wanted;
}

Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  ROLECALL_TRY_ASSIGN(auto all, administration::list_action_policies(call.environment, call.workspace));
  const auto next = listing.cut(all, [](const auto& view) { return view.record.id.value(); });
  json::Array items;
  for (const auto& view : all) items.emplace_back(shown(view));
  return listing.answer(std::move(items), next);
}

Result<Answer> create(Call& call) {
  ROLECALL_TRY_ASSIGN(auto wanted, wanted_in(call));
  ROLECALL_TRY_ASSIGN(wanted.directory, call.text("directory", false));
  ROLECALL_TRY_ASSIGN(wanted.action, call.text("action", false));
  ROLECALL_TRY_ASSIGN(const auto view,
                      administration::create_action_policy(call.environment, call.workspace, call.actor, wanted));
  return Answer{201, shown(view)};
}

Result<Answer> get(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto view, administration::get_action_policy(call.environment, call.workspace,
                                                                         ActionPolicyId(call.segment(1))));
  return Answer{200, shown(view)};
}

Result<Answer> change(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto wanted, wanted_in(call));
  ROLECALL_TRY_ASSIGN(const auto view,
                      administration::change_action_policy(call.environment, call.workspace, call.actor,
                                                           ActionPolicyId(call.segment(1)), wanted));
  return Answer{200, shown(view)};
}

Result<Answer> remove(Call& call) {
  ROLECALL_TRY(administration::remove_action_policy(call.environment, call.workspace, call.actor,
                                                    ActionPolicyId(call.segment(1))));
  return Answer{204, {}};
}

}  // namespace

std::vector<Route> action_policy_routes() {
  return {{"GET", "/action-policies", list},
          {"POST", "/action-policies", create},
          {"GET", "/action-policies/{id}", get},
          {"PATCH", "/action-policies/{id}", change},
          {"DELETE", "/action-policies/{id}", remove}};
}

}  // namespace rolecall::api::admin
