#include "rolecall/administration/actions.hpp"

#include <array>

#include "call.hpp"
#include "lifetime.hpp"
#include "listing.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::api::admin {
namespace {

using access::ActionState;
using connector::ActionType;
using store::ActionRecord;

json::Value or_null(std::string_view text) { return text.empty() ? json::Value() : json::Value(text); }

/// 0: there was no answer.
json::Value status_or_null(std::int64_t status) {
  if (status == 0) return {};
  return status;
}

json::Object shown(const ActionType& type) {
  json::Array targets;
  for (const auto& target : type.targets) targets.emplace_back(target);
  json::Array parameters;
  for (const auto& parameter : type.parameters) {
    parameters.emplace_back(
        json::Object{{"name", parameter.name},
                     {"type", parameter.type == connector::Parameter::Type::boolean ? "boolean" : "string"},
                     {"is_required", parameter.is_required},
                     {"description", parameter.description}});
  }
  return json::Object{{"name", type.name},
                      {"title", type.title},
                      {"repeat", connector::name_of(type.repeat)},
                      {"scope", type.scope},
                      {"targets", std::move(targets)},
                      {"undone_by", or_null(type.undone_by)},
                      {"is_destructive", type.is_destructive},
                      {"parameters", std::move(parameters)}};
}

Result<json::Object> shown(const ActionRecord& action) {
  ROLECALL_TRY_ASSIGN(auto parameters, json::parse(action.parameters));
  return json::Object{{"id", action.id.value()},
                      {"directory_id", action.directory.value()},
                      {"action", action.action},
                      {"person_id", or_null(action.person)},
                      {"login", or_null(action.login)},
                      {"object_id", or_null(action.object)},
                      {"object_name", or_null(action.object_name)},
                      {"parameters", std::move(parameters)},
                      {"reason", or_null(action.reason)},
                      {"state", access::name_of(action.state)},
                      {"note", or_null(action.note)},
                      {"digest", action.digest},
                      {"requested_by", action.requested_by},
                      {"requester", action.requester},
                      {"requested", to_timestamp(action.requested)},
                      {"request", or_null(action.request.value())},
                      {"approvals_needed", action.approvals},
                      {"approve_until", to_timestamp(action.approve_until)},
                      {"execute_until", instant_or_null(action.execute_until)},
                      {"next_step", instant_or_null(action.ended ? std::nullopt : action.due)},
                      {"vendor_status", status_or_null(action.vendor_status)},
                      {"vendor_code", or_null(action.vendor_code)},
                      {"vendor_request", or_null(action.vendor_request)},
                      {"secret_until", instant_or_null(action.secret_until)},
                      {"ended", instant_or_null(action.ended)}};
}

json::Object shown(const store::ActionApproval& approval) {
  return json::Object{{"by", approval.name},
                      {"approver", approval.approver},
                      {"is_approval", approval.is_approval},
                      {"comment", or_null(approval.comment)},
                      {"at", to_timestamp(approval.at)}};
}

json::Object shown(const store::ActionAttempt& attempt) {
  constexpr std::array<const char*, 3> kKinds{"read", "call", "verify"};
  return json::Object{{"number", attempt.number},
                      {"kind", kKinds[static_cast<std::size_t>(attempt.kind)]},
                      {"started", to_timestamp(attempt.started)},
                      {"finished", instant_or_null(attempt.finished)},
                      {"outcome", or_null(attempt.outcome)},
                      {"status", status_or_null(attempt.status)},
                      {"code", or_null(attempt.code)},
                      {"message", or_null(attempt.message)},
                      {"vendor_request", or_null(attempt.vendor_request)}};
}

Result<Answer> answer_of(int status, const Result<ActionRecord>& action) {
  if (!action) return tl::unexpected<Error>(action.error());
  ROLECALL_TRY_ASSIGN(auto body, shown(*action));
  return Answer{status, std::move(body)};
}

Result<Answer> types(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  struct Offered {
    const connector::Connector* connector;
    const ActionType* type;
  };
  std::vector<Offered> all;
  for (const auto* connector : connector::connectors()) {
    for (const ActionType& type : connector->actions()) all.push_back({connector, &type});
  }
  const auto next = listing.cut(all, [](const Offered& one) {
    return std::string(one.connector->provider()) + " " + std::string(one.type->name);
  });
  json::Array items;
  for (const Offered& one : all) {
    json::Object item = shown(*one.type);
    item.append("provider", one.connector->provider());
    items.emplace_back(std::move(item));
  }
  return listing.answer(std::move(items), next);
}

Result<Answer> capabilities(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  ROLECALL_TRY_ASSIGN(auto all,
                      administration::directory_capabilities(call.environment, call.workspace, call.segment(1)));
  const auto next = listing.cut(all, [](const auto& one) { return std::string(one.type->name); });
  json::Array items;
  for (const auto& one : all) {
    json::Object item = shown(*one.type);
    item.append("is_available", one.is_available);
    item.append("reason", or_null(one.reason));
    items.emplace_back(std::move(item));
  }
  return listing.answer(std::move(items), next);
}

Result<std::optional<ActionState>> state_in(const Call& call) {
  ROLECALL_TRY_ASSIGN(const auto text, call.parameter("state"));
  if (text.empty()) return std::optional<ActionState>();
  std::string known;
  for (auto state = ActionState::requested; state <= ActionState::cancelled;
       state = static_cast<ActionState>(static_cast<int>(state) + 1)) {
    if (text == access::name_of(state)) return std::optional(state);
    known += (known.empty() ? "" : ", ") + std::string(access::name_of(state));
  }
  return fail(ErrorCode::invalid_value, "The parameter state is one of " + known + ".", "state");
}

Result<Answer> list(Call& call) {
  administration::WantedActions wanted;
  ROLECALL_TRY_ASSIGN(wanted.directory, call.parameter("directory"));
  ROLECALL_TRY_ASSIGN(wanted.person, call.parameter("person"));
  ROLECALL_TRY_ASSIGN(wanted.state, state_in(call));
  ROLECALL_TRY_ASSIGN(wanted.request, call.parameter("request"));
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call, {"directory", "person", "state", "request"}));
  ROLECALL_TRY_ASSIGN(auto page, administration::list_actions(call.environment, call.workspace, wanted,
                                                              ActionId(listing.after()), listing.limit() + 1));
  const auto next = listing.end(page, [](const auto& action) { return action.id.value(); });
  json::Array items;
  for (const auto& action : page) {
    ROLECALL_TRY_ASSIGN(auto item, shown(action));
    items.emplace_back(std::move(item));
  }
  return listing.answer(std::move(items), next);
}

