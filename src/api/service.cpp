#include "rolecall/api/service.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "access/face.hpp"
#include "admin/face.hpp"
#include "answer.hpp"
#include "consent/face.hpp"
#include "docs.hpp"
#include "exchange.hpp"
#include "hooks/face.hpp"
#include "pages.hpp"
#include "permissions.hpp"
#include "rate_limiter.hpp"
#include "record_request.hpp"
#include "rolecall/api/error_table.hpp"
#include "scim/face.hpp"
#include "security_headers.hpp"

namespace rolecall::api {
namespace {

/// Methods are any token a client likes to send; the log shows the ones that mean something.
std::string_view shown_method(std::string_view method) {
  constexpr std::array<std::string_view, 7> kKnown{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
  return std::find(kKnown.begin(), kKnown.end(), method) != kKnown.end() ? method : std::string_view("other");
}

http::Response route(Exchange& exchange, RateLimiter& rates) {
  const std::string_view path = exchange.request.path();
  if (scim::owns(path)) return scim::handle(exchange, rates);
  if (path.starts_with("/admin/v1/")) return admin::handle(exchange);
  if (access_face::owns(path)) return access_face::handle(exchange);
  if (hooks::owns(path)) return hooks::handle(exchange);
  if (consent::owns(path)) return consent::handle(exchange);
  if (path == "/healthz/live" || path == "/healthz/ready") return health(exchange);
  if (path == "/openapi.json" || path == "/docs") return documentation(exchange);
  if (path == "/" || path == "/console" || path == "/console/") return start_page(exchange);
  exchange.error = Error{ErrorCode::not_found,
                         "There is nothing at this address. SCIM is at /scim/v2, the admin API at /admin/v1.",
                         {},
                         {},
                         {},
                         "/docs lists the addresses of the admin API."};
  return problem(*exchange.error, exchange.request.id);
}

/// In the format of the path.
http::Response refuse(const Error& error, std::string_view path, const RequestId& request = {}) {
  if (scim::owns(path)) return scim_error(error);
  return access_face::owns(path) ? message(error) : problem(error, request);
}

/// Nothing below throws on purpose; what does is a defect, or memory has run out.
http::Response without_exceptions(Exchange& exchange, RateLimiter& rates) {
  const auto fail_with = [&](const char* what) {
    exchange.parts.log.emit(log::Event::exception_caught,
                            {{"request", exchange.request.id}, {"where", exchange.route}, {"note", what}});
    exchange.error = internal_error(what).value();
    name_request(*exchange.error, exchange.request);
    return refuse(*exchange.error, exchange.request.path(), exchange.request.id);
  };
  try {
    return route(exchange, rates);
  } catch (const std::exception& error) {
    return fail_with(error.what());
  } catch (...) {
    return fail_with("an exception that is no std::exception");
  }
}

void count_outcome(const Exchange& exchange, const http::Response& response, std::chrono::microseconds duration) {
  metric::Metrics& metrics = exchange.parts.metrics;
  metrics.count(metric::AnsweredRequest{exchange.workspace_name, exchange.connection_name,
                                        shown_method(exchange.request.method), exchange.route,
                                        exchange.error ? name_of(exchange.error->code) : std::string_view(),
                                        response.status, duration, scim::owns(exchange.request.path())});
  for (const std::string& rule : exchange.rewrites) {
    metrics.count(metric::Rewrite{exchange.workspace_name, exchange.connection_name, exchange.dialect.name, rule});
  }
}

/// From the last byte of the request to the commit after which every decision says no.
void count_revocation(const Exchange& exchange, std::chrono::steady_clock::time_point started) {
  if (!exchange.revoked) return;
  const auto came =
      exchange.request.received == std::chrono::steady_clock::time_point() ? started : exchange.request.received;
  exchange.parts.metrics.count(
      metric::Revocation{std::chrono::duration_cast<std::chrono::microseconds>(*exchange.revoked - came)});
}

/// The public part of what the request came with; empty for the admin token.
std::string_view credential_of(const Exchange& exchange) {
  if (exchange.token) return exchange.token->token.value();
  if (exchange.session) return exchange.session->id.value();
  return exchange.api_token ? std::string_view(exchange.api_token->id.value()) : std::string_view();
}

void log_outcome(const Exchange& exchange, const http::Response& response, std::chrono::microseconds duration) {
  const auto& request = exchange.request;
  // A fault of ours that was answered twice in the log would be counted twice: the exception net has its own event.
  if (exchange.error && exchange.error->code == ErrorCode::internal) {
    exchange.parts.log.emit(log::Event::request_failed_internally, {{"request", request.id},
                                                                    {"method", shown_method(request.method)},
                                                                    {"route", exchange.route},
                                                                    {"note", exchange.error->note}});
  }
  std::string rewrites;
  for (const std::string& rule : exchange.rewrites) {
    rewrites.append(rewrites.empty() ? "" : " ").append(rule);
    exchange.parts.log.emit(log::Event::dialect_rewrite, {{"request", request.id},
                                                          {"connection", exchange.connection_name},
                                                          {"dialect", exchange.dialect.name},
                                                          {"rule", rule}});
  }
  exchange.parts.log.emit(
      log::Event::request_completed,
      {{"request", request.id},
       {"method", shown_method(request.method)},
       {"route", exchange.route},
       {"status", response.status},
       {"duration_us", duration.count()},
       {"request_bytes", request.body.size()},
       {"response_bytes", response.body.size()},
       {"connection", exchange.connection_name},
       {"token", credential_of(exchange)},
       {"workspace", exchange.token ? std::string_view(exchange.token->workspace.value()) : std::string_view()},
       {"error", exchange.error ? name_of(exchange.error->code) : ""},
       {"rewrites", rewrites}});
}

}  // namespace

Service::Service(const Parts& parts, Settings settings)
    : parts_(parts),
      settings_(std::move(settings)),
      rates_(std::make_unique<RateLimiter>(settings_.rate_per_second, settings_.rate_burst)),
      connections_(std::make_unique<ConnectionNames>(parts.provisioning.store)),
      docs_(std::make_unique<Docs>(settings_.admin_openapi, parts.administration.digest)),
      permissions_(std::make_unique<Permissions>(settings_.admin_openapi)),
      keys_(std::make_unique<KeysInFlight>()) {}

Service::~Service() = default;

// The way of every request, outermost first:
//   1 request id        made by the byte layer, sent back in X-Request-Id
//   2 metrics and log   counted once and one line per request, whatever becomes of it
//   3 exception net     a defect costs one request, never the process
//   4 authentication    by the face that owns the path, before anything of the request is looked at
//   5 rate limit        per token, after it is known to be one
//   6 router            of the face; it sets the route that the log shows
http::Response Service::handle(const http::Request& request) noexcept {
  const auto started = settings_.ticks();
  Exchange exchange{request,
                    parts_,
                    settings_,
                    *connections_,
                    *docs_,
                    *permissions_,
                    *keys_,
                    draining_.load(),
                    request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method),
                    {},
                    {},
                    {},
                    "-",
                    {},
                    {},
                    {},
                    {},
                    {}};
  http::Response response = without_exceptions(exchange, *rates_);
  response.headers.add("X-Request-Id", request.id.value());
  add_security_headers(response);
  const auto duration = std::chrono::duration_cast<std::chrono::microseconds>(settings_.ticks() - started);
  count_outcome(exchange, response, duration);
  count_revocation(exchange, started);
  log_outcome(exchange, response, duration);
  if (scim::owns(request.path())) record_request(exchange, response, shown_method(request.method), duration);
  return response;
}

http::Response Service::refusal(int status, std::string_view detail, std::string_view path) const {
  Error error{code_for_status(status), std::string(detail), {}, {}, {}};
  if (status == 503) error.retry_after = std::chrono::seconds(1);
  if (access_face::owns(path)) {
    http::Response response = message(error);
    response.status = status;
    add_security_headers(response);
    return response;
  }
  http::Response response =
      path.starts_with("/admin/") || hooks::owns(path) || consent::owns(path) ? problem(error) : scim_error(error);
  add_security_headers(response);
  // The byte layer knows better than the table which of the 4xx it is.
  if (response.status != status) {
    const std::string shown = std::to_string(response.status);
    const auto at = response.body.find(shown);
    if (at != std::string::npos) response.body.replace(at, shown.size(), std::to_string(status));
    response.status = status;
  }
  return response;
}

std::size_t Service::body_limit(std::string_view method, std::string_view path) const {
  if (hooks::owns(path)) return settings_.hook_body;
  if (!scim::owns(path)) return settings_.admin_body;
  if (scim::is_bulk(path)) return settings_.bulk_body;
  const bool is_group = path.find("/Groups") != std::string_view::npos;
  if (method == "GET" || method == "HEAD" || method == "DELETE") return settings_.user_body;
  return is_group ? settings_.group_body : settings_.user_body;
}

}  // namespace rolecall::api
