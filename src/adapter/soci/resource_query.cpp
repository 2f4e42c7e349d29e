#include "resource_query.hpp"

#include <algorithm>
#include <iterator>

#include "record_columns.hpp"
#include "rolecall/filter/evaluate.hpp"
#include "rolecall/resource/key.hpp"
#include "rolecall/store/representation.hpp"
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

/// The value that decides the place of a resource: for a multi-valued attribute that of the primary element, or else
/// the first (RFC 7644 §3.4.2.3).
const json::Value* sort_value(const schema::AttributePath& path, const json::Object& resource) {
  const json::Object* container = &resource;
  if (path.extension != nullptr) {
    const json::Value* extension = resource.find(path.extension->id);
    container = extension != nullptr ? extension->as_object() : nullptr;
  }
  const json::Value* value = container != nullptr ? container->find(path.attribute->name) : nullptr;
  if (value == nullptr) return nullptr;
  if (const json::Array* elements = value->as_array()) {
    if (elements->empty()) return nullptr;
    const auto is_primary = [](const json::Value& element) {
      const json::Object* object = element.as_object();
      const json::Value* primary = object != nullptr ? object->find("primary") : nullptr;
      return primary != nullptr && primary->is_bool() && *primary->as_bool();
    };
    const auto primary = std::find_if(elements->begin(), elements->end(), is_primary);
    value = primary != elements->end() ? &*primary : &elements->front();
  }
  if (path.sub_attribute == nullptr) return value;
  const json::Object* object = value->as_object();
  return object != nullptr ? object->find(path.sub_attribute->name) : nullptr;
}

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
                             store::MemberRepository& members, const ConnectionId& connection,
                             const store::ResourceQuery& query)
    : session_(session),
      workspace_(workspace),
      folder_(folder),
      members_(members),
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

Result<store::ResourcePage> ResourceQuery::run_in_sql() {
  store::ResourcePage page;
  if (query_.count > 0) {
    const std::string text = "SELECT " ROLECALL_RECORD_COLUMNS " FROM resources r" + ordering_->join + where() +
                             " ORDER BY " + ordering_->order + " LIMIT ? OFFSET ?";
    std::vector<Param> params;
    for (const Bound& bound : ordering_->values) params.push_back(param_of(bound));
    const auto rest = params_of({workspace_, query_.type->name, connection_}, condition_);
    params.insert(params.end(), rest.begin(), rest.end());
    params.emplace_back(query_.count);
    params.emplace_back(query_.start_index - 1);
    ROLECALL_TRY(
        session_.select_built(text, kRecordKinds, params, [&](Row& row) { page.resources.push_back(record_of(row)); }));
  }
  const auto found = static_cast<std::int64_t>(page.resources.size());
  // A page that is not full, and not beyond the end, tells the total by itself.
  if (found < query_.count && (found > 0 || query_.start_index == 1)) {
    page.total = query_.start_index - 1 + found;
    return page;
  }
  ROLECALL_TRY_ASSIGN(page.total, query_.filter ? count() : count_all());
  return page;
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
  std::vector<Match> matches;
  const bool is_evaluated = query_.filter && !(condition_ && condition_->is_exact);
  for (ResourceId after;;) {
    ROLECALL_TRY_ASSIGN(auto records, next_candidates(after));
    const bool is_last = records.size() < static_cast<std::size_t>(kBatch);
    if (!is_last) after = records.back().id;
    ROLECALL_TRY_ASSIGN(const auto resources, representations_of(records));
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (is_evaluated && !filter::matches(*query_.filter, resources[i], folder_)) continue;
      ++page.total;
      if (query_.sort_by) {
        matches.push_back(match_of(records[i], resources[i]));
      } else if (page.total >= query_.start_index && page.total - query_.start_index < query_.count) {
        page.resources.push_back(std::move(records[i]));
      }
    }
    if (is_last) break;
  }
  if (query_.sort_by) {
    sort(matches);
    ROLECALL_TRY_ASSIGN(page.resources, records_of(matches));
  }
  return page;
}

bool ResourceQuery::names(std::string_view attribute) const {
  const auto is_it = [&](const schema::AttributePath& path) {
    return path.extension == nullptr && path.attribute != nullptr && path.attribute->name == attribute;
  };
  if (query_.sort_by && is_it(*query_.sort_by)) return true;
  return query_.filter && std::any_of(query_.filter->nodes.begin(), query_.filter->nodes.end(),
                                      [&](const filter::Node& node) { return is_it(node.test.path); });
}

Result<std::vector<json::Object>> ResourceQuery::representations_of(const Records& records) {
  const bool with_groups = query_.type->name == "User" && names("groups");
  const bool with_members = query_.type->name == "Group" && names("members");
  std::vector<json::Object> resources;
  resources.reserve(records.size());
  for (const auto& record : records) {
    std::vector<store::MembershipRecord> groups;
    std::vector<store::MemberRecord> members;
    if (with_groups) {
      ROLECALL_TRY_ASSIGN(groups, members_.groups_of(record.id));
    }
    if (with_members) {
      ROLECALL_TRY_ASSIGN(members, all_members(members_, record.id));
    }
    ROLECALL_TRY_ASSIGN(auto resource, store::representation_of(record, *query_.type, query_.base, groups, members));
    resources.push_back(std::move(resource));
  }
  return resources;
}

ResourceQuery::Match ResourceQuery::match_of(const store::ResourceRecord& record, const json::Object& resource) const {
  Match match;
  match.id = record.id;
  if (const json::Value* value = sort_value(*query_.sort_by, resource)) {
    if (auto key = resource::key_of(query_.sort_by->leaf(), *value, folder_)) {
      match.has_key = true;
      match.key = std::move(*key);
    }
  }
  return match;
}

void ResourceQuery::sort(std::vector<Match>& matches) const {
  // Both numbers are the client's and may be as large as they get.
  const auto size = static_cast<std::int64_t>(matches.size());
  const auto before = std::min(query_.start_index - 1, size);
  const auto wanted = static_cast<std::size_t>(before + std::min(query_.count, size - before));
  const auto comes_before = [&](const Match& a, const Match& b) {
    const Match& low = query_.descending ? b : a;
    const Match& high = query_.descending ? a : b;
    if (low.has_key != high.has_key) return low.has_key;
    if (low.key != high.key) return low.key < high.key;
    return a.id < b.id;
  };
  std::partial_sort(matches.begin(), matches.begin() + static_cast<std::ptrdiff_t>(wanted), matches.end(),
                    comes_before);
  matches.resize(wanted);
}

Result<ResourceQuery::Records> ResourceQuery::records_of(const std::vector<Match>& matches) {
  Records records;
  for (auto at = static_cast<std::size_t>(query_.start_index - 1); at < matches.size(); ++at) {
    ROLECALL_TRY_ASSIGN(auto record,
                        ResourceRepository::find_in(session_, workspace_, query_.type->name, matches[at].id));
    if (record) records.push_back(std::move(*record));
  }
  return records;
}

}  // namespace rolecall::adapter::soci
