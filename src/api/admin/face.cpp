#include "face.hpp"

#include <algorithm>

#include "api/answer.hpp"
#include "api/authenticate.hpp"
#include "api/permissions.hpp"
#include "requests.hpp"
#include "rolecall/api/admin_routes.hpp"

namespace rolecall::api::admin {
namespace {

constexpr std::string_view kPrefix = "/admin/v1";

const std::vector<Route>& routes() {
  static const std::vector<Route> all = [] {
    std::vector<Route> joined;
    for (auto* make : {workspace_routes,
                       connection_routes,
                       token_routes,
                       role_routes,
                       permission_routes,
                       link_routes,
                       plan_routes,
                       guard_routes,
                       user_routes,
                       group_routes,
                       adoption_routes,
                       audit_routes,
                       system_routes,
                       api_token_routes,
                       request_routes,
                       webhook_routes,
                       directory_routes,
                       directory_hook_routes,
                       directory_consent_routes,
                       people_routes,
                       timeline_routes,
                       action_routes,
                       action_policy_routes,
                       admin_session_routes}) {
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

/// The GET whose answer has the ETag that a change of this address has to name.
const Route* reader_of(const Route& route) {
  if (!route.needs_match()) return nullptr;
  const auto found = std::find_if(routes().begin(), routes().end(), [&](const Route& other) {
    return other.method == "GET" && other.path == route.path;
  });
  return found == routes().end() ? nullptr : &*found;
}

/// Whoever has a session may end it.
bool signs_out(const Exchange& exchange, const Route& route) {
  return exchange.session && route.method == "DELETE" && route.path == "/sessions/{id}" &&
         exchange.segments[1] == exchange.session->id.value();
}

/// An API token belongs to a workspace; what tells of all of them is not for it.
Result<void> check_reach(const Exchange& exchange, const Route& route) {
  const std::string_view needed = exchange.permissions.needed(route.method, route.path);
  if (Permissions::is_for_everybody(needed) || signs_out(exchange, route)) return {};
  ROLECALL_TRY(require_scope(exchange, needed));
  if (!exchange.api_token || route.needs_workspace || route.path == "/system") return {};
  return fail(ErrorCode::forbidden, "This is about all workspaces; an API token belongs to one.");
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
    if (route.method == exchange.method) {
      ROLECALL_TRY(check_reach(exchange, route));
      // Before any unit of work: the records wait for the same writer.
      const bool shows_requests = route.path.starts_with("/requests") || route.path.ends_with("/timeline");
      if (shows_requests && exchange.parts.requests != nullptr) exchange.parts.requests->flush();
      return route.method == "GET" ? look(exchange, route) : change(exchange, route, reader_of(route));
    }
    allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
  }
  if (allowed.empty()) {
    return fail_with_next(ErrorCode::not_found, "There is nothing at this address of the admin API.",
                          "/docs lists the addresses that there are.");
  }
  exchange.error = method_not_allowed(exchange.request.method, allowed);
  // Nothing here writes to what an IdP pushes: its next push would undo it.
  const std::string& kind = exchange.segments.front();
  if (kind == "users" || kind == "groups") {
    exchange.error->next = "Users, groups and members are managed in the IdP: change them there.";
  }
  http::Response response = problem(*exchange.error, exchange.request.id);
  response.headers.add("Allow", allowed);
  return response;
}

}  // namespace

http::Response handle(Exchange& exchange) {
  auto response = guarded(exchange);
  if (response) return std::move(*response);
  exchange.error = std::move(response).error();
  name_request(*exchange.error, exchange.request);
  return problem(*exchange.error, exchange.request.id);
}

}  // namespace rolecall::api::admin

namespace rolecall::api {

std::vector<AdminRoute> admin_routes() {
  std::vector<AdminRoute> all;
  for (const admin::Route& route : admin::routes()) {
    all.push_back({route.method, route.path, route.is_tagged, route.needs_match()});
  }
  return all;
}

}  // namespace rolecall::api
