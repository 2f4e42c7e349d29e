#include "discovery.hpp"

#include "api/answer.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::api::scim {
namespace {

/// The document with where it lives.
json::Value with_meta(const json::Value& document, std::string_view resource_type, std::string_view base,
                      std::string_view endpoint, const std::string& id) {
  json::Object shown = *document.as_object();
  shown.set("meta", json::Object{{"resourceType", resource_type},
                                 {"location", std::string(base) + std::string(endpoint) + "/" + id}});
  return json::Value(std::move(shown));
}

http::Response list_answer(json::Array resources) {
  const auto total = static_cast<std::int64_t>(resources.size());
  return answer(200, kScimType,
                json::write(json::Object{
                    {"schemas", json::Array{json::Value("urn:ietf:params:scim:api:messages:2.0:ListResponse")}},
                    {"totalResults", total},
                    {"startIndex", 1},
                    {"itemsPerPage", total},
                    {"Resources", std::move(resources)}}));
}

Result<void> refuse_filter(const Exchange& exchange) {
  ROLECALL_TRY_ASSIGN(const auto parameters, Parameters::read(exchange.request.query()));
  if (!parameters.has("filter")) return {};
  return fail(ErrorCode::forbidden, "This address cannot be filtered (RFC 7644, section 4).");
}

json::Object supported(bool is_supported) { return json::Object{{"supported", is_supported}}; }

/// RFC 9865 §4. The index came first here, and stays what a request without either is answered by.
json::Object pagination(const Settings& settings) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(settings.cursor_timeout).count();
  return json::Object{{"cursor", true},
                      {"index", true},
                      {"defaultPaginationMethod", "index"},
                      {"defaultPageSize", settings.page_default},
                      {"maxPageSize", settings.page_max},
                      {"cursorTimeout", static_cast<std::int64_t>(seconds)}};
}

/// draft-ietf-scim-roles-entitlements-01. Not for the dialects that name no client: there are libraries that refuse a
/// configuration with an attribute no RFC has (scim2-models: "extra inputs are not permitted"), and with it the server.
bool shows_roles_and_entitlements(const patch::Dialect& dialect) {
  return dialect.name != "strict" && dialect.name != "generic" && !dialect.name.empty();
}

json::Object roles_and_entitlements() {
  return json::Object{
      {"roles",
       json::Object{
           {"supported", true}, {"multipleRolesSupported", true}, {"primarySupported", true}, {"typeSupported", true}}},
      {"entitlements", json::Object{{"supported", true},
                                    {"multipleEntitlementsSupported", true},
                                    {"primarySupported", true},
                                    {"typeSupported", true}}}};
}

}  // namespace

Result<http::Response> service_provider_config(const Exchange& exchange, std::string_view base) {
  ROLECALL_TRY(refuse_filter(exchange));
  json::Object filter = supported(true);
  filter.append("maxResults", exchange.settings.page_max);
  json::Object bulk = supported(true);
  bulk.append("maxOperations", static_cast<std::int64_t>(exchange.settings.bulk_operations));
  bulk.append("maxPayloadSize", static_cast<std::int64_t>(exchange.settings.bulk_body));
  const json::Object scheme{{"type", "oauthbearertoken"},
                            {"name", "OAuth Bearer Token"},
                            {"description", "The API token of a connection, in the header Authorization."},
                            {"specUri", "https://www.rfc-editor.org/info/rfc6750"},
                            {"primary", true}};
  json::Object body{
      {"schemas", json::Array{json::Value("urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig")}},
      {"patch", supported(true)},
      {"bulk", std::move(bulk)},
      {"filter", std::move(filter)},
      {"changePassword", supported(false)},
      {"sort", supported(true)},
      {"etag", supported(true)},
      {"pagination", pagination(exchange.settings)},
      {"authenticationSchemes", json::Array{json::Value(scheme)}},
      {"meta", json::Object{{"resourceType", "ServiceProviderConfig"},
                            {"location", std::string(base) + "/ServiceProviderConfig"}}}};
  if (shows_roles_and_entitlements(exchange.dialect)) body.append("RolesAndEntitlements", roles_and_entitlements());
  return answer(200, kScimType, json::write(std::move(body)));
}

Result<http::Response> schemas(const Exchange& exchange, std::string_view base) {
  ROLECALL_TRY(refuse_filter(exchange));
  const auto& registry = exchange.parts.provisioning.registry;
  if (exchange.segments.size() == 2) {
    const schema::Schema* schema = registry.find_schema(exchange.segments[1]);
    if (schema == nullptr) return fail(ErrorCode::not_found, "No schema with this URN exists.");
    return answer(200, kScimType, json::write(with_meta(schema->document, "Schema", base, "/Schemas", schema->id)));
  }
  json::Array all;
  for (const auto& schema : registry.schemas()) {
    all.push_back(with_meta(schema->document, "Schema", base, "/Schemas", schema->id));
  }
  return list_answer(std::move(all));
}

Result<http::Response> resource_types(const Exchange& exchange, std::string_view base) {
  ROLECALL_TRY(refuse_filter(exchange));
  const auto& registry = exchange.parts.provisioning.registry;
  if (exchange.segments.size() == 2) {
    const schema::ResourceType* type = registry.find_type(exchange.segments[1]);
    if (type == nullptr) return fail(ErrorCode::not_found, "No resource type with this name exists.");
    return answer(200, kScimType,
                  json::write(with_meta(type->document, "ResourceType", base, "/ResourceTypes", type->name)));
  }
  json::Array all;
  for (const auto& type : registry.types()) {
    all.push_back(with_meta(type->document, "ResourceType", base, "/ResourceTypes", type->name));
  }
  return list_answer(std::move(all));
}

}  // namespace rolecall::api::scim
