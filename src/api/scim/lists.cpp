#include "lists.hpp"

#include <algorithm>

#include "api/answer.hpp"
#include "queries.hpp"
#include "render.hpp"
#include "request.hpp"
#include "rolecall/base/text.hpp"
#include "walk.hpp"

namespace rolecall::api::scim {
namespace {

struct Shape {
  const schema::ResourceType* type;
  resource::Projection projection;
};

Result<std::vector<Shape>> read_shapes(const Parameters& parameters, const filter::Types& types) {
  std::vector<Shape> shapes;
  for (const schema::ResourceType* type : types) {
    ROLECALL_TRY_ASSIGN(auto projection, read_projection(parameters, *type));
    shapes.push_back(Shape{type, std::move(projection)});
  }
  return shapes;
}

provisioning::Need need_of_all(const std::vector<Shape>& shapes) {
  provisioning::Need need;
  for (const Shape& shape : shapes) {
    const provisioning::Need one = need_of(shape.projection);
    need.groups = need.groups || (one.groups && shape.type->name == "User");
    need.members = need.members || (one.members && shape.type->name == "Group");
    need.roles = need.roles || one.roles;
  }
  return need;
}

Result<void> append_resources(std::string& out, std::string_view base, const std::vector<Shape>& shapes,
                              const provisioning::ViewPage& page) {
  out += R"(,"itemsPerPage":)" + std::to_string(page.views.size());
  out += R"(,"Resources":[)";
  for (std::size_t at = 0; at < page.views.size(); ++at) {
    const auto& view = page.views[at];
    const auto shape = std::find_if(shapes.begin(), shapes.end(),
                                    [&](const Shape& one) { return one.type->name == view.record.type; });
    if (at > 0) out += ',';
    ROLECALL_TRY(render(out, base, *shape->type, view, shape->projection));
  }
  out += ']';
  return {};
}

Result<http::Response> list_by(Exchange& exchange, std::string_view base, const schema::ResourceType* type,
                               const Parameters& parameters, Carrier carrier) {
  filter::Types types;
  if (type != nullptr) {
    types.push_back(type);
  } else {
    for (const auto& each : exchange.parts.provisioning.registry.types()) types.push_back(each.get());
  }
  ROLECALL_TRY_ASSIGN(const auto shapes, read_shapes(parameters, types));
  ROLECALL_TRY_ASSIGN(auto queries, read_queries(exchange, parameters, types, carrier));
  for (auto& query : queries) query.base = base;
  ROLECALL_TRY_ASSIGN(const auto walk,
                      Walk::begin(exchange, parameters, type != nullptr ? type->endpoint : std::string(), queries));
  const auto& environment = exchange.parts.provisioning;
  const provisioning::Need need = need_of_all(shapes);
  ROLECALL_TRY_ASSIGN(const auto page, type != nullptr
                                           ? provisioning::list(environment, caller_of(exchange), queries.front(), need)
                                           : provisioning::list_all(environment, caller_of(exchange), queries, need));
  std::string body = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":)";
  body += std::to_string(page.total);
  if (!walk) body += R"(,"startIndex":)" + std::to_string(queries.front().start_index);
  // RFC 9865 §2: a count of 0 asks for the total and nothing else.
  if (!walk || queries.front().count > 0) ROLECALL_TRY(append_resources(body, base, shapes, page));
  if (walk) walk->append_cursors(body, page);
  body += '}';
  return answer(200, kScimType, std::move(body));
}

/// RFC 7644 §3.4.3. Clients that leave it out mean no other message: only the strict dialect insists.
Result<void> check_message(const json::Object& body) {
  constexpr std::string_view kUrn = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
  const json::Value* schemas = body.find_ignoring_case("schemas");
  const json::Array* urns = schemas != nullptr ? schemas->as_array() : nullptr;
  const auto is_search = [&](const json::Value& urn) {
    return urn.is_string() && equals_ignoring_ascii_case(*urn.as_string(), kUrn);
  };
  if (urns != nullptr && std::any_of(urns->begin(), urns->end(), is_search)) return {};
  return fail(ErrorCode::invalid_syntax, "The member schemas of a search must name " + std::string(kUrn) + ".",
              "schemas");
}

}  // namespace

Result<http::Response> list_resources(Exchange& exchange, std::string_view base, const schema::ResourceType* type) {
  ROLECALL_TRY_ASSIGN(const auto parameters, Parameters::read(exchange.request.query()));
  return list_by(exchange, base, type, parameters, Carrier::address);
}

Result<http::Response> search_resources(Exchange& exchange, std::string_view base, const schema::ResourceType* type) {
  ROLECALL_TRY_ASSIGN(const auto body, read_object(exchange, exchange.settings.user_body));
  if (exchange.dialect.name == "strict") ROLECALL_TRY(check_message(*body.as_object()));
  ROLECALL_TRY_ASSIGN(const auto parameters, Parameters::read_search(*body.as_object()));
  return list_by(exchange, base, type, parameters, Carrier::body);
}

}  // namespace rolecall::api::scim
