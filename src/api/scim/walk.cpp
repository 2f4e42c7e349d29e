#include "walk.hpp"

#include "rolecall/api/cursor.hpp"
#include "rolecall/base/text.hpp"

namespace rolecall::api::scim {
namespace {

tl::unexpected<Error> refuse_cursor() {
  return fail(
      ErrorCode::invalid_cursor,
      "The cursor is not valid for this query. Every page needs the endpoint, filter and order of the first one; "
      "start again with an empty cursor.");
}

/// What a cursor belongs to, beyond doubt about where one part ends. Not the token, so that a walk outlives its
/// rotation; the ceiling, because what the connection sees depends on it.
Result<std::string> context_of(const Exchange& exchange, const Parameters& parameters, const std::string& endpoint,
                               const store::ResourceQuery& query) {
  ROLECALL_TRY_ASSIGN(const auto connection,
                      store::read(exchange.parts.provisioning.store, [&](store::UnitOfWork& unit) {
                        return unit.workspace(exchange.token->workspace).connections().find(exchange.token->connection);
                      }));
  if (!connection) return internal_error("the token's connection is gone");
  ROLECALL_TRY_ASSIGN(const auto filter, parameters.text("filter", ErrorCode::invalid_filter));
  ROLECALL_TRY_ASSIGN(const auto sort_by, parameters.text("sortBy", ErrorCode::invalid_value));
  std::string context;
  for (const std::string& part :
       {std::string("cursor"), exchange.token->workspace.value(), connection->id.value(), connection->ceiling.value(),
        endpoint, filter.value_or(""), ascii_lower(sort_by.value_or("")),
        std::string(query.descending ? "descending" : "ascending")}) {
    context += std::to_string(part.size()) + ":" + part;
  }
  return context;
}

}  // namespace

Result<std::optional<Walk>> Walk::begin(const Exchange& exchange, const Parameters& parameters,
                                        const std::string& endpoint, std::vector<store::ResourceQuery>& queries) {
  if (!parameters.has("cursor")) return std::optional<Walk>();
  ROLECALL_TRY_ASSIGN(const auto text, parameters.text("cursor", ErrorCode::invalid_cursor));
  if (parameters.has("startIndex")) {
    return fail(ErrorCode::invalid_value,
                "cursor and startIndex contradict each other; a query is paged by one of them.");
  }
  ROLECALL_TRY_ASSIGN(auto context, context_of(exchange, parameters, endpoint, queries.front()));
  Walk walk(exchange, std::move(context));
  if (!text->empty()) ROLECALL_TRY(walk.go_on(*text, parameters, queries));
  walk.count_ = queries.front().count;
  for (auto& query : queries) {
    query.kind = store::ResourceQuery::Kind::walk;
    query.from = walk.from_;
  }
  return std::optional(std::move(walk));
}

Result<void> Walk::go_on(std::string_view text, const Parameters& parameters,
                         std::vector<store::ResourceQuery>& queries) {
  if (text.size() > kCursorBytes) return refuse_cursor();
  const auto bytes = exchange_.parts.cursors.open(text, context_);
  auto cursor = bytes ? read_cursor(*bytes) : std::nullopt;
  if (!cursor) return refuse_cursor();
  if (exchange_.parts.provisioning.clock.now() - cursor->issued > exchange_.settings.cursor_timeout) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(exchange_.settings.cursor_timeout).count();
    return fail(ErrorCode::expired_cursor, "The cursor has expired: the next page must be asked for within " +
                                               std::to_string(seconds) + " s. Start again with an empty cursor.");
  }
  if (parameters.has("count") && queries.front().count != cursor->count) {
    return fail(ErrorCode::invalid_count,
                "count must stay what it was on the first page: " + std::to_string(cursor->count) + ".");
  }
  for (auto& query : queries) query.count = cursor->count;
  from_ = std::move(cursor->from);
  return {};
}

std::string Walk::sealed(store::Place from) const {
  const Cursor cursor{exchange_.parts.provisioning.clock.now(), count_, std::move(from)};
  return exchange_.parts.cursors.seal(write_cursor(cursor), context_);
}

void Walk::append_cursors(std::string& out, const provisioning::ViewPage& page) const {
  const auto append = [&](std::string_view name, store::Place from) {
    out += R"(,")";
    out += name;
    out += R"(":")";
    out += sealed(std::move(from));
    out += '"';
  };
  // Where all of a page has been removed meanwhile, the way back starts from where it would have been.
  const auto side = [&](bool backwards) {
    if (page.positions.empty()) return store::opposite_of(*from_);
    return store::Place{backwards ? page.positions.front() : page.positions.back(), backwards, false};
  };
  const bool has_sides = !page.positions.empty() || from_;
  if (has_sides && page.has_before) append("previousCursor", side(true));
  if (has_sides && page.has_after) append("nextCursor", side(false));
}

}  // namespace rolecall::api::scim
