#include "face.hpp"

#include <algorithm>

#include "api/answer.hpp"
#include "api/authenticate.hpp"
#include "api/media_type.hpp"
#include "api/scim/face.hpp"
#include "rolecall/administration/workspaces.hpp"
#include "rolecall/decision/decision.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::api::access_face {
namespace {

struct Question {
  std::string subject_type, subject, action, resource_type, resource;
};

Result<const json::Object*> entity(const json::Object& body, const std::string& name) {
  const json::Value* value = body.find(name);
  if (value == nullptr || !value->is_object()) {
    return fail(ErrorCode::bad_request, "The member \"" + name + "\" is needed and must be an object.", name);
  }
  return value->as_object();
}

Result<std::string> text(const json::Object& object, const std::string& entity_name, const std::string& name) {
  const json::Value* value = object.find(name);
  if (value == nullptr || !value->is_string() || value->as_string()->empty()) {
    return fail(ErrorCode::bad_request, "\"" + entity_name + "." + name + "\" is needed and must be a string.",
                entity_name + "." + name);
  }
  return *value->as_string();
}

Result<Question> read_question(const Exchange& exchange) {
  ROLECALL_TRY(check_content_type(exchange.request));
  json::Limits limits;
  limits.bytes = exchange.settings.admin_body;
  limits.depth = exchange.settings.json_depth;
  ROLECALL_TRY_ASSIGN(const auto body, json::parse(exchange.request.body, limits));
  if (!body.is_object()) return fail(ErrorCode::bad_request, "The body must be a JSON object.");
  ROLECALL_TRY_ASSIGN(const auto* subject, entity(*body.as_object(), "subject"));
  ROLECALL_TRY_ASSIGN(const auto* action, entity(*body.as_object(), "action"));
  ROLECALL_TRY_ASSIGN(const auto* resource, entity(*body.as_object(), "resource"));
  Question question;
  ROLECALL_TRY_ASSIGN(question.subject_type, text(*subject, "subject", "type"));
  ROLECALL_TRY_ASSIGN(question.subject, text(*subject, "subject", "id"));
  ROLECALL_TRY_ASSIGN(question.action, text(*action, "action", "name"));
  ROLECALL_TRY_ASSIGN(question.resource_type, text(*resource, "resource", "type"));
  ROLECALL_TRY_ASSIGN(question.resource, text(*resource, "resource", "id"));
  return question;
}

/// What is not known is not allowed; only a question that cannot be read is an error.
Result<bool> decide(const Exchange& exchange, const Question& question) {
  if (question.subject_type != "user" || question.resource_type != "workspace") return false;
  const auto& environment = exchange.parts.administration;
  const auto workspace = administration::get_workspace(environment, question.resource);
  if (!workspace && workspace.error().code == ErrorCode::not_found) return false;
  if (!workspace) return fail(workspace.error());
  return decision::evaluate(environment.store, environment.folder, workspace->id, question.subject, question.action);
}

Result<http::Response> answer_question(Exchange& exchange) {
  ROLECALL_TRY(authenticate_admin(exchange));
  ROLECALL_TRY_ASSIGN(const auto question, read_question(exchange));
  ROLECALL_TRY_ASSIGN(const bool is_allowed, decide(exchange, question));
  return json_answer(200, json::Object{{"decision", is_allowed}});
}

http::Response refuse(Exchange& exchange, Error error) {
  exchange.error = std::move(error);
  name_request(*exchange.error, exchange.request);
  return problem(*exchange.error);
}

http::Response refuse_method(Exchange& exchange, const std::string& allowed) {
  http::Response response = refuse(exchange, method_not_allowed(exchange.request.method, allowed));
  response.headers.add("Allow", allowed);
  return response;
}

}  // namespace

http::Response evaluation(Exchange& exchange) {
  exchange.route = "/access/v1/evaluation";
  if (!exchange.is("POST")) return refuse_method(exchange, "POST");
  auto response = answer_question(exchange);
  return response ? std::move(*response) : refuse(exchange, std::move(response).error());
}

http::Response configuration(Exchange& exchange) {
  exchange.route = "/.well-known/authzen-configuration";
  if (!exchange.is("GET")) return refuse_method(exchange, "GET, HEAD");
  const std::string origin = scim::origin_of(exchange.request, exchange.settings);
  return json_answer(200, json::Object{{"policy_decision_point", origin},
                                       {"access_evaluation_endpoint", origin + "/access/v1/evaluation"}});
}

}  // namespace rolecall::api::access_face
