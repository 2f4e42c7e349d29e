#include "resources.hpp"

#include <algorithm>

#include "api/answer.hpp"
#include "api/entity_tag.hpp"
#include "api/media_type.hpp"
#include "queries.hpp"
#include "render.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/patch/message.hpp"
#include "rolecall/patch/resolve.hpp"

namespace rolecall::api::scim {
namespace {

provisioning::Caller caller_of(const Exchange& exchange) {
  return provisioning::Caller{exchange.token->workspace, exchange.token->connection, exchange.token->token,
                              exchange.request.id};
}

ResourceId id_of(const Exchange& exchange) { return ResourceId(exchange.segments[1]); }

Result<json::Value> read_body(const Exchange& exchange, const schema::ResourceType& type) {
  ROLECALL_TRY(check_content_type(exchange.request));
  if (exchange.request.body.find_first_not_of(" \t\r\n") == std::string::npos) {
    return fail(ErrorCode::invalid_syntax, "The request has no body; a JSON object is needed.");
  }
  json::Limits limits;
  limits.bytes = type.name == "Group" ? exchange.settings.group_body : exchange.settings.user_body;
  limits.depth = exchange.settings.json_depth;
  ROLECALL_TRY_ASSIGN(auto body, json::parse(exchange.request.body, limits));
  if (!body.is_object()) return fail(ErrorCode::invalid_syntax, "The body must be a JSON object.");
  return body;
}

Result<resource::Projection> projection_of(const Exchange& exchange, const schema::ResourceType& type) {
  ROLECALL_TRY_ASSIGN(const auto parameters, Parameters::read(exchange.request.query()));
  return read_projection(parameters, type);
}

/// If-Match as the version the use case compares inside its write. A tag that is none of ours matches nothing; the use
/// case still says 404 first when there is no such resource.
Result<std::optional<Version>> expected_version(const Exchange& exchange, const schema::ResourceType& type) {
  constexpr Version kNever{-1};
  const auto tags = read_tags(exchange.request, "If-Match");
  if (!tags || tags->is_any) return std::optional<Version>();
  if (tags->versions.empty()) return std::optional(kNever);
  if (tags->versions.size() == 1) return std::optional(tags->versions.front());
  ROLECALL_TRY_ASSIGN(const auto view,
                      provisioning::get(exchange.parts.provisioning, caller_of(exchange), type, id_of(exchange), {}));
  return std::optional(tags->matches(view.record.version) ? view.record.version : kNever);
}

void log_notices(const Exchange& exchange, const provisioning::Notices& notices) {
  std::vector<std::string> texts = notices.texts;
  std::sort(texts.begin(), texts.end());
  for (std::size_t at = 0; at < texts.size();) {
    const auto next = static_cast<std::size_t>(
        std::upper_bound(texts.begin() + static_cast<std::ptrdiff_t>(at), texts.end(), texts[at]) - texts.begin());
    exchange.parts.log.emit(log::Event::request_notice, {{"request", exchange.request.id},
                                                         {"connection", exchange.connection_name},
                                                         {"note", texts[at]},
                                                         {"count", next - at}});
    at = next;
  }
}

Result<http::Response> one(int status, std::string_view base, const schema::ResourceType& type,
                           const provisioning::View& view, const resource::Projection& projection) {
  std::string body;
  ROLECALL_TRY(render(body, base, type, view, projection));
  http::Response response = answer(status, kScimType, std::move(body));
  response.headers.add("ETag", entity_tag(view.record.version));
  response.headers.add("Location", location_of(base, type, view.record.id));
  return response;
}

Result<http::Response> list_by(const Exchange& exchange, std::string_view base, const schema::ResourceType& type,
                               const Parameters& parameters) {
  ROLECALL_TRY_ASSIGN(const auto projection, read_projection(parameters, type));
  ROLECALL_TRY_ASSIGN(auto query, read_query(parameters, type, exchange.settings));
  query.base = base;
  ROLECALL_TRY_ASSIGN(const auto page,
                      provisioning::list(exchange.parts.provisioning, caller_of(exchange), query, need_of(projection)));
  std::string body = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":)";
  body += std::to_string(page.total);
  body += R"(,"startIndex":)" + std::to_string(query.start_index);
  body += R"(,"itemsPerPage":)" + std::to_string(page.views.size());
  body += R"(,"Resources":[)";
  for (std::size_t at = 0; at < page.views.size(); ++at) {
    if (at > 0) body += ',';
    ROLECALL_TRY(render(body, base, type, page.views[at], projection));
  }
  body += "]}";
  return answer(200, kScimType, std::move(body));
}

}  // namespace

Result<http::Response> list_resources(Exchange& exchange, std::string_view base, const schema::ResourceType& type) {
  ROLECALL_TRY_ASSIGN(const auto parameters, Parameters::read(exchange.request.query()));
  return list_by(exchange, base, type, parameters);
}

Result<http::Response> search_resources(Exchange& exchange, std::string_view base, const schema::ResourceType& type) {
  ROLECALL_TRY_ASSIGN(const auto body, read_body(exchange, type));
  ROLECALL_TRY_ASSIGN(const auto parameters, Parameters::read_search(*body.as_object()));
  return list_by(exchange, base, type, parameters);
}

Result<http::Response> create_resource(Exchange& exchange, std::string_view base, const schema::ResourceType& type) {
  ROLECALL_TRY_ASSIGN(const auto projection, projection_of(exchange, type));
  ROLECALL_TRY_ASSIGN(const auto body, read_body(exchange, type));
  provisioning::Notices notices;
  ROLECALL_TRY_ASSIGN(const auto view, provisioning::create(exchange.parts.provisioning, caller_of(exchange), type,
                                                            *body.as_object(), need_of(projection), notices));
  log_notices(exchange, notices);
  return one(201, base, type, view, projection);
}

Result<http::Response> get_resource(Exchange& exchange, std::string_view base, const schema::ResourceType& type) {
  ROLECALL_TRY_ASSIGN(const auto projection, projection_of(exchange, type));
  ROLECALL_TRY_ASSIGN(const auto view, provisioning::get(exchange.parts.provisioning, caller_of(exchange), type,
                                                         id_of(exchange), need_of(projection)));
  const auto tags = read_tags(exchange.request, "If-None-Match");
  if (tags && tags->matches(view.record.version)) {
    http::Response response;
    response.status = 304;
    response.headers.add("ETag", entity_tag(view.record.version));
    return response;
  }
  return one(200, base, type, view, projection);
}

Result<http::Response> replace_resource(Exchange& exchange, std::string_view base, const schema::ResourceType& type) {
  ROLECALL_TRY_ASSIGN(const auto projection, projection_of(exchange, type));
  ROLECALL_TRY_ASSIGN(const auto body, read_body(exchange, type));
  ROLECALL_TRY_ASSIGN(const auto expected, expected_version(exchange, type));
  provisioning::Notices notices;
  ROLECALL_TRY_ASSIGN(const auto view,
                      provisioning::replace(exchange.parts.provisioning, caller_of(exchange), type, id_of(exchange),
                                            *body.as_object(), expected, need_of(projection), notices));
  log_notices(exchange, notices);
  return one(200, base, type, view, projection);
}

Result<http::Response> patch_resource(Exchange& exchange, std::string_view base, const schema::ResourceType& type) {
  ROLECALL_TRY_ASSIGN(const auto projection, projection_of(exchange, type));
  ROLECALL_TRY_ASSIGN(const auto body, read_body(exchange, type));
  ROLECALL_TRY_ASSIGN(const auto expected, expected_version(exchange, type));
  ROLECALL_TRY_ASSIGN(const auto connection,
                      exchange.connections.find(exchange.token->workspace, exchange.token->connection));
  ROLECALL_TRY_ASSIGN(const auto operations, patch::parse_message(body));
  std::vector<std::string> rewrites;
  ROLECALL_TRY_ASSIGN(const auto resolved,
                      patch::resolve(operations, type, connection.dialect, exchange.segments[1], &rewrites));
  for (const std::string& rule : rewrites) {
    exchange.parts.log.emit(
        log::Event::dialect_rewrite,
        {{"request", exchange.request.id}, {"connection", connection.name}, {"rule", rule}, {"count", 1}});
  }
  // A group can have 50,000 members and its PATCH is the most frequent request of all: the answer carries them only
  // when the client asks (RFC 7644 §3.5.2 allows 204).
  const bool has_body = type.name != "Group" || !projection.is_default();
  provisioning::Notices notices;
  ROLECALL_TRY_ASSIGN(
      const auto view,
      provisioning::patch(exchange.parts.provisioning, caller_of(exchange), type, id_of(exchange), resolved, expected,
                          has_body ? need_of(projection) : provisioning::Need{}, notices));
  log_notices(exchange, notices);
  if (has_body) return one(200, base, type, view, projection);
  http::Response response;
  response.status = 204;
  response.headers.add("ETag", entity_tag(view.record.version));
  return response;
}

Result<http::Response> remove_resource(Exchange& exchange, std::string_view, const schema::ResourceType& type) {
  ROLECALL_TRY_ASSIGN(const auto expected, expected_version(exchange, type));
  ROLECALL_TRY(provisioning::remove(exchange.parts.provisioning, caller_of(exchange), type, id_of(exchange), expected));
  http::Response response;
  response.status = 204;
  return response;
}

}  // namespace rolecall::api::scim
