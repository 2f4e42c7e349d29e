#include "face.hpp"

#include <array>

#include "api/answer.hpp"
#include "api/authenticate.hpp"
#include "api/permissions.hpp"
#include "api/scim/face.hpp"
#include "evaluations.hpp"
#include "searches.hpp"

namespace rolecall::api::access_face {
namespace {

constexpr std::string_view kPrefix = "/access/";
constexpr std::string_view kConfiguration = "/.well-known/authzen-configuration";

using Handler = Result<http::Response> (*)(Exchange&);

struct Route {
  std::string_view path;
  const char* endpoint;  ///< its name in the configuration (§9.1)
  Handler handler;
};

constexpr std::array<Route, 5> kRoutes{{{"/access/v1/evaluation", "access_evaluation_endpoint", evaluation},
                                        {"/access/v1/evaluations", "access_evaluations_endpoint", evaluations},
                                        {"/access/v1/search/subject", "search_subject_endpoint",
                                         [](Exchange& exchange) { return search(exchange, Sought::subject); }},
                                        {"/access/v1/search/resource", "search_resource_endpoint",
                                         [](Exchange& exchange) { return search(exchange, Sought::resource); }},
                                        {"/access/v1/search/action", "search_action_endpoint",
                                         [](Exchange& exchange) { return search(exchange, Sought::action); }}}};

http::Response refuse(Exchange& exchange, Error error) {
  exchange.error = std::move(error);
  name_request(*exchange.error, exchange.request);
  return message(*exchange.error);
}

http::Response refuse_method(Exchange& exchange, const std::string& allowed) {
  http::Response response = refuse(exchange, method_not_allowed(exchange.request.method, allowed));
  response.headers.add("Allow", allowed);
  return response;
}

http::Response configuration(Exchange& exchange) {
  exchange.route = kConfiguration;
  if (!exchange.is("GET")) return refuse_method(exchange, "GET, HEAD");
  const std::string origin = scim::origin_of(exchange.request, exchange.settings);
  json::Object body{{"policy_decision_point", origin}};
  for (const Route& route : kRoutes) body.append(route.endpoint, origin + std::string(route.path));
  return json_answer(200, std::move(body));
}

Result<http::Response> answer_to(Exchange& exchange, const Route& route) {
  ROLECALL_TRY(authenticate_admin(exchange));
  ROLECALL_TRY(require_scope(exchange, Permissions::kDecisions));
  return route.handler(exchange);
}

}  // namespace

bool owns(std::string_view path) { return path.starts_with(kPrefix) || path == kConfiguration; }

http::Response handle(Exchange& exchange) {
  const std::string_view path = exchange.request.path();
  if (path == kConfiguration) return configuration(exchange);
  for (const Route& route : kRoutes) {
    if (path != route.path) continue;
    exchange.route = route.path;
    if (!exchange.is("POST")) return refuse_method(exchange, "POST");
    auto response = answer_to(exchange, route);
    return response ? std::move(*response) : refuse(exchange, std::move(response).error());
  }
  return refuse(exchange, Error{ErrorCode::not_found,
                                "There is nothing at this address. /.well-known/authzen-configuration names what there "
                                "is.",
                                {},
                                {},
                                {}});
}

}  // namespace rolecall::api::access_face
