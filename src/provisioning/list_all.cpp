#include <algorithm>

#include "served.hpp"
#include "view.hpp"

// A list over several types is their lists merged by position. Positions are read first, the records of the page
// alone after that.

namespace rolecall::provisioning {
namespace {

using Kind = store::ResourceQuery::Kind;

struct Candidate {
  store::Position position;
  std::size_t source = 0;
};

/// One type of the list: rows of the store, or records that were made for this request.
struct ListSource {
  const store::ResourceQuery* query = nullptr;
  std::vector<store::ResourceRecord> served;

  [[nodiscard]] bool is_served() const { return query->type->is_read_only(); }
};

Result<ListSource> source_of(const Environment& environment, store::Workspace& workspace,
                             const ConnectionId& connection, const store::ResourceQuery& query) {
  ListSource source{&query, {}};
  if (source.is_served()) {
    ROLECALL_TRY_ASSIGN(source.served, served_records(environment, workspace, connection, *query.type));
  }
  return source;
}

Result<std::optional<store::ResourceRecord>> find_in(store::Workspace& workspace, const ConnectionId& connection,
                                                     const ListSource& source, const ResourceId& id) {
  if (source.is_served()) return find_served(source.served, id);
  return workspace.resources().find(connection, source.query->type->name, id);
}

/// As many positions of one type as may be on the page, if all of it is of that type.
store::ResourceQuery positions_of(const store::ResourceQuery& query) {
  store::ResourceQuery asked = query;
  asked.kind = Kind::positions;
  if (query.kind != Kind::records) return asked;
  asked.from.reset();
  if (query.count > 0) asked.count = query.count + query.start_index - 1;
  return asked;
}

/// Cuts the merged candidates to the page; true when some were left over on the far side.
bool cut(std::vector<Candidate>& all, const store::ResourceQuery& query, bool is_backwards) {
  const auto size = static_cast<std::int64_t>(all.size());
  const std::int64_t skipped = query.kind == Kind::records ? std::min(query.start_index - 1, size) : 0;
  const std::int64_t kept = std::min(query.count, size - skipped);
  const auto from = all.begin() + static_cast<std::ptrdiff_t>(is_backwards ? size - kept : skipped);
  std::vector<Candidate> page(std::make_move_iterator(from), std::make_move_iterator(from + kept));
  all = std::move(page);
  return size - skipped > kept;
}

/// `query` is that of the source, or one that asks for another page of it.
Result<store::ResourcePage> query_in(const Environment& environment, store::Workspace& workspace,
                                     const ConnectionId& connection, const ListSource& source,
                                     const store::ResourceQuery& query) {
  if (source.is_served()) return query_served(source.served, query, environment.folder);
  return workspace.resources().query(connection, query);
}

/// A page by index that lies far behind the beginning: behind the end it is empty, else it is not for us to find.
Result<ViewPage> far_page(const Environment& environment, store::Workspace& workspace, const ConnectionId& connection,
                          const std::vector<store::ResourceQuery>& queries) {
  ViewPage page;
  for (store::ResourceQuery query : queries) {
    query.count = 0;
    ROLECALL_TRY_ASSIGN(const auto source, source_of(environment, workspace, connection, query));
    ROLECALL_TRY_ASSIGN(const auto found, query_in(environment, workspace, connection, source, query));
    page.total += found.total;
  }
  if (queries.front().count == 0 || queries.front().start_index > page.total) return page;
  return fail(ErrorCode::too_many,
              "A list over several types ends at startIndex " + std::to_string(kDeepestMerge) +
                  ". Ask for one type, or go on by cursor: start with an empty \"cursor\" parameter.",
              "startIndex");
}

Result<ViewPage> list_in(const Environment& environment, store::Workspace& workspace, const ConnectionId& connection,
                         const std::vector<store::ResourceQuery>& queries, Need need) {
  const store::ResourceQuery& asked = queries.front();
  const bool is_walk = asked.kind != Kind::records;
  const bool is_backwards = is_walk && asked.from && asked.from->backwards;
  if (!is_walk && asked.start_index > kDeepestMerge) return far_page(environment, workspace, connection, queries);
  ViewPage page;
  std::vector<ListSource> sources;
  std::vector<Candidate> all;
  for (const auto& query : queries) {
    ROLECALL_TRY_ASSIGN(auto source, source_of(environment, workspace, connection, query));
    ROLECALL_TRY_ASSIGN(auto found, query_in(environment, workspace, connection, source, positions_of(query)));
    page.total += found.total;
    page.has_before = page.has_before || found.has_before;
    page.has_after = page.has_after || found.has_after;
    for (auto& position : found.positions) all.push_back({std::move(position), sources.size()});
    sources.push_back(std::move(source));
  }
  std::sort(all.begin(), all.end(), [&](const Candidate& a, const Candidate& b) {
    return store::comes_before(a.position, b.position, asked.descending);
  });
  const bool has_more = cut(all, asked, is_backwards);
  (is_backwards ? page.has_before : page.has_after) |= has_more;
  std::vector<store::ResourceRecord> records;
  for (auto& candidate : all) {
    ROLECALL_TRY_ASSIGN(auto record, find_in(workspace, connection, sources[candidate.source], candidate.position.id));
    // Within one snapshot it is there.
    if (record) records.push_back(std::move(*record));
    if (is_walk) page.positions.push_back(std::move(candidate.position));
  }
  ROLECALL_TRY_ASSIGN(page.views, load_views(workspace, std::move(records), need));
  return page;
}

}  // namespace

Result<ViewPage> list_all(const Environment& environment, const Caller& caller,
                          const std::vector<store::ResourceQuery>& queries, Need need) {
  return store::read(environment.store, [&](store::UnitOfWork& unit) {
    return list_in(environment, unit.workspace(caller.workspace), caller.connection, queries, need);
  });
}

}  // namespace rolecall::provisioning