Result<Answer> get(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto view,
                      administration::get_action(call.environment, call.workspace, ActionId(call.segment(1))));
  ROLECALL_TRY_ASSIGN(auto body, shown(view.action));
  json::Array approvals;
  for (const auto& approval : view.approvals) approvals.emplace_back(shown(approval));
  body.append("approvals", std::move(approvals));
  json::Array attempts;
  for (const auto& attempt : view.attempts) attempts.emplace_back(shown(attempt));
  body.append("attempts", std::move(attempts));
  return Answer{200, std::move(body)};
}

Result<Answer> create(Call& call) {
  administration::WantedAction wanted;
  ROLECALL_TRY_ASSIGN(wanted.action, call.text("action", true));
  ROLECALL_TRY_ASSIGN(wanted.person, call.text("person", false));
  ROLECALL_TRY_ASSIGN(wanted.directory, call.text("directory", false));
  ROLECALL_TRY_ASSIGN(wanted.object, call.text("object", false));
  ROLECALL_TRY_ASSIGN(wanted.reason, call.text("reason", false));
  if (const json::Value* parameters = call.body.find("parameters"); parameters != nullptr && !parameters->is_null()) {
    if (!parameters->is_object()) {
      return fail(ErrorCode::invalid_value, "The member \"parameters\" must be an object.", "parameters");
    }
    wanted.parameters = *parameters->as_object();
  }
  return answer_of(202, administration::request_action(call.environment, call.workspace, call.actor, wanted));
}

using Judge = Result<ActionRecord> (*)(const administration::Environment&, const WorkspaceId&,
                                       const administration::Actor&, const ActionId&, const administration::Verdict&);

/// A verdict of whom it is not for changes nothing, and is written down all the same.
Result<Answer> judge(Call& call, Judge judge) {
  administration::Verdict verdict;
  ROLECALL_TRY_ASSIGN(verdict.digest, call.text("digest", true));
  ROLECALL_TRY_ASSIGN(verdict.comment, call.text("comment", false));
  const ActionId id(call.segment(1));
  const auto judged = judge(call.environment, call.workspace, call.actor, id, verdict);
  if (!judged && judged.error().code == ErrorCode::forbidden && !call.is_dry_run) {
    call.afterwards.in_any_case.push_back([&own = call.exchange.parts.administration, workspace = call.workspace,
                                           actor = call.actor, id, why = judged.error().detail] {
      static_cast<void>(administration::note_refusal(own, workspace, actor, id, why));
    });
  }
  return answer_of(200, judged);
}

Result<Answer> approve(Call& call) { return judge(call, administration::approve_action); }
Result<Answer> reject(Call& call) { return judge(call, administration::reject_action); }
Result<Answer> release(Call& call) { return judge(call, administration::release_action); }

Result<Answer> cancel(Call& call) {
  return answer_of(
      200, administration::cancel_action(call.environment, call.workspace, call.actor, ActionId(call.segment(1))));
}

Result<Answer> resolve(Call& call) {
  administration::Resolution resolution;
  ROLECALL_TRY_ASSIGN(const auto outcome, call.text("outcome", true));
  ROLECALL_TRY_ASSIGN(resolution.comment, call.text("comment", false));
  resolution.is_done = outcome == access::name_of(ActionState::succeeded);
  if (!resolution.is_done && outcome != access::name_of(ActionState::failed)) {
    return fail(ErrorCode::invalid_value, "An outcome is “succeeded” or “failed”.", "outcome");
  }
  return answer_of(200, administration::resolve_action(call.environment, call.workspace, call.actor,
                                                       ActionId(call.segment(1)), resolution));
}

Result<Answer> secret(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto taken, administration::take_action_secret(call.environment, call.workspace, call.actor,
                                                                           ActionId(call.segment(1))));
  constexpr std::string_view kSecret = "secret";
  json::Object body;
  if (!taken) body.append(std::string(kSecret), json::Value());
  if (taken && !call.is_dry_run) body.append(std::string(kSecret), taken->expose());
  return Answer{200, std::move(body), taken ? kSecret : std::string_view()};
}

}  // namespace

std::vector<Route> action_routes() {
  return {{"GET", "/action-types", types},
          {"GET", "/directories/{name}/capabilities", capabilities},
          {"GET", "/actions", list},
          {"POST", "/actions", create},
          {"GET", "/actions/{id}", get},
          {"POST", "/actions/{id}/approve", approve},
          {"POST", "/actions/{id}/reject", reject},
          {"POST", "/actions/{id}/release", release},
          {"POST", "/actions/{id}/cancel", cancel},
          {"POST", "/actions/{id}/resolve", resolve},
          {"POST", "/actions/{id}/secret", secret}};
}

}  // namespace rolecall::api::admin
