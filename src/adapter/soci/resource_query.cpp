#include "resource_query.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <unordered_map>

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

/// Candidates known by their ids, and read as documents, at a time: what an evaluated filter costs in memory, whatever
/// the number of resources.
constexpr std::int64_t kCandidates = 10'000;
/// Where each part looks through a whole attribute again.
constexpr std::int64_t kCostlyCandidates = 50'000;
constexpr std::size_t kDocuments = 500;
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
    if (all.empty()) {
      all = std::move(page);
    } else {
      std::move(page.begin(), page.end(), std::back_inserter(all));
    }
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
  if (query.filter) compiled_ = compile(*query.filter, scope_);
  ordering_ = compile_order(query, scope_);
}

Result<store::ResourcePage> ResourceQuery::run() {
  if (!ordering_) return run_over_candidates();
  if (!query_.filter) return is_walk() ? run_in_sql() : page_of_all();
  // The page and the total are two questions: what is dear to ask is better asked once.
  return compiled_.is_exact && (is_walk() || !is_costly()) ? run_in_sql() : run_over_candidates();
}

bool ResourceQuery::is_costly() const {
  return compiled_.maybe && compiled_.maybe->is_costly && !compiled_.maybe->is_selective;
}

std::int64_t ResourceQuery::candidates_at_a_time() const { return is_costly() ? kCostlyCandidates : kCandidates; }

/// Where an index finds the few matches, the connection must not offer itself as a way to them: all users of the
/// workspace may belong to it. Concatenation keeps both engines from using an index.
std::string ResourceQuery::where() const {
  const bool is_selective = compiled_.maybe && compiled_.maybe->is_selective;
  std::string text = " WHERE r.workspace = ? AND r.type = ? AND ";
  text += is_selective ? "r.connection || '' = ?" : "r.connection = ?";
  if (compiled_.maybe) text += " AND " + compiled_.maybe->text;
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
  if (compiled_.maybe) append(compiled_.maybe->values);
  if (place) append(place->values);
  return params;
}

Result<void> ResourceQuery::read_page(store::ResourcePage& page, std::int64_t count, std::int64_t offset,
                                      bool is_reversed) {
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
  text += " ORDER BY " + order_by(*ordering_, is_reversed) + " LIMIT ? OFFSET ?";
  std::vector<Param> params = params_beyond(place);
  params.emplace_back(count);
  params.emplace_back(offset);
  return session_.select_built(text, kinds.c_str(), params, [&](Row& row) {
    if (has_records) page.resources.push_back(record_of(row));
    if (!is_walk()) return;
    const ResourceId id = has_records ? page.resources.back().id : row.id<ResourceId>(0);
    page.positions.push_back(position_of(*ordering_, row, first, id));
  });
}

/// Rows before a page are passed one by one: never more than half of them.
Result<store::ResourcePage> ResourceQuery::page_of_all() {
  store::ResourcePage page;
  ROLECALL_TRY_ASSIGN(page.total, count_all());
  const std::int64_t before = query_.start_index - 1;
  if (before >= page.total || query_.count == 0) return page;
  const std::int64_t count = std::min(query_.count, page.total - before);
  const std::int64_t behind = page.total - before - count;
  const bool is_reversed = behind < before;
  ROLECALL_TRY(read_page(page, count, is_reversed ? behind : before, is_reversed));
  if (is_reversed) std::reverse(page.resources.begin(), page.resources.end());
  return page;
}

Result<store::ResourcePage> ResourceQuery::run_in_sql() {
  store::ResourcePage page;
  if (query_.count > 0) {
    ROLECALL_TRY(
        read_page(page, is_walk() ? reach() : query_.count, is_walk() ? 0 : query_.start_index - 1, is_backwards()));
  }
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
                                     params_of({workspace_, query_.type->name, connection_}, compiled_.maybe),
                                     [&](Row& row) { total = row.number(0); }));
  return total;
}

Result<std::int64_t> ResourceQuery::count_all() {
  std::int64_t total = 0;
  ROLECALL_TRY(session_.select(kCountAll, {workspace_, query_.type->name, connection_},
                               [&](Row& row) { total = row.number(0); }));
  return total;
}

Result<std::vector<ResourceQuery::Candidate>> ResourceQuery::next_candidates(const ResourceId& after) {
  const bool has_positions = is_ordered() && ordering_;
  const bool is_sure = !query_.filter || compiled_.is_exact;
  // Without its place in the list a match is of no use.
  const bool is_known = (is_sure || compiled_.then_surely) && (has_positions || !is_ordered());
  std::string text = "SELECT r.id, ";
  text += !is_known ? "0" : is_sure ? "1" : "CASE WHEN " + compiled_.then_surely->text + " THEN 1 ELSE 0 END";
  std::string kinds = "tn";
  if (has_positions) {
    text += position_columns(*ordering_);
    kinds += {'n', key_kind(*ordering_)};
  }
  text += " FROM resources r" + (has_positions ? ordering_->join : std::string()) + where();
  // What is found by looking through an attribute leads to resources; a walk along all of them would only ask for each
  // whether it was found.
  text += is_costly() ? " AND r.id || '' > ? ORDER BY r.id || '' LIMIT ?" : " AND r.id > ? ORDER BY r.id LIMIT ?";
  std::vector<Param> params;
  const auto append = [&](const std::vector<Bound>& values) {
    for (const Bound& bound : values) params.push_back(param_of(bound));
  };
  if (is_known && !is_sure) append(compiled_.then_surely->values);
  if (has_positions) append(ordering_->values);
  params.insert(params.end(), {workspace_, query_.type->name, connection_});
  if (compiled_.maybe) append(compiled_.maybe->values);
  params.emplace_back(after);
  params.emplace_back(candidates_at_a_time());
  std::vector<Candidate> candidates;
  ROLECALL_TRY(session_.select_built(text, kinds.c_str(), params, [&](Row& row) {
    Candidate candidate{store::Position{false, {}, row.id<ResourceId>(0)}, row.flag(1)};
    constexpr std::size_t kFirst = 2;
    if (has_positions) candidate.position = position_of(*ordering_, row, kFirst, candidate.position.id);
    candidates.push_back(std::move(candidate));
  }));
  return candidates;
}

