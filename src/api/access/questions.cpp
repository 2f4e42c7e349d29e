#include "questions.hpp"

#include "api/authenticate.hpp"
#include "api/media_type.hpp"
#include "rolecall/administration/bootstrap.hpp"
#include "rolecall/administration/workspaces.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::api::access_face {
namespace {

tl::unexpected<Error> unreadable(const std::string& sentence, const std::string& member) {
  return fail(ErrorCode::bad_request, sentence, member);
}

Result<const json::Object*> entity_in(const json::Object& message, const std::string& name) {
  const json::Value* value = message.find(name);
  if (value == nullptr || !value->is_object()) {
    return unreadable("The member \"" + name + "\" is needed and must be an object.", name);
  }
  return value->as_object();
}

Result<std::string> text_in(const json::Object& object, const std::string& entity, const std::string& name) {
  const json::Value* value = object.find(name);
  if (value == nullptr || !value->is_string() || value->as_string()->empty()) {
    const std::string path = entity + "." + name;
    return unreadable("\"" + path + "\" is needed and must be a string that is not empty.", path);
  }
  return *value->as_string();
}

/// An object that may be absent.
Result<json::Object> object_in(const json::Object& object, const std::string& name, const std::string& path) {
  const json::Value* value = object.find(name);
  if (value == nullptr || value->is_null()) return json::Object();
  if (!value->is_object()) return unreadable("\"" + path + "\" must be an object.", path);
  return *value->as_object();
}

Result<decision::Entity> read_entity(const json::Object& message, const std::string& name, bool is_sought) {
  decision::Entity entity;
  ROLECALL_TRY_ASSIGN(const auto* object, entity_in(message, name));
  ROLECALL_TRY_ASSIGN(entity.type, text_in(*object, name, "type"));
  if (!is_sought) {
    ROLECALL_TRY_ASSIGN(entity.id, text_in(*object, name, "id"));
  }
  ROLECALL_TRY_ASSIGN(entity.properties, object_in(*object, "properties", name + ".properties"));
  return entity;
}

}  // namespace

Result<json::Object> read_body(const Exchange& exchange) {
  json::Limits limits;
  limits.bytes = exchange.settings.admin_body;
  limits.depth = exchange.settings.json_depth;
  if (auto is_json = check_content_type(exchange.request); !is_json) {
    return unreadable("The request must be application/json.", {});
  }
  auto body = json::parse(exchange.request.body, limits);
  if (!body) return unreadable(body.error().detail, {});
  if (!body->is_object()) return unreadable("The body must be a JSON object.", {});
  return std::move(*body->as_object());
}

Result<decision::Question> read_question(const json::Object& message, Sought sought) {
  decision::Question question;
  ROLECALL_TRY_ASSIGN(question.subject, read_entity(message, "subject", sought == Sought::subject));
  if (sought != Sought::action) {
    ROLECALL_TRY_ASSIGN(const auto* action, entity_in(message, "action"));
    ROLECALL_TRY_ASSIGN(question.action.name, text_in(*action, "action", "name"));
    ROLECALL_TRY_ASSIGN(question.action.properties, object_in(*action, "properties", "action.properties"));
  }
  ROLECALL_TRY_ASSIGN(question.resource, read_entity(message, "resource", sought == Sought::resource));
  ROLECALL_TRY_ASSIGN(question.context, object_in(message, "context", "context"));
  return question;
}

Result<WorkspaceId> home_of(const Exchange& exchange) {
  ROLECALL_TRY_ASSIGN(const auto parameters, Parameters::read(exchange.request.query()));
  ROLECALL_TRY_ASSIGN(const auto name, parameters.text("workspace", ErrorCode::bad_request));
  const std::string wanted = name && !name->empty() ? *name : administration::kDefaultWorkspaceName;
  ROLECALL_TRY_ASSIGN(const auto workspace, administration::get_workspace(exchange.parts.administration, wanted));
  ROLECALL_TRY(require_workspace(exchange, workspace));
  return workspace.id;
}

decision::Environment environment_of(const Exchange& exchange) {
  const auto& parts = exchange.parts;
  // Every workspace is a resource that can be named; an API token belongs to one.
  return {parts.administration.store, parts.administration.catalogue, parts.provisioning.registry,
          parts.administration.folder,
          exchange.api_token ? std::optional<WorkspaceId>(exchange.api_token->workspace) : std::nullopt};
}

}  // namespace rolecall::api::access_face
