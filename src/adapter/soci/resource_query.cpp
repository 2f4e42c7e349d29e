#include "resource_query.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

#include "record_columns.hpp"
#include "rolecall/filter/evaluate.hpp"
#include "rolecall/resource/document.hpp"
#include "rolecall/resource/key.hpp"
#include "rolecall/store/memberships.hpp"
#include "rolecall/store/representation.hpp"
#include "rolecall/store/sort_position.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

/// Candidates held at a time: what an evaluated filter costs in memory, whatever the number of resources.
constexpr std::int64_t kBatch = 500;
constexpr std::int64_t kMemberPage = 10'000;

constexpr Sql kCountAll{"resource_counts.of",
                        "SELECT resources FROM resource_counts WHERE workspace = ? AND type = ? AND connection = ?",
                        "n"};

std::vector<Param> params_of(std::initializer_list<Param> fixed, const std::optional<Condition>& condition) {
  std::vector<Param> params(fixed);
  if (condition) {
    for (const Bound& bound : condition->values) params.push_back(param_of(bound));
  }
  return params;
}

/// Keeps the first `limit` positions of an order, in memory of that size however many are added.
class First {
 public:
  First(std::int64_t limit, bool descending, bool backwards)
      : limit_(static_cast<std::size_t>(std::min(limit, kLargest))), descending_(descending), backwards_(backwards) {}

  void add(store::Position position) {
    positions_.push_back(std::move(position));
    constexpr std::size_t kSlack = 1024;
    if (positions_.size() >= 2 * limit_ + kSlack) cut();
  }
  std::vector<store::Position> take() {
    cut();
    std::sort(positions_.begin(), positions_.end(), Order{descending_, backwards_});
    return std::move(positions_);
  }

 private:
  static constexpr std::int64_t kLargest = std::int64_t{1} << 53;

  struct Order {
    bool descending;
    bool backwards;
    bool operator()(const store::Position& a, const store::Position& b) const {
      return backwards ? store::comes_before(b, a, descending) : store::comes_before(a, b, descending);
    }
  };

  void cut() {
    if (positions_.size() <= limit_) return;
    const auto end = positions_.begin() + static_cast<std::ptrdiff_t>(limit_);
    std::nth_element(positions_.begin(), end, positions_.end(), Order{descending_, backwards_});
    positions_.erase(end, positions_.end());
  }
  std::size_t limit_;
  bool descending_;
  bool backwards_;
  std::vector<store::Position> positions_;
};

Result<std::vector<store::MemberRecord>> all_members(store::MemberRepository& members, const ResourceId& group) {
  std::vector<store::MemberRecord> all;
  for (ResourceId after;;) {
    ROLECALL_TRY_ASSIGN(auto page, members.page(group, after, kMemberPage));
    const bool is_last = page.size() < static_cast<std::size_t>(kMemberPage);
    if (!is_last) after = page.back().member;
    std::move(page.begin(), page.end(), std::back_inserter(all));
    if (is_last) return all;
  }
}

}  // namespace

ResourceQuery::ResourceQuery(Session& session, const WorkspaceId& workspace, const TextFolder& folder,
                             store::MemberRepository& members, store::GrantRepository& grants,
                             const ConnectionId& connection, const store::ResourceQuery& query)
    : session_(session),
      workspace_(workspace),
      folder_(folder),
      members_(members),
      grants_(grants),
      connection_(connection),
      query_(query),
      scope_{folder,           workspace.value(), unique_scope_of(query.type->name, connection),
             query.type->name, *query.type,       session.position_function()} {
  if (query.filter) condition_ = compile(*query.filter, scope_);
  ordering_ = compile_order(query, scope_);
}

Result<store::ResourcePage> ResourceQuery::run() {
  const bool is_exact = !query_.filter || (condition_ && condition_->is_exact);
  return is_exact && ordering_ ? run_in_sql() : run_over_candidates();
}

/// Where an index finds the few matches, the connection must not offer itself as a way to them: all users of the
/// workspace may belong to it. Concatenation keeps both engines from using an index.
std::string ResourceQuery::where() const {
  const bool is_selective = condition_ && condition_->is_selective;
  std::string text = " WHERE r.workspace = ? AND r.type = ? AND ";
  text += is_selective ? "r.connection || '' = ?" : "r.connection = ?";
  if (condition_) text += " AND " + condition_->text;
  return text;
}

std::int64_t ResourceQuery::reach() const {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  // One more tells whether there are more.
  const std::int64_t before = is_walk() ? 1 : query_.start_index - 1;
  return query_.count > kMost - before ? kMost : before + query_.count;
}

