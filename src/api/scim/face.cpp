#include "face.hpp"

#include <array>

#include "api/answer.hpp"
#include "api/authenticate.hpp"
#include "api/media_type.hpp"
#include "api/rate_limiter.hpp"
#include "bulk.hpp"
#include "discovery.hpp"
#include "lists.hpp"
#include "resources.hpp"

namespace rolecall::api::scim {
namespace {

// Administrators' guides in circulation show both forms.
constexpr std::array<std::string_view, 2> kPrefixes{"/scim/v2", "/scim_v2"};

std::string_view prefix_of(std::string_view path) {
  for (const std::string_view prefix : kPrefixes) {
    if (path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/')) return prefix;
  }
  return {};
}

/// What a Host header may hold to be echoed into an address.
bool is_host(std::string_view host) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]";
  constexpr std::size_t kLongest = 261;  // 253 characters of name, colon, five digits, brackets
  return !host.empty() && host.size() <= kLongest && host.find_first_not_of(kAllowed) == std::string_view::npos;
}

http::Response refuse_method(Exchange& exchange, std::string_view allowed) {
  exchange.error = method_not_allowed(exchange.request.method, allowed);
  http::Response response = scim_error(*exchange.error);
  response.headers.add("Allow", std::string(allowed));
  return response;
}

using Verb = Result<http::Response> (*)(Exchange&, std::string_view, const schema::ResourceType&);

Verb verb_of(std::string_view method, bool has_id) {
  if (method == "GET" && has_id) return get_resource;
  if (method == "POST" && !has_id) return create_resource;
  if (method == "PUT" && has_id) return replace_resource;
  if (method == "PATCH" && has_id) return patch_resource;
  if (method == "DELETE" && has_id) return remove_resource;
  return nullptr;
}

/// A query of one type, or of all when `type` is null; `is_search` when it is one by POST.
Result<http::Response> query(Exchange& exchange, std::string_view base, const schema::ResourceType* type,
                             bool is_search) {
  exchange.route = (type != nullptr ? type->endpoint : std::string()) + (is_search ? "/.search" : "");
  if (exchange.route.empty()) exchange.route = "/";
  if (is_search) return exchange.is("POST") ? search_resources(exchange, base, type) : refuse_method(exchange, "POST");
  return exchange.is("GET") ? list_resources(exchange, base, type) : refuse_method(exchange, "GET, HEAD");
}

/// RFC 7644 §3.11: another name for the user that the token stands for; answers carry the lasting address.
Result<http::Response> me(Exchange& exchange, std::string_view base) {
  exchange.route = "/Me";
  if (!exchange.token->user) {
    return fail(ErrorCode::not_implemented,
                "This token stands for a connection, not for a user, so that there is no /Me. Use /Users/{id}.");
  }
  const auto* type = exchange.parts.provisioning.registry.find_type("User");
  const Verb verb = verb_of(exchange.method, true);
  if (verb == nullptr || type == nullptr) return refuse_method(exchange, "GET, HEAD, PUT, PATCH, DELETE");
  exchange.segments = {"Users", exchange.token->user->value()};
  return verb(exchange, base, *type);
}

Result<http::Response> route(Exchange& exchange, std::string_view base) {
  ROLECALL_TRY(check_accept(exchange.request, exchange.dialect, exchange.rewrites));
  const auto& segments = exchange.segments;
  const std::string_view first = segments.empty() ? std::string_view() : std::string_view(segments[0]);
  const bool is_get = exchange.is("GET");
  if (first == "ServiceProviderConfig" && segments.size() == 1) {
    exchange.route = "/ServiceProviderConfig";
    return is_get ? service_provider_config(exchange, base) : refuse_method(exchange, "GET, HEAD");
  }
  if (first == "Schemas" && segments.size() <= 2) {
    exchange.route = segments.size() == 1 ? "/Schemas" : "/Schemas/{urn}";
    return is_get ? schemas(exchange, base) : refuse_method(exchange, "GET, HEAD");
  }
  if (first == "ResourceTypes" && segments.size() <= 2) {
    exchange.route = segments.size() == 1 ? "/ResourceTypes" : "/ResourceTypes/{name}";
    return is_get ? resource_types(exchange, base) : refuse_method(exchange, "GET, HEAD");
  }
  if (first == "Bulk" && segments.size() == 1) {
    exchange.route = "/Bulk";
    return exchange.is("POST") ? bulk_request(exchange, base) : refuse_method(exchange, "POST");
  }
  if (first == "Me" && segments.size() == 1) return me(exchange, base);
  if (segments.empty() || (first == ".search" && segments.size() == 1)) {
    return query(exchange, base, nullptr, first == ".search");
  }
  const auto* type = exchange.parts.provisioning.registry.find_type_by_endpoint("/" + std::string(first));
  if (type != nullptr && segments.size() <= 2) {
    const bool has_id = segments.size() == 2;
    if (has_id && segments[1] == ".search") return query(exchange, base, type, true);
    if (!has_id && is_get) return query(exchange, base, type, false);
    exchange.route = has_id ? type->endpoint + "/{id}" : type->endpoint;
    const Verb verb = verb_of(exchange.method, has_id);
    if (type->is_read_only() && !is_get) return refuse_method(exchange, "GET, HEAD");
    if (verb == nullptr) return refuse_method(exchange, has_id ? "GET, HEAD, PUT, PATCH, DELETE" : "GET, HEAD, POST");
    return verb(exchange, base, *type);
  }
  return fail(ErrorCode::not_found,
              "There is no SCIM endpoint at this address. Check the base URL: it ends in /scim/v2.");
}

/// RFC 7643 §5: a client may read how to authenticate before it can.
bool is_open(const Exchange& exchange) {
  return exchange.is("GET") && exchange.segments.size() == 1 && exchange.segments[0] == "ServiceProviderConfig" &&
         exchange.request.headers.count("Authorization") == 0;
}

Result<http::Response> guarded(Exchange& exchange, RateLimiter& rates) {
  const std::string_view path = exchange.request.path();
  auto segments = http::parse_path(path.substr(prefix_of(path).size()));
  if (segments) exchange.segments = std::move(*segments);
  if (!segments || !is_open(exchange)) {
    ROLECALL_TRY(authenticate_connection(exchange));
    ROLECALL_TRY_ASSIGN(auto connection,
                        exchange.connections.find(exchange.token->workspace, exchange.token->connection));
    exchange.connection_name = std::move(connection.name);
    exchange.workspace_name = std::move(connection.workspace);
    exchange.dialect = std::move(connection.dialect);
    if (const auto wait = rates.take(exchange.token->token, exchange.settings.ticks())) {
      exchange.parts.log.emit(log::Event::rate_limited, {{"request", exchange.request.id},
                                                         {"token", exchange.token->token},
                                                         {"connection", exchange.connection_name},
                                                         {"retry_after_seconds", wait->count()}});
      return fail(Error{
          ErrorCode::rate_limited, "Too many requests with this token. Retry after the named seconds.", {}, {}, wait});
    }
  }
  if (!segments) return fail(ErrorCode::bad_request, "The path of the URL is not readable.");
  return route(exchange, origin_of(exchange.request, exchange.settings) + "/scim/v2");
}

Result<http::Response> again(Exchange& exchange) {
  auto segments = http::parse_path(exchange.request.path().substr(kPrefixes[0].size()));
  if (!segments) return internal_error("a recorded address is not readable");
  exchange.segments = std::move(*segments);
  ROLECALL_TRY_ASSIGN(auto connection,
                      exchange.connections.find(exchange.token->workspace, exchange.token->connection));
  exchange.connection_name = std::move(connection.name);
  exchange.workspace_name = std::move(connection.workspace);
  exchange.dialect = std::move(connection.dialect);
  return route(exchange, origin_of(exchange.request, exchange.settings) + "/scim/v2");
}

http::Response shown(Exchange& exchange, Result<http::Response> response) {
  if (response) return std::move(*response);
  exchange.error = std::move(response).error();
  name_request(*exchange.error, exchange.request);
  return scim_error(*exchange.error);
}

}  // namespace

bool owns(std::string_view path) { return !prefix_of(path).empty(); }

bool is_bulk(std::string_view path) {
  const std::string_view rest = path.substr(prefix_of(path).size());
  return owns(path) && (rest == "/Bulk" || rest == "/Bulk/");
}

std::string origin_of(const http::Request& request, const Settings& settings) {
  if (!settings.public_url.empty()) return settings.public_url;
  const std::string* host = request.headers.find("Host");
  return "http://" + (host != nullptr && is_host(*host) ? *host : std::string("localhost"));
}

http::Response handle(Exchange& exchange, RateLimiter& rates) { return shown(exchange, guarded(exchange, rates)); }

http::Response replay(Exchange& exchange) { return shown(exchange, again(exchange)); }

}  // namespace rolecall::api::scim
