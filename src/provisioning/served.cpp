#include "served.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "rolecall/access/may_grant.hpp"
#include "rolecall/filter/evaluate.hpp"
#include "rolecall/json/write.hpp"
#include "rolecall/store/representation.hpp"
#include "rolecall/store/sort_position.hpp"

namespace rolecall::provisioning {
namespace {

using Source = schema::ResourceType::Source;

json::Array schemas_of(const schema::ResourceType& type) {
  json::Array urns{json::Value(type.schema->id)};
  for (const schema::Schema* alias : type.aliases) urns.emplace_back(alias->id);
  return urns;
}

/// 56 bits: two texts of one resource do not meet by chance, and the number stays a positive one.
Version version_of(const std::string& document, const Digest& digest) {
  constexpr std::size_t kBytes = 7;
  constexpr unsigned kBits = 8;
  std::int64_t number = 0;
  for (const char c : digest.sha256(document).substr(0, kBytes)) {
    number = (number << kBits) | static_cast<unsigned char>(c);
  }
  return Version{std::max<std::int64_t>(number, 1)};
}

store::ResourceRecord record_of(const Environment& environment, const ConnectionId& connection,
                                const schema::ResourceType& type, const std::string& id, const std::string& name,
                                const json::Object& document) {
  store::ResourceRecord record;
  record.id = ResourceId(id);
  record.type = type.name;
  record.connection = connection;
  record.unique_key = id;
  record.display = name;
  record.document = json::write(document);
  record.version = version_of(record.document, environment.digest);
  return record;
}

/// What both ways of describing such a thing have, `value` being what a User names it by.
json::Object described(const schema::ResourceType& type, const std::string& value, const std::string& name,
                       const std::string& description) {
  json::Object document{{"schemas", schemas_of(type)}, {"displayName", name}};
  if (!description.empty()) document.append("description", description);
  document.append("value", value);
  document.append("display", name);
  return document;
}

void append_ids(json::Object& document, const char* name, const std::vector<access::Role>& roles,
                const std::function<bool(const access::Role&)>& is_one) {
  json::Array ids;
  for (const access::Role& role : roles) {
    if (is_one(role)) ids.emplace_back(role.id.value());
  }
  if (!ids.empty()) document.append(name, std::move(ids));
}

json::Object describe(const schema::ResourceType& type, const access::Role& role,
                      const std::vector<access::Role>& roles) {
  json::Object document = described(type, role.id.value(), role.name, role.description);
  document.append("supported", true);
  document.append("limitedAssignmentsPermitted", false);
  append_ids(document, "containedBy", roles,
             [&](const access::Role& other) { return other.id != role.id && access::is_under(role, other); });
  append_ids(document, "contains", roles,
             [&](const access::Role& other) { return other.id != role.id && access::is_under(other, role); });
  return document;
}

/// A permission comes with a role and with nothing else, so that assigning one has no effect.
json::Object describe(const schema::ResourceType& type, const access::Permission& permission) {
  json::Object document = described(type, permission.name, permission.name, permission.description);
  // Okta files an entitlement under the resource type that its type names.
  document.append("type", type.name);
  document.append("supported", false);
  return document;
}

/// Within whatever scope of data.
bool holds(const access::Role& role, const access::Permission& permission) {
  return std::any_of(role.permissions.begin(), role.permissions.end(),
                     [&](const std::string& held) { return access::split_permission(held).name == permission.name; });
}

/// A resource that fits the query, and where it stands in the list.
struct Match {
  store::Position position;
  const store::ResourceRecord* record = nullptr;
};

Result<std::vector<Match>> matches_of(const std::vector<store::ResourceRecord>& records,
                                      const store::ResourceQuery& query, const TextFolder& folder) {
  std::vector<Match> matches;
  for (const auto& record : records) {
    ROLECALL_TRY_ASSIGN(const auto resource, store::representation_of(record, *query.type, query.base, {}));
    if (query.filter && !filter::matches(*query.filter, resource, folder)) continue;
    matches.push_back({store::position_of(record.id, resource, query.sort_by, folder), &record});
  }
  std::sort(matches.begin(), matches.end(), [&](const Match& a, const Match& b) {
    return store::comes_before(a.position, b.position, query.descending);
  });
  return matches;
}

/// The part of the list that a walk sees from its place; says what lies on either side of it.
void cut_walk(std::vector<Match>& matches, const store::ResourceQuery& query, store::ResourcePage& page) {
  const bool is_backwards = query.from && query.from->backwards;
  const auto size = matches.size();
  const auto count = static_cast<std::size_t>(query.count);
  if (query.from) {
    std::erase_if(matches,
                  [&](const Match& match) { return !store::is_beyond(*query.from, match.position, query.descending); });
  }
  const bool has_opposite = matches.size() < size;
  const bool has_more = matches.size() > count;
  page.has_before = is_backwards ? has_more : has_opposite;
  page.has_after = is_backwards ? has_opposite : has_more;
  if (!has_more) return;
  const auto left_over = static_cast<std::ptrdiff_t>(matches.size() - count);
  if (is_backwards) {
    matches.erase(matches.begin(), matches.begin() + left_over);
  } else {
    matches.erase(matches.end() - left_over, matches.end());
  }
}

void cut_page(std::vector<Match>& matches, const store::ResourceQuery& query) {
  const auto size = static_cast<std::int64_t>(matches.size());
  const std::int64_t skipped = std::min(query.start_index - 1, size);
  const std::int64_t kept = std::min(query.count, size - skipped);
  matches.erase(matches.begin() + skipped + kept, matches.end());
  matches.erase(matches.begin(), matches.begin() + skipped);
}

}  // namespace

Result<std::vector<store::ResourceRecord>> served_records(const Environment& environment, store::Workspace& workspace,
                                                          const ConnectionId& connection_id,
                                                          const schema::ResourceType& type) {
  ROLECALL_TRY_ASSIGN(const auto connection, workspace.connections().find(connection_id));
  if (!connection) return internal_error("the token's connection is gone");
  ROLECALL_TRY_ASSIGN(const auto ceiling, workspace.roles().find(connection->ceiling));
  if (!ceiling) return internal_error("a connection's ceiling is gone");
  std::vector<store::ResourceRecord> records;
  if (type.source == Source::roles) {
    ROLECALL_TRY_ASSIGN(auto roles, workspace.roles().list());
    const access::Grantor grantor{access::Grantor::Kind::connection, *ceiling};
    std::erase_if(roles, [&](const access::Role& role) {
      return !access::may_grant(grantor, role, access::GrantPath::asserted);
    });
    for (const access::Role& role : roles) {
      records.push_back(
          record_of(environment, connection_id, type, role.id.value(), role.name, describe(type, role, roles)));
    }
  } else if (environment.catalogue != nullptr) {
    for (const access::Permission& permission : environment.catalogue->permissions) {
      if (!holds(*ceiling, permission)) continue;
      records.push_back(
          record_of(environment, connection_id, type, permission.name, permission.name, describe(type, permission)));
    }
  }
  std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return records;
}

std::optional<store::ResourceRecord> find_served(const std::vector<store::ResourceRecord>& records,
                                                 const ResourceId& id) {
  const auto found = std::find_if(records.begin(), records.end(), [&](const auto& record) { return record.id == id; });
  return found != records.end() ? std::optional(*found) : std::nullopt;
}

Result<store::ResourcePage> query_served(const std::vector<store::ResourceRecord>& records,
                                         const store::ResourceQuery& query, const TextFolder& folder) {
  using Kind = store::ResourceQuery::Kind;
  store::ResourcePage page;
  ROLECALL_TRY_ASSIGN(auto matches, matches_of(records, query, folder));
  page.total = static_cast<std::int64_t>(matches.size());
  if (query.count == 0) return page;
  if (query.kind == Kind::records) {
    cut_page(matches, query);
  } else {
    cut_walk(matches, query, page);
  }
  for (const Match& match : matches) {
    if (query.kind != Kind::positions) page.resources.push_back(*match.record);
    if (query.kind != Kind::records) page.positions.push_back(match.position);
  }
  return page;
}

}  // namespace rolecall::provisioning
