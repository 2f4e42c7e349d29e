#include "evaluations.hpp"

#include <array>
#include <utility>

#include "api/answer.hpp"
#include "questions.hpp"
#include "rolecall/api/error_table.hpp"
#include "rolecall/decision/decision.hpp"

namespace rolecall::api::access_face {
namespace {

using decision::Semantic;

constexpr std::array<const char*, 4> kMembers{"subject", "action", "resource", "context"};

json::Object sentence(std::string_view text) { return json::Object{{"en", text}}; }

json::Object shown(const decision::Decision& decision, const http::Request& request) {
  json::Object answer{{"decision", decision.is_allowed}};
  if (decision.is_allowed) return answer;
  json::Object context{{"id", request.id.value()}};
  if (decision.error) {
    const int status = row_of(decision.error->code).status;
    context.append("error", json::Object{{"status", status}, {"message", decision.error->detail}});
  } else {
    context.append("reason_admin", sentence(decision.reason));
    context.append("reason_user", sentence("You do not have the permission that this needs."));
  }
  answer.append("context", std::move(context));
  return answer;
}

Result<http::Response> answer_one(Exchange& exchange, const json::Object& body) {
  ROLECALL_TRY_ASSIGN(const auto question, read_question(body, Sought::decision));
  ROLECALL_TRY_ASSIGN(const auto home, home_of(exchange));
  ROLECALL_TRY_ASSIGN(const auto decision, decision::evaluate(environment_of(exchange), home, question));
  return json_answer(200, shown(decision, exchange.request));
}

Result<Semantic> semantic_of(const json::Object& body) {
  constexpr std::array<std::pair<std::string_view, Semantic>, 3> kNames{
      {{"execute_all", Semantic::execute_all},
       {"deny_on_first_deny", Semantic::deny_on_first_deny},
       {"permit_on_first_permit", Semantic::permit_on_first_permit}}};
  const json::Value* options = body.find("options");
  if (options == nullptr || options->is_null()) return Semantic::execute_all;
  if (!options->is_object()) return fail(ErrorCode::bad_request, "\"options\" must be an object.", "options");
  const json::Value* wanted = options->as_object()->find("evaluations_semantic");
  if (wanted == nullptr || wanted->is_null()) return Semantic::execute_all;
  for (const auto& [name, semantic] : kNames) {
    if (wanted->is_string() && *wanted->as_string() == name) return semantic;
  }
  return fail(ErrorCode::bad_request,
              "\"options.evaluations_semantic\" must be execute_all, deny_on_first_deny or permit_on_first_permit.",
              "options.evaluations_semantic");
}

/// What an item does not name is that of the request; what it names replaces that as a whole (§7.1.1).
Result<decision::Question> question_of(const json::Object& defaults, const json::Value& item) {
  if (!item.is_object()) return fail(ErrorCode::bad_request, "An evaluation must be an object.");
  json::Object whole;
  for (const char* member : kMembers) {
    const json::Value* value = item.as_object()->find(member);
    if (value == nullptr) value = defaults.find(member);
    if (value != nullptr) whole.append(member, *value);
  }
  return read_question(whole, Sought::decision);
}

Result<void> check_defaults(const json::Object& body) {
  for (const char* member : kMembers) {
    const json::Value* value = body.find(member);
    if (value != nullptr && !value->is_object() && !value->is_null()) {
      return fail(ErrorCode::bad_request, "The member \"" + std::string(member) + "\" must be an object.", member);
    }
  }
  return {};
}

}  // namespace

Result<http::Response> evaluation(Exchange& exchange) {
  ROLECALL_TRY_ASSIGN(const auto body, read_body(exchange));
  return answer_one(exchange, body);
}

Result<http::Response> evaluations(Exchange& exchange) {
  ROLECALL_TRY_ASSIGN(const auto body, read_body(exchange));
  const json::Value* items = body.find("evaluations");
  if (items == nullptr || items->is_null()) return answer_one(exchange, body);
  if (!items->is_array()) return fail(ErrorCode::bad_request, "\"evaluations\" must be an array.", "evaluations");
  if (items->as_array()->empty()) return answer_one(exchange, body);
  if (items->as_array()->size() > exchange.settings.evaluations) {
    return fail(ErrorCode::bad_request,
                "\"evaluations\" may hold " + std::to_string(exchange.settings.evaluations) + " at most.",
                "evaluations");
  }
  ROLECALL_TRY_ASSIGN(const auto semantic, semantic_of(body));
  ROLECALL_TRY(check_defaults(body));
  ROLECALL_TRY_ASSIGN(const auto home, home_of(exchange));
  std::vector<Result<decision::Question>> questions;
  for (const json::Value& item : *items->as_array()) questions.push_back(question_of(body, item));
  ROLECALL_TRY_ASSIGN(const auto decisions,
                      decision::evaluate_all(environment_of(exchange), home, questions, semantic));
  json::Array answers;
  for (const auto& decision : decisions) answers.emplace_back(shown(decision, exchange.request));
  return json_answer(200, json::Object{{"evaluations", std::move(answers)}});
}

}  // namespace rolecall::api::access_face