std::vector<Param> ResourceQuery::params_beyond(const std::optional<Condition>& place) const {
  std::vector<Param> params;
  const auto append = [&](const std::vector<Bound>& values) {
    for (const Bound& bound : values) params.push_back(param_of(bound));
  };
  append(ordering_->values);
  params.insert(params.end(), {workspace_, query_.type->name, connection_});
  if (condition_) append(condition_->values);
  if (place) append(place->values);
  return params;
}

Result<void> ResourceQuery::read_page(store::ResourcePage& page) {
  const bool has_records = query_.kind != store::ResourceQuery::Kind::positions;
  std::string text = has_records ? "SELECT " ROLECALL_RECORD_COLUMNS : "SELECT r.id";
  std::string kinds = has_records ? kRecordKinds : "t";
  const std::size_t first = kinds.size();
  if (is_walk()) {
    text += position_columns(*ordering_);
    kinds += {'n', key_kind(*ordering_)};
  }
  text += " FROM resources r" + ordering_->join + where();
  std::optional<Condition> place;
  if (is_walk() && query_.from) {
    place = condition_of(*ordering_, *query_.from);
    text += " AND " + place->text;
  }
  text += " ORDER BY " + order_by(*ordering_, is_backwards()) + " LIMIT ? OFFSET ?";
  std::vector<Param> params = params_beyond(place);
  params.emplace_back(is_walk() ? reach() : query_.count);
  params.emplace_back(is_walk() ? 0 : query_.start_index - 1);
  return session_.select_built(text, kinds.c_str(), params, [&](Row& row) {
    if (has_records) page.resources.push_back(record_of(row));
    if (!is_walk()) return;
    const ResourceId id = has_records ? page.resources.back().id : row.id<ResourceId>(0);
    page.positions.push_back(position_of(*ordering_, row, first, id));
  });
}

Result<store::ResourcePage> ResourceQuery::run_in_sql() {
  store::ResourcePage page;
  if (query_.count > 0) ROLECALL_TRY(read_page(page));
  if (!is_walk()) {
    const auto found = static_cast<std::int64_t>(page.resources.size());
    // A page that is not full, and not beyond the end, tells the total by itself.
    if (found < query_.count && (found > 0 || query_.start_index == 1)) {
      page.total = query_.start_index - 1 + found;
      return page;
    }
  } else if (query_.count > 0) {
    const auto wanted = static_cast<std::size_t>(query_.count);
    const bool has_more = page.positions.size() > wanted;
    if (has_more) {
      page.positions.resize(wanted);
      if (!page.resources.empty()) page.resources.resize(wanted);
    }
    if (is_backwards()) {
      std::reverse(page.positions.begin(), page.positions.end());
      std::reverse(page.resources.begin(), page.resources.end());
    }
    (is_backwards() ? page.has_before : page.has_after) = has_more;
    if (query_.from) {
      ROLECALL_TRY_ASSIGN((is_backwards() ? page.has_after : page.has_before), has_any(opposite_of(*query_.from)));
    } else if (!has_more) {
      page.total = static_cast<std::int64_t>(page.positions.size());
      return page;
    }
  }
  ROLECALL_TRY_ASSIGN(page.total, query_.filter ? count() : count_all());
  return page;
}

Result<bool> ResourceQuery::has_any(const store::Place& place) {
  const std::optional<Condition> condition = condition_of(*ordering_, place);
  const std::string text =
      "SELECT 1 FROM resources r" + ordering_->join + where() + " AND " + condition->text + " LIMIT 1";
  bool is_any = false;
  ROLECALL_TRY(session_.select_built(text, "n", params_beyond(condition), [&](Row&) { is_any = true; }));
  return is_any;
}

Result<std::int64_t> ResourceQuery::count() {
  std::int64_t total = 0;
  ROLECALL_TRY(session_.select_built("SELECT COUNT(*) FROM resources r" + where(), "n",
                                     params_of({workspace_, query_.type->name, connection_}, condition_),
                                     [&](Row& row) { total = row.number(0); }));
  return total;
}

Result<std::int64_t> ResourceQuery::count_all() {
  std::int64_t total = 0;
  ROLECALL_TRY(session_.select(kCountAll, {workspace_, query_.type->name, connection_},
                               [&](Row& row) { total = row.number(0); }));
  return total;
}

Result<ResourceQuery::Records> ResourceQuery::next_candidates(const ResourceId& after) {
  Records records;
  const std::string text =
      "SELECT " ROLECALL_RECORD_COLUMNS " FROM resources r" + where() + " AND r.id > ? ORDER BY r.id LIMIT ?";
  auto params = params_of({workspace_, query_.type->name, connection_}, condition_);
  params.emplace_back(after);
  params.emplace_back(kBatch);
  ROLECALL_TRY(session_.select_built(text, kRecordKinds, params, [&](Row& row) { records.push_back(record_of(row)); }));
  return records;
}

