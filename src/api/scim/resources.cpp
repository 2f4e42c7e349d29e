#include "resources.hpp"

#include "api/answer.hpp"
#include "api/entity_tag.hpp"
#include "queries.hpp"
#include "render.hpp"
#include "request.hpp"
#include "rolecall/patch/message.hpp"
#include "rolecall/patch/resolve.hpp"

namespace rolecall::api::scim {
namespace {

ResourceId id_of(const Exchange& exchange) { return ResourceId(exchange.segments[1]); }

Result<json::Value> read_body(const Exchange& exchange, const schema::ResourceType& type) {
  return read_object(exchange, type.name == "Group" ? exchange.settings.group_body : exchange.settings.user_body);
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

Result<http::Response> one(int status, std::string_view base, const schema::ResourceType& type,
                           const provisioning::View& view, const resource::Projection& projection) {
  std::string body;
  ROLECALL_TRY(render(body, base, type, view, projection));
  http::Response response = answer(status, kScimType, std::move(body));
  response.headers.add("ETag", entity_tag(view.record.version));
  response.headers.add("Location", location_of(base, type, view.record.id));
  return response;
}

}  // namespace

Result<http::Response> create_resource(Exchange& exchange, std::string_view base, const schema::ResourceType& type) {
  ROLECALL_TRY_ASSIGN(auto projection, projection_of(exchange, type));
  ROLECALL_TRY_ASSIGN(auto body, read_body(exchange, type));
  ROLECALL_TRY(patch::rewrite_resource(*body.as_object(), type, exchange.dialect, &exchange.rewrites));
  projection.reveal(*body.as_object());
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
  ROLECALL_TRY_ASSIGN(auto projection, projection_of(exchange, type));
  ROLECALL_TRY_ASSIGN(auto body, read_body(exchange, type));
  ROLECALL_TRY_ASSIGN(const auto expected, expected_version(exchange, type));
  ROLECALL_TRY(patch::rewrite_resource(*body.as_object(), type, exchange.dialect, &exchange.rewrites));
  projection.reveal(*body.as_object());
  provisioning::Notices notices;
  ROLECALL_TRY_ASSIGN(const auto view,
                      provisioning::replace(exchange.parts.provisioning, caller_of(exchange), type, id_of(exchange),
                                            *body.as_object(), expected, need_of(projection), notices));
  log_notices(exchange, notices);
  return one(200, base, type, view, projection);
}

Result<http::Response> patch_resource(Exchange& exchange, std::string_view base, const schema::ResourceType& type) {
  ROLECALL_TRY_ASSIGN(auto projection, projection_of(exchange, type));
  ROLECALL_TRY_ASSIGN(auto body, read_body(exchange, type));
  ROLECALL_TRY_ASSIGN(const auto expected, expected_version(exchange, type));
  ROLECALL_TRY(patch::rewrite_message(body, exchange.dialect, &exchange.rewrites));
  ROLECALL_TRY_ASSIGN(const auto operations, patch::parse_message(body));
  ROLECALL_TRY_ASSIGN(const auto resolved,
                      patch::resolve(operations, type, exchange.dialect, exchange.segments[1], &exchange.rewrites));
  // A group can have 50,000 members and its PATCH is the most frequent request of all: the answer carries them only
  // when the client asks (RFC 7644 §3.5.2 allows 204).
  const bool has_body = type.name != "Group" || !projection.is_default();
  for (const patch::Operation& operation : resolved.operations()) projection.reveal(operation.path.attribute);
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
  provisioning::Notices notices;
  ROLECALL_TRY(
      provisioning::remove(exchange.parts.provisioning, caller_of(exchange), type, id_of(exchange), expected, notices));
  log_notices(exchange, notices);
  http::Response response;
  response.status = 204;
  return response;
}

}  // namespace rolecall::api::scim