/// Within one snapshot all of them are there. A few sizes, so that their statements are few.
Result<ResourceQuery::Records> ResourceQuery::records_of(std::span<const ResourceId> ids) {
  std::unordered_map<std::string, store::ResourceRecord> found;
  for (std::size_t first = 0; first < ids.size();) {
    const std::size_t left = ids.size() - first;
    constexpr std::array<std::size_t, 3> kSizes{8, 100, kDocuments};
    const std::size_t size = *std::find_if(kSizes.begin(), kSizes.end() - 1, [&](auto it) { return left <= it; });
    std::string text =
        "SELECT " ROLECALL_RECORD_COLUMNS " FROM resources r WHERE r.workspace = ? AND r.type = ? AND r.id IN (?";
    for (std::size_t i = 1; i < size; ++i) text += ", ?";
    std::vector<Param> params{workspace_, query_.type->name};
    for (std::size_t i = 0; i < size; ++i) params.emplace_back(ids[first + std::min(i, left - 1)]);
    ROLECALL_TRY(session_.select_built(text + ")", kRecordKinds, params, [&](Row& row) {
      auto record = record_of(row);
      auto id = record.id.value();
      found.emplace(std::move(id), std::move(record));
    }));
    first += std::min(size, left);
  }
  Records records;
  records.reserve(ids.size());
  for (const auto& id : ids) {
    const auto record = found.find(id.value());
    if (record != found.end()) records.push_back(std::move(record->second));
  }
  return records;
}

Result<void> ResourceQuery::settle(std::vector<Candidate>& candidates) {
  std::vector<std::size_t> doubtful;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!candidates[i].is_match) doubtful.push_back(i);
  }
  const bool is_evaluated = query_.filter && !compiled_.is_exact;
  for (std::size_t first = 0; first < doubtful.size(); first += kDocuments) {
    const std::size_t count = std::min(kDocuments, doubtful.size() - first);
    std::vector<ResourceId> ids;
    for (std::size_t i = first; i < first + count; ++i) ids.push_back(candidates[doubtful[i]].position.id);
    ROLECALL_TRY_ASSIGN(const auto records, records_of(ids));
    ROLECALL_TRY_ASSIGN(const auto resources, representations_of(records));
    if (records.size() != count) return internal_error("a resource was gone within one snapshot");
    for (std::size_t i = 0; i < count; ++i) {
      Candidate& candidate = candidates[doubtful[first + i]];
      candidate.is_match = !is_evaluated || filter::matches(*query_.filter, resources[i], folder_);
      const bool is_placed = !is_ordered() || ordering_;
      if (candidate.is_match && !is_placed) candidate.position = position_of_match(records[i], resources[i]);
    }
  }
  return {};
}

Result<store::ResourcePage> ResourceQuery::run_over_candidates() {
  store::ResourcePage page;
  First first(reach(), query_.descending, is_backwards());
  std::vector<store::Position> found;
  bool has_opposite = false;
  for (ResourceId after;;) {
    ROLECALL_TRY_ASSIGN(auto candidates, next_candidates(after));
    const bool is_last = candidates.size() < static_cast<std::size_t>(candidates_at_a_time());
    if (!is_last) after = candidates.back().position.id;
    ROLECALL_TRY(settle(candidates));
    for (auto& candidate : candidates) {
      if (!candidate.is_match) continue;
      ++page.total;
      if (is_ordered()) {
        const bool counts =
            !is_walk() || !query_.from || is_beyond(*query_.from, candidate.position, query_.descending);
        has_opposite = has_opposite || !counts;
        if (counts) first.add(std::move(candidate.position));
      } else if (page.total >= query_.start_index && page.total - query_.start_index < query_.count) {
        found.push_back(std::move(candidate.position));
      }
    }
    if (is_last) break;
  }
  if (query_.count == 0) return page;
  if (is_ordered()) {
    (is_backwards() ? page.has_after : page.has_before) = has_opposite;
    found = first.take();
  }
  ROLECALL_TRY(finish(page, std::move(found)));
  return page;
}

/// From the first positions to the page that was asked for.
Result<void> ResourceQuery::finish(store::ResourcePage& page, std::vector<store::Position> found) {
  if (is_walk()) {
    const auto wanted = static_cast<std::size_t>(query_.count);
    (is_backwards() ? page.has_before : page.has_after) = found.size() > wanted;
    if (found.size() > wanted) found.resize(wanted);
    if (is_backwards()) std::reverse(found.begin(), found.end());
  } else if (is_ordered()) {
    const auto skipped = std::min(query_.start_index - 1, static_cast<std::int64_t>(found.size()));
    found.erase(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(skipped));
  }
  if (query_.kind != store::ResourceQuery::Kind::positions) {
    std::vector<ResourceId> ids;
    for (const auto& position : found) ids.push_back(position.id);
    ROLECALL_TRY_ASSIGN(page.resources, records_of(ids));
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
