#include "face.hpp"

#include <iterator>

#include "api/answer.hpp"
#include "api/authenticate.hpp"
#include "api/media_type.hpp"
#include "call.hpp"
#include "rolecall/administration/workspaces.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::api::admin {
namespace {

constexpr std::string_view kPrefix = "/admin/v1";

const std::vector<Route>& routes() {
  static const std::vector<Route> all = [] {
    std::vector<Route> joined;
    for (auto* make : {workspace_routes, connection_routes, token_routes, role_routes, link_routes, user_routes,
                       group_routes, adoption_routes, audit_routes, system_routes}) {
      auto some = make();
      joined.insert(joined.end(), some.begin(), some.end());
    }
    return joined;
  }();
  return all;
}

bool fits(std::string_view path, const std::vector<std::string>& segments) {
  for (const std::string& segment : segments) {
    if (!path.starts_with('/')) return false;
    path.remove_prefix(1);
    const auto end = path.find('/');
    const std::string_view wanted = path.substr(0, end);
    if (wanted.starts_with('{') ? segment.empty() : wanted != segment) return false;
    path = end == std::string_view::npos ? std::string_view() : path.substr(end);
  }
  return path.empty();
}

Result<json::Object> read_body(const Exchange& exchange) {
  if (exchange.request.body.empty()) return json::Object();
  ROLECALL_TRY(check_content_type(exchange.request));
  json::Limits limits;
  limits.bytes = exchange.settings.admin_body;
  limits.depth = exchange.settings.json_depth;
  ROLECALL_TRY_ASSIGN(auto body, json::parse(exchange.request.body, limits));
  if (!body.is_object()) return fail(ErrorCode::invalid_syntax, "The body must be a JSON object.");
  return std::move(*body.as_object());
}

Result<http::Response> run(Exchange& exchange, const Route& route) {
  Call call{exchange, exchange.parts.administration, {}, {"admin", exchange.request.id}, {}, {}};
  ROLECALL_TRY_ASSIGN(call.parameters, Parameters::read(exchange.request.query()));
  ROLECALL_TRY_ASSIGN(call.body, read_body(exchange));
  if (route.needs_workspace) {
    ROLECALL_TRY_ASSIGN(auto name, call.parameter("workspace"));
    if (name.empty()) name = "default";
    ROLECALL_TRY_ASSIGN(const auto workspace, administration::get_workspace(call.environment, name));
    call.workspace = workspace.id;
  }
  ROLECALL_TRY_ASSIGN(const auto answered, route.handler(call));
  if (!answered.body.is_null()) return json_answer(answered.status, answered.body);
  http::Response response;
  response.status = answered.status;
  return response;
}

Result<http::Response> guarded(Exchange& exchange) {
  ROLECALL_TRY(authenticate_admin(exchange));
  auto segments = http::parse_path(exchange.request.path().substr(kPrefix.size()));
  if (!segments) return fail(ErrorCode::bad_request, "The path of the URL is not readable.");
  exchange.segments = std::move(*segments);
  std::string allowed;
  for (const Route& route : routes()) {
    if (!fits(route.path, exchange.segments)) continue;
    exchange.route = std::string(kPrefix) + std::string(route.path);
    if (route.method == exchange.method) return run(exchange, route);
    allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
  }
  if (allowed.empty()) return fail(ErrorCode::not_found, "There is nothing at this address of the admin API.");
  exchange.error = method_not_allowed(exchange.request.method, allowed);
  http::Response response = problem(*exchange.error);
  response.headers.add("Allow", allowed);
  return response;
}

}  // namespace

http::Response handle(Exchange& exchange) {
  auto response = guarded(exchange);
  if (response) return std::move(*response);
  exchange.error = std::move(response).error();
  name_request(*exchange.error, exchange.request);
  return problem(*exchange.error);
}

}  // namespace rolecall::api::admin
