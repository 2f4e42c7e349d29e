#include "record_request.hpp"

#include <algorithm>

#include "authenticate.hpp"
#include "rolecall/administration/token_format.hpp"
#include "rolecall/api/error_table.hpp"

namespace rolecall::api {
namespace {

/// UUIDs only: in the place of an id a client may send anything.
ResourceId id_in(std::string_view text) {
  constexpr std::size_t kLength = 36;
  const bool is_id = text.size() == kLength && text.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
  return ResourceId(is_id ? std::string(text) : std::string());
}

ResourceId resource_of(const Exchange& exchange, const http::Response& response) {
  if (exchange.route.ends_with("/{id}") && exchange.segments.size() == 2) return id_in(exchange.segments[1]);
  const std::string* location = response.headers.find("Location");
  return location != nullptr ? id_in(std::string_view(*location).substr(location->rfind('/') + 1)) : ResourceId();
}

/// As the schemas spell it; empty for what they do not know.
std::string known_attribute(const Exchange& exchange, const std::string& attribute) {
  if (attribute.empty()) return {};
  for (const auto& type : exchange.parts.provisioning.registry.types()) {
    if (const auto path = type->resolve(attribute)) return path->to_string();
  }
  return {};
}

void describe_error(const Exchange& exchange, store::LoggedRequest& request) {
  if (!exchange.error) return;
  request.error = name_of(exchange.error->code);
  request.scim_type = row_of(exchange.error->code).scim_type;
  request.attribute = known_attribute(exchange, exchange.error->attribute);
}

void take_body(const Exchange& exchange, audit::RequestEntry& entry, std::size_t limit) {
  const std::string& body = exchange.request.body;
  entry.request.body_state = "none";
  if (body.empty() || !exchange.token) return;
  // A query changes nothing that could be looked at by replaying it, and what it compares with may be a secret.
  if (exchange.route.ends_with("/.search")) return;
  entry.request.body_state = limit == 0 ? "off" : "too long";
  if (body.size() > limit) return;
  entry.body = body;
  entry.request.body_state = "kept";
}

}  // namespace

void record_request(const Exchange& exchange, const http::Response& response, std::string_view method,
                    std::chrono::microseconds duration) noexcept {
  audit::RequestSink* sink = exchange.parts.requests;
  if (sink == nullptr) return;
  try {
    audit::RequestEntry entry;
    store::LoggedRequest& request = entry.request;
    request.id = exchange.request.id;
    request.at = exchange.parts.provisioning.clock.now();
    request.method = method;
    request.route = exchange.route;
    request.status = response.status;
    request.micros = duration.count();
    request.resource = resource_of(exchange, response);
    for (const std::string& rule : exchange.rewrites) {
      request.rewrites.append(request.rewrites.empty() ? "" : " ").append(rule);
    }
    describe_error(exchange, request);
    if (exchange.token) {
      entry.workspace = exchange.token->workspace;
      request.connection = exchange.token->connection;
      request.token = exchange.token->token;
    } else if (const auto parsed = administration::parse_token(presented_token(exchange.request))) {
      entry.presented = parsed->id;
    }
    take_body(exchange, entry, sink->body_limit());
    sink->offer(std::move(entry));
  } catch (...) {
    // Out of memory: the record is lost, the answer is not.
    return;
  }
}

}  // namespace rolecall::api
