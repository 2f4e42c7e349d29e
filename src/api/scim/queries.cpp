#include "queries.hpp"

#include <algorithm>

#include "rolecall/base/text.hpp"
#include "rolecall/filter/parse.hpp"

namespace rolecall::api::scim {
namespace {

Result<void> read_sorting(const Parameters& parameters, const schema::ResourceType& type, store::ResourceQuery& query) {
  ROLECALL_TRY_ASSIGN(const auto sort_by, parameters.text("sortBy", ErrorCode::invalid_value));
  if (!sort_by || sort_by->empty()) return {};
  const auto path = type.resolve(*sort_by);
  if (!path) return fail(ErrorCode::invalid_value, "sortBy: " + path.error().detail);
  if (path->leaf().type == schema::Type::complex) {
    return fail(ErrorCode::invalid_value,
                "sortBy: " + path->to_string() + " is complex; name one of its sub-attributes, as in name.familyName.");
  }
  query.sort_by = *path;
  ROLECALL_TRY_ASSIGN(const auto order, parameters.text("sortOrder", ErrorCode::invalid_value));
  if (!order || equals_ignoring_ascii_case(*order, "ascending")) return {};
  if (!equals_ignoring_ascii_case(*order, "descending")) {
    return fail(ErrorCode::invalid_value, "sortOrder is ascending or descending.");
  }
  query.descending = true;
  return {};
}

}  // namespace

Result<resource::Projection> read_projection(const Parameters& parameters, const schema::ResourceType& type) {
  return resource::make_projection(type, parameters.list("attributes"), parameters.list("excludedAttributes"));
}

Result<store::ResourceQuery> read_query(const Parameters& parameters, const schema::ResourceType& type,
                                        const Settings& settings) {
  store::ResourceQuery query;
  query.type = &type;
  ROLECALL_TRY_ASSIGN(const auto filter, parameters.text("filter", ErrorCode::invalid_filter));
  if (filter) {
    if (filter->find_first_not_of(' ') == std::string::npos) {
      return fail(ErrorCode::invalid_filter, "The filter is empty. Leave the parameter out to list everything.");
    }
    ROLECALL_TRY_ASSIGN(query.filter, filter::parse(*filter, type, settings.filter));
  }
  ROLECALL_TRY(read_sorting(parameters, type, query));
  ROLECALL_TRY_ASSIGN(const auto start_index, parameters.integer("startIndex"));
  ROLECALL_TRY_ASSIGN(const auto count, parameters.integer("count"));
  // RFC 7644 §3.4.2.4: below 1 counts as 1, a negative count as 0. Far beyond any table the start index only has to
  // stay so that nothing overflows.
  constexpr std::int64_t kFarBeyond = std::int64_t{1} << 53;
  query.start_index = std::clamp<std::int64_t>(start_index.value_or(1), 1, kFarBeyond);
  query.count = std::clamp<std::int64_t>(count.value_or(settings.page_default), 0, settings.page_max);
  return query;
}

}  // namespace rolecall::api::scim
