#include "api/scim/face.hpp"
#include "call.hpp"
#include "lifetime.hpp"
#include "listing.hpp"
#include "rolecall/administration/connections.hpp"
#include "rolecall/administration/request_log.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/store/joined.hpp"

namespace rolecall::api::admin {
namespace {

using store::LoggedRequest;

json::Array words_of(std::string_view text) {
  json::Array words;
  while (!text.empty()) {
    const auto end = text.find(' ');
    words.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return words;
}

json::Value or_null(const std::string& text) { return text.empty() ? json::Value() : json::Value(text); }

Result<json::Object> summary(const Call& call, const LoggedRequest& request) {
  json::Value connection;
  if (!request.connection.empty()) {
    ROLECALL_TRY_ASSIGN(const auto found, call.exchange.connections.find(call.workspace, request.connection));
    connection = found.name;
  }
  constexpr std::int64_t kMicros = 1'000'000;
  const std::string thousandths = std::to_string(kMicros + request.micros % 1000).substr(4);
  return json::Object{{"id", request.id.value()},
                      {"at", to_timestamp(request.at)},
                      {"connection", std::move(connection)},
                      {"token", or_null(request.token.value())},
                      {"method", request.method},
                      {"path", request.route},
                      {"resource", or_null(request.resource.value())},
                      {"intent", request.intent},
                      {"status", request.status},
                      {"error", or_null(request.error)},
                      {"scim_type", or_null(request.scim_type)},
                      {"milliseconds", json::Number{std::to_string(request.micros / 1000) + "." + thousandths}},
                      {"rewrites", words_of(request.rewrites)}};
}

json::Value parsed(const std::string& text) {
  auto value = json::parse(text);
  return value ? std::move(*value) : json::Value();
}

void append_effect(json::Object& shown, const std::string& effect) {
  const json::Value found = parsed(effect);
  for (const std::string_view name : {"attributes", "gained", "lost"}) {
    const json::Value* list = found.is_object() ? found.as_object()->find(name) : nullptr;
    shown.append(std::string(name), list != nullptr ? *list : json::Value(json::Array()));
  }
}

Result<json::Object> details(const Call& call, const LoggedRequest& request) {
  ROLECALL_TRY_ASSIGN(auto shown, summary(call, request));
  json::Array steps;
  for (const audit::Step& step : audit::steps_of(request)) {
    steps.emplace_back(
        json::Object{{"step", step.name}, {"state", audit::name_of(step.state)}, {"sentence", step.sentence}});
  }
  shown.append("steps", std::move(steps));
  append_effect(shown, request.effect);
  shown.append("body_state", request.body_state);
  shown.append("body", parsed(request.body));
  return shown;
}

/// Requests with a bad token belong to no workspace; whoever is bound to one does not see them.
administration::RequestReach reach_of(const Call& call) { return {call.workspace, !call.exchange.api_token}; }

Result<std::int64_t> status_class_in(const Call& call) {
  ROLECALL_TRY_ASSIGN(const auto given, call.parameter("status"));
  if (given.empty()) return 0;
  if (given.size() == 3 && given[0] >= '1' && given[0] <= '5' && given.substr(1) == "xx") return given[0] - '0';
  return fail(ErrorCode::invalid_value, "The parameter status is 2xx, 3xx, 4xx or 5xx.", "status");
}

Result<store::RequestLogFilter> filter_in(const Call& call) {
  store::RequestLogFilter filter;
  ROLECALL_TRY_ASSIGN(filter.status_class, status_class_in(call));
  ROLECALL_TRY_ASSIGN(const auto connection, call.parameter("connection"));
  ROLECALL_TRY_ASSIGN(const auto unknown, call.parameter("unauthenticated"));
  if (!unknown.empty() && unknown != "true" && unknown != "false") {
    return fail(ErrorCode::invalid_value, "The parameter unauthenticated is true or false.", "unauthenticated");
  }
  if (unknown == "true") filter.connection = ConnectionId();
  if (!connection.empty()) {
    ROLECALL_TRY_ASSIGN(const auto found, administration::get_connection(call.environment, call.workspace, connection));
    filter.connection = found.id;
  }
  ROLECALL_TRY_ASSIGN(filter.since, instant_in(call, "since"));
  return filter;
}

Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(auto filter, filter_in(call));
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call, {"connection", "status", "since", "unauthenticated"}));
  if (!listing.after().empty()) filter.before = RequestId(listing.after());
  ROLECALL_TRY_ASSIGN(const auto page,
                      administration::list_requests(call.environment, reach_of(call), filter, listing.limit()));
  json::Array items;
  for (const LoggedRequest& request : page.requests) {
    ROLECALL_TRY_ASSIGN(auto item, summary(call, request));
    items.emplace_back(std::move(item));
  }
  return listing.answer(std::move(items), page.next.value());
}