Result<store::ResourcePage> ResourceQuery::run_over_candidates() {
  store::ResourcePage page;
  const bool is_ordered = is_walk() || query_.sort_by;
  const bool is_evaluated = query_.filter && !(condition_ && condition_->is_exact);
  First first(reach(), query_.descending, is_backwards());
  bool has_opposite = false;
  for (ResourceId after;;) {
    ROLECALL_TRY_ASSIGN(auto records, next_candidates(after));
    const bool is_last = records.size() < static_cast<std::size_t>(kBatch);
    if (!is_last) after = records.back().id;
    ROLECALL_TRY_ASSIGN(const auto resources, representations_of(records));
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (is_evaluated && !filter::matches(*query_.filter, resources[i], folder_)) continue;
      ++page.total;
      if (is_ordered) {
        auto position = position_of_match(records[i], resources[i]);
        const bool counts = !is_walk() || !query_.from || is_beyond(*query_.from, position, query_.descending);
        has_opposite = has_opposite || !counts;
        if (counts) first.add(std::move(position));
      } else if (page.total >= query_.start_index && page.total - query_.start_index < query_.count) {
        page.resources.push_back(std::move(records[i]));
      }
    }
    if (is_last) break;
  }
  if (is_ordered && query_.count > 0) {
    (is_backwards() ? page.has_after : page.has_before) = has_opposite;
    ROLECALL_TRY(finish(page, first.take()));
  }
  return page;
}

/// From the first positions to the page that was asked for.
Result<void> ResourceQuery::finish(store::ResourcePage& page, std::vector<store::Position> found) {
  if (is_walk()) {
    const auto wanted = static_cast<std::size_t>(query_.count);
    (is_backwards() ? page.has_before : page.has_after) = found.size() > wanted;
    if (found.size() > wanted) found.resize(wanted);
    if (is_backwards()) std::reverse(found.begin(), found.end());
  } else {
    const auto skipped = std::min(query_.start_index - 1, static_cast<std::int64_t>(found.size()));
    found.erase(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(skipped));
  }
  if (query_.kind != store::ResourceQuery::Kind::positions) {
    for (const auto& position : found) {
      ROLECALL_TRY_ASSIGN(auto record,
                          ResourceRepository::find_in(session_, workspace_, query_.type->name, position.id));
      // Within one snapshot it is there.
      if (record) page.resources.push_back(std::move(*record));
    }
  }
  if (is_walk()) page.positions = std::move(found);
  return {};
}

bool ResourceQuery::names(std::string_view attribute, std::string_view extension) const {
  const auto is_it = [&](const schema::AttributePath& path) {
    const std::string_view own = path.extension != nullptr ? std::string_view(path.extension->id) : std::string_view();
    return own == extension && path.attribute != nullptr && path.attribute->name == attribute;
  };
  if (query_.sort_by && is_it(*query_.sort_by)) return true;
  return query_.filter && std::any_of(query_.filter->nodes.begin(), query_.filter->nodes.end(),
                                      [&](const filter::Node& node) { return is_it(node.test.path); });
}

Result<std::vector<json::Object>> ResourceQuery::representations_of(const Records& records) {
  const bool with_groups = query_.type->name == "User" && names("groups");
  const bool with_members = query_.type->name == "Group" && names("members");
  // Their extension is among `schemas` when it holds nothing else.
  const bool with_roles = query_.type->name == "User" &&
                          (names(resource::kEffectiveRoles, resource::kRolecallUserExtension) || names("schemas"));
  store::IndirectGroups indirect(members_);
  std::vector<json::Object> resources;
  resources.reserve(records.size());
  for (const auto& record : records) {
    store::Surroundings around;
    if (with_groups) {
      ROLECALL_TRY_ASSIGN(auto direct, members_.groups_of(record.id));
      ROLECALL_TRY_ASSIGN(around.groups, indirect.add_to(std::move(direct)));
    }
    if (with_members) {
      ROLECALL_TRY_ASSIGN(around.members, all_members(members_, record.id));
    }
    if (with_roles) {
      ROLECALL_TRY_ASSIGN(around.roles, grants_.held_by(record.id));
    }
    ROLECALL_TRY_ASSIGN(auto resource, store::representation_of(record, *query_.type, query_.base, around));
    resources.push_back(std::move(resource));
  }
  return resources;
}

store::Position ResourceQuery::position_of_match(const store::ResourceRecord& record,
                                                 const json::Object& resource) const {
  if (query_.sort_by && !is_of(*query_.type, *query_.sort_by)) return store::Position{false, {}, record.id};
  return store::position_of(record.id, resource, query_.sort_by, folder_);
}

}  // namespace rolecall::adapter::soci
