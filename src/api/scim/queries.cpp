#include "queries.hpp"

#include <algorithm>

#include "rolecall/base/text.hpp"

namespace rolecall::api::scim {
namespace {

Result<void> check_sensitive(const filter::Filter& filter) {
  const auto is_secret = [](const filter::Node& node) {
    return node.test.path.attribute != nullptr && node.test.path.leaf().returned == schema::Returned::never;
  };
  const auto found = std::find_if(filter.nodes.begin(), filter.nodes.end(), is_secret);
  if (found == filter.nodes.end()) return {};
  const std::string name = found->test.path.to_string();
  return fail(ErrorCode::sensitive,
              "A filter on " + name + " must not be part of an address. Send it in the body of POST …/.search.", name);
}

Result<std::optional<filter::Filter>> read_filter(Exchange& exchange, const Parameters& parameters,
                                                  const schema::ResourceType& type, const filter::Types& types,
                                                  Carrier carrier) {
  ROLECALL_TRY_ASSIGN(const auto given, parameters.text("filter", ErrorCode::invalid_filter));
  if (!given) return std::optional<filter::Filter>();
  if (given->find_first_not_of(' ') == std::string::npos) {
    return fail(ErrorCode::invalid_filter, "The filter is empty. Leave the parameter out to list everything.");
  }
  // The limit is on what the client sent: nothing longer is looked at.
  filter::Limits limits = exchange.settings.filter;
  const bool is_readable = given->size() <= limits.bytes;
  std::string text = *given;
  if (is_readable) {
    for (const schema::ResourceType* each : types) {
      text = patch::rewrite_filter(text, *each, exchange.dialect, &exchange.rewrites);
    }
  }
  if (is_readable) limits.bytes = std::max(limits.bytes, text.size());
  ROLECALL_TRY_ASSIGN(auto filter, filter::parse(text, type, limits, types));
  if (carrier == Carrier::address) ROLECALL_TRY(check_sensitive(filter));
  return std::optional(std::move(filter));
}

Result<schema::AttributePath> resolve_sort(std::string_view name, const schema::ResourceType& type,
                                           const filter::Types& types) {
  auto path = type.resolve(name);
  for (auto other = types.begin(); !path && other != types.end(); ++other) {
    if (auto elsewhere = (*other)->resolve(name)) path = std::move(elsewhere);
  }
  if (!path) return fail(ErrorCode::invalid_value, "sortBy: " + path.error().detail);
  if (path->leaf().type != schema::Type::complex) return path;
  // RFC 7644 §3.4.2.3: a complex multi-valued attribute is sorted by its value, that of the primary element if any.
  if (path->attribute->multi_valued) path->sub_attribute = path->attribute->find_sub_attribute("value");
  if (path->sub_attribute != nullptr) return path;
  return fail(ErrorCode::invalid_value,
              "sortBy: " + path->to_string() + " is complex; name one of its sub-attributes, as in name.familyName.");
}

Result<bool> is_descending(const Parameters& parameters) {
  ROLECALL_TRY_ASSIGN(const auto order, parameters.text("sortOrder", ErrorCode::invalid_value));
  if (!order || equals_ignoring_ascii_case(*order, "ascending")) return false;
  if (equals_ignoring_ascii_case(*order, "descending")) return true;
  return fail(ErrorCode::invalid_value, "sortOrder is ascending or descending.");
}

}  // namespace

Result<resource::Projection> read_projection(const Parameters& parameters, const schema::ResourceType& type) {
  return resource::make_projection(type, parameters.list("attributes"), parameters.list("excludedAttributes"));
}

Result<std::vector<store::ResourceQuery>> read_queries(Exchange& exchange, const Parameters& parameters,
                                                       const filter::Types& types, Carrier carrier) {
  const Settings& settings = exchange.settings;
  ROLECALL_TRY_ASSIGN(const auto sort_by, parameters.text("sortBy", ErrorCode::invalid_value));
  std::vector<store::ResourceQuery> queries;
  for (const schema::ResourceType* type : types) {
    store::ResourceQuery query;
    query.type = type;
    ROLECALL_TRY_ASSIGN(query.filter, read_filter(exchange, parameters, *type, types, carrier));
    if (sort_by && !sort_by->empty()) {
      ROLECALL_TRY_ASSIGN(query.sort_by, resolve_sort(*sort_by, *type, types));
      ROLECALL_TRY_ASSIGN(query.descending, is_descending(parameters));
    }
    queries.push_back(std::move(query));
  }
  ROLECALL_TRY_ASSIGN(const auto start_index, parameters.integer("startIndex"));
  ROLECALL_TRY_ASSIGN(const auto count, parameters.integer("count"));
  // RFC 7644 §3.4.2.4: below 1 counts as 1, a negative count as 0. Far beyond any table the start index only has to
  // stay so that nothing overflows.
  constexpr std::int64_t kFarBeyond = std::int64_t{1} << 53;
  for (auto& query : queries) {
    query.start_index = std::clamp<std::int64_t>(start_index.value_or(1), 1, kFarBeyond);
    query.count = std::clamp<std::int64_t>(count.value_or(settings.page_default), 0, settings.page_max);
  }
  return queries;
}

}  // namespace rolecall::api::scim