Result<Answer> get(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto request,
                      administration::get_request(call.environment, reach_of(call), RequestId(call.segment(1))));
  ROLECALL_TRY_ASSIGN(auto shown, details(call, request));
  return Answer{200, std::move(shown)};
}

/// `/scim/v2/Users/{id}` with the id that it had.
std::string target_of(const LoggedRequest& request) {
  std::string path = request.route;
  const auto hole = path.find("{id}");
  if (hole != std::string::npos) path.replace(hole, 4, request.resource.value());
  return "/scim/v2" + path;
}

Result<void> check_replayable(const LoggedRequest& request) {
  const bool is_change =
      request.method != "GET" && request.method != "HEAD" && request.route.find('.') == std::string::npos;
  if (request.connection.empty() || request.error == "unauthenticated" || !is_change || request.route == "-") {
    return fail(ErrorCode::conflict, "Only a change of a known connection can be replayed.");
  }
  const bool needs_body = request.method != "DELETE";
  if (needs_body && request.body_state != "kept") {
    return fail_with_next(
        ErrorCode::conflict,
        "The body of this request was not kept (" + request.body_state + "), so that it cannot be replayed.",
        "The setting request_log.body says up to which size bodies are kept.");
  }
  if (request.route.ends_with("{id}") && request.resource.empty()) {
    return fail(ErrorCode::conflict,
                "This request named nothing that has an id of ours, so that it cannot be replayed.");
  }
  return {};
}

/// The SCIM face once more, over the unit of work of this request, which is taken back at its end.
Result<json::Object> run_again(Call& call, const LoggedRequest& recorded) {
  http::Request request;
  request.method = recorded.method;
  request.target = target_of(recorded);
  request.body = recorded.body;
  request.id = call.exchange.request.id;
  if (!request.body.empty()) request.headers.add("Content-Type", "application/scim+json");
  json::Object shown;
  ROLECALL_TRY(call.environment.store.write([&](store::UnitOfWork& unit) -> Result<void> {
    store::JoinedStore joined(call.environment.store, unit);
    const auto provisioning = call.exchange.parts.provisioning.over(joined);
    log::NullLogger log;
    metric::NullMetrics metrics;
    const Parts parts{provisioning, call.environment, call.exchange.parts.tokens, call.exchange.parts.cursors,
                      log,          metrics};
    Exchange exchange{request,
                      parts,
                      call.exchange.settings,
                      call.exchange.connections,
                      call.exchange.docs,
                      call.exchange.permissions,
                      call.exchange.keys,
                      false,
                      request.method,
                      {},
                      {},
                      {},
                      "-",
                      {},
                      {},
                      {},
                      {},
                      {}};
    exchange.token = administration::AuthenticatedToken{recorded.token, call.workspace, recorded.connection, {}};
    const http::Response response = scim::replay(exchange);
    ROLECALL_TRY_ASSIGN(auto story, audit::story_of(unit.workspace(call.workspace), request.id));
    shown = json::Object{{"request", recorded.id.value()},
                         {"intent", story.intent.empty() ? std::string("change nothing") : story.intent},
                         {"status", response.status},
                         {"answer", parsed(response.body)}};
    for (auto& [name, value] : story.effect) shown.append(name, std::move(value));
    return {};
  }));
  return shown;
}

Result<Answer> replay(Call& call) {
  if (!call.is_dry_run) {
    return fail_with_next(ErrorCode::invalid_value, "A request is only replayed as a dry run.",
                          "Send dry_run=true; the identity provider itself can send it again in earnest.", "dry_run");
  }
  ROLECALL_TRY_ASSIGN(const auto request,
                      administration::get_request(call.environment, reach_of(call), RequestId(call.segment(1))));
  ROLECALL_TRY(check_replayable(request));
  ROLECALL_TRY_ASSIGN(auto shown, run_again(call, request));
  return Answer{200, std::move(shown)};
}

}  // namespace

std::vector<Route> request_routes() {
  return {{"GET", "/requests", list}, {"GET", "/requests/{id}", get}, {"POST", "/requests/{id}/replay", replay}};
}

}  // namespace rolecall::api::admin
