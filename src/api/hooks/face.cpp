#include "face.hpp"

#include <algorithm>

#include "api/answer.hpp"
#include "api/authenticate.hpp"
#include "rolecall/administration/directory_events.hpp"

namespace rolecall::api::hooks {
namespace {

constexpr std::string_view kPrefix = "/hooks/v1/";
constexpr std::string_view kOkta = "okta";

/// What Okta asks before it sends anything: whether somebody is here who expects it.
Result<http::Response> verify(Exchange& exchange, const DirectoryId& directory) {
  constexpr std::size_t kLongest = 1'000;
  const std::string* challenge = exchange.request.headers.find("x-okta-verification-challenge");
  const auto is_printable = [](char c) { return c > ' ' && static_cast<unsigned char>(c) < 0x7f; };
  const bool is_one = challenge != nullptr && !challenge->empty() && challenge->size() <= kLongest &&
                      std::all_of(challenge->begin(), challenge->end(), is_printable);
  if (!is_one) {
    return fail(ErrorCode::bad_request, "A request to verify this address has a header x-okta-verification-challenge.");
  }
  ROLECALL_TRY_ASSIGN(const bool is_here, administration::has_hook(exchange.parts.administration, kOkta, directory));
  if (!is_here) return fail(ErrorCode::not_found, "There is no event hook at this address.");
  return json_answer(200, json::Object{{"verification", *challenge}});
}

Result<http::Response> receive(Exchange& exchange, const DirectoryId& directory) {
  ROLECALL_TRY_ASSIGN(const auto delivered,
                      administration::receive_events(exchange.parts.administration, kOkta, directory,
                                                     presented_token(exchange.request), exchange.request.body));
  exchange.parts.log.emit(log::Event::directory_events_received, {{"request", exchange.request.id},
                                                                  {"workspace", delivered.workspace},
                                                                  {"directory", directory},
                                                                  {"events", delivered.events},
                                                                  {"added", delivered.added}});
  http::Response response;
  response.status = 204;
  return response;
}

Result<http::Response> route(Exchange& exchange) {
  const auto segments = http::parse_path(exchange.request.path().substr(kPrefix.size()));
  if (!segments || segments->size() != 2 || segments->front() != kOkta) {
    return fail(ErrorCode::not_found, "There is no event hook at this address.");
  }
  exchange.route = "/hooks/v1/okta/{directory}";
  const DirectoryId directory(segments->back());
  if (exchange.is("GET")) return verify(exchange, directory);
  if (exchange.is("POST")) return receive(exchange, directory);
  constexpr std::string_view kAllowed = "GET, HEAD, POST";
  exchange.error = method_not_allowed(exchange.request.method, kAllowed);
  http::Response response = problem(*exchange.error, exchange.request.id);
  response.headers.add("Allow", std::string(kAllowed));
  return response;
}

}  // namespace

bool owns(std::string_view path) { return path.starts_with(kPrefix); }

http::Response handle(Exchange& exchange) {
  auto response = route(exchange);
  if (response) return std::move(*response);
  exchange.error = std::move(response).error();
  name_request(*exchange.error, exchange.request);
  return problem(*exchange.error, exchange.request.id);
}

}  // namespace rolecall::api::hooks
