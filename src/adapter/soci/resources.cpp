#include <algorithm>
#include <tuple>

#include "batch.hpp"
#include "record_columns.hpp"
#include "resource_query.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

constexpr Sql kFind{"resources.find",
                    "SELECT " ROLECALL_RECORD_COLUMNS
                    " FROM resources r WHERE r.workspace = ? AND r.type = ? AND r.id = ? AND r.connection = ?",
                    kRecordKinds};
constexpr Sql kFindAnywhere{"resources.find_anywhere",
                            "SELECT " ROLECALL_RECORD_COLUMNS
                            " FROM resources r WHERE r.workspace = ? AND r.type = ? AND r.id = ?",
                            kRecordKinds};
#define ROLECALL_MEMBER_WITH(IDS)   \
  "SELECT " ROLECALL_RECORD_COLUMNS \
  " FROM resources r WHERE r.workspace = ? AND r.connection = ? AND r.type IN ('User', 'Group') AND r.id " IDS
constexpr ForOneOrMany kFindMembers{
    {"resources.find_member", ROLECALL_MEMBER_WITH("= ?"), kRecordKinds},
    {"resources.find_members", ROLECALL_MEMBER_WITH("IN (" ROLECALL_32_VALUES ")"), kRecordKinds}};
#define ROLECALL_USER_WITH(IDS) \
  "SELECT " ROLECALL_RECORD_COLUMNS " FROM resources r WHERE r.workspace = ? AND r.type = 'User' AND r.id " IDS
constexpr ForOneOrMany kFindUsers{
    {"resources.find_user", ROLECALL_USER_WITH("= ?"), kRecordKinds},
    {"resources.find_users", ROLECALL_USER_WITH("IN (" ROLECALL_32_VALUES ")"), kRecordKinds}};
constexpr Sql kFindByKey{"resources.find_by_key",
                         "SELECT " ROLECALL_RECORD_COLUMNS
                         " FROM resources r WHERE r.workspace = ? AND r.type = ? AND r.unique_key = ? "
                         "ORDER BY r.unique_scope",
                         kRecordKinds};
constexpr Sql kFindByExternalId{"resources.find_by_external_id",
                                "SELECT " ROLECALL_RECORD_COLUMNS
                                " FROM resources r WHERE r.workspace = ? AND r.type = ? AND r.external_id = ? "
                                "AND r.external_id <> '' AND r.connection = ? ORDER BY r.id LIMIT ?",
                                kRecordKinds};
// An id that is no name hides the order of the primary key, so that the index of the external id is used.
constexpr Sql kFindAnywhereByExternalId{"resources.find_anywhere_by_external_id",
                                        "SELECT " ROLECALL_RECORD_COLUMNS
                                        " FROM resources r WHERE r.workspace = ? AND r.type = ? AND r.external_id = ? "
                                        "AND r.external_id <> '' ORDER BY r.id || '' LIMIT ?",
                                        kRecordKinds};
constexpr Sql kList{"resources.list",
                    "SELECT " ROLECALL_RECORD_COLUMNS
                    " FROM resources r WHERE r.workspace = ? AND r.type = ? "
                    "AND (r.unique_key, r.id) > (?, ?) ORDER BY r.unique_key, r.id LIMIT ?",
                    kRecordKinds};
constexpr Sql kInsert{"resources.insert",
                      "INSERT INTO resources (workspace, type, id, connection, version, created, last_modified, "
                      "unique_scope, unique_key, display, external_id, is_active, default_role, default_role_key, "
                      "document, signature_0, signature_1, signature_2, signature_3, signature_4, signature_5, "
                      "signature_6, signature_7) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr Sql kUpdate{"resources.update",
                      "UPDATE resources SET version = ?, last_modified = ?, unique_key = ?, display = ?, "
                      "external_id = ?, is_active = ?, default_role = ?, default_role_key = ?, document = ?, "
                      "signature_0 = ?, signature_1 = ?, signature_2 = ?, signature_3 = ?, signature_4 = ?, "
                      "signature_5 = ?, signature_6 = ?, signature_7 = ? "
                      "WHERE workspace = ? AND type = ? AND id = ? AND version = ?"};
constexpr Sql kHandOver{"resources.hand_over",
                        "UPDATE resources SET connection = ?, unique_scope = ?, version = ?, last_modified = ?, "
                        "external_id = ?, document = ? WHERE workspace = ? AND type = ? AND id = ? AND version = ?"};
// The wall clock may have been set back since the last change.
#define ROLECALL_TOUCH                                                                                                 \
  "UPDATE resources SET version = version + 1, last_modified = CASE WHEN last_modified > ? THEN last_modified ELSE ? " \
  "END "
#define ROLECALL_TOUCH_BY_ID ROLECALL_TOUCH "WHERE workspace = ? AND type = ? AND id "
constexpr ForOneOrMany kTouch{{"resources.touch", ROLECALL_TOUCH_BY_ID "= ?"},
                              {"resources.touch_all", ROLECALL_TOUCH_BY_ID "IN (" ROLECALL_32_VALUES ")"}};
constexpr Sql kTouchMembers{
    "resources.touch_members", ROLECALL_TOUCH
    "WHERE workspace = ? AND type = 'User' AND id IN "
    "(WITH RECURSIVE below (id) AS (SELECT g.id FROM resources g "
    "WHERE g.workspace = ? AND g.type = 'Group' AND g.id = ? "
    "UNION SELECT n.member FROM below CROSS JOIN members n "
    "WHERE n.workspace = ? AND n.group_id = below.id AND n.member_type = 'Group') "
    "SELECT m.member FROM below CROSS JOIN members m WHERE m.workspace = ? AND m.group_id = below.id "
    "AND m.member_type = 'User')"};
constexpr Sql kRemove{"resources.remove", "DELETE FROM resources WHERE workspace = ? AND type = ? AND id = ?"};
constexpr Sql kRemoveIndex{"resource_index.remove", "DELETE FROM resource_index WHERE workspace = ? AND resource = ?"};
constexpr Sql kRemoveMembers{"members.remove_all", "DELETE FROM members WHERE workspace = ? AND group_id = ?"};
constexpr Sql kRemoveParked{"parked_members.remove_all",
                            "DELETE FROM parked_members WHERE workspace = ? AND group_id = ?"};
constexpr Sql kRemoveMemberships{"members.remove_memberships",
                                 "DELETE FROM members WHERE workspace = ? AND member = ?"};
constexpr Sql kIndexOf{"resource_index.of",
                       "SELECT path, element, key FROM resource_index WHERE workspace = ? AND resource = ?", "tnt"};
constexpr Sql kInsertIndex{"resource_index.insert",
                           "INSERT INTO resource_index (workspace, path, key, resource, element) "
                           "VALUES (?, ?, ?, ?, ?)"};
constexpr Sql kRemoveIndexRow{"resource_index.remove_row",
                              "DELETE FROM resource_index "
                              "WHERE workspace = ? AND path = ? AND key = ? AND resource = ? AND element = ?"};
constexpr Sql kInsertUnique{"unique_values.insert",
                            "INSERT INTO unique_values (workspace, type, scope, path, key, resource) "
                            "VALUES (?, ?, ?, ?, ?, ?)"};
constexpr Sql kRemoveUnique{"unique_values.remove", "DELETE FROM unique_values WHERE workspace = ? AND resource = ?"};
constexpr Sql kAnyUnique{"unique_values.any", "SELECT 1 FROM unique_values WHERE workspace = ? LIMIT 1", "n"};
constexpr Sql kUniqueOf{"unique_values.of",
                        "SELECT path, key FROM unique_values WHERE workspace = ? AND resource = ? ORDER BY path, key",
                        "tt"};
constexpr Sql kAddToCount{"resource_counts.add",
                          "INSERT INTO resource_counts (workspace, type, connection, resources) VALUES (?, ?, ?, ?) "
                          "ON CONFLICT (workspace, type, connection) "
                          "DO UPDATE SET resources = resource_counts.resources + excluded.resources"};
constexpr Sql kCount{"resource_counts.sum",
                     "SELECT COALESCE(SUM(resources), 0) FROM resource_counts WHERE workspace = ? AND type = ?", "n"};

bool is_less(const resource::IndexEntry& a, const resource::IndexEntry& b) {
  return std::tie(a.path, a.element, a.key) < std::tie(b.path, b.element, b.key);
}

/// What callers may write is a set: rows for columns are dropped, and so are repetitions.
void normalize(std::string_view type, std::vector<resource::IndexEntry>& entries) {
  entries.erase(std::remove_if(entries.begin(), entries.end(),
                               [&](const resource::IndexEntry& entry) { return has_column(type, entry.path); }),
                entries.end());
  std::sort(entries.begin(), entries.end(), is_less);
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
}

/// What the document says, from unique_key to the signature, in the order of the columns. The parameters point at it.
void append_content(std::vector<Param>& params, const store::ResourceRecord& record,
                    const std::string& default_role_key) {
  params.insert(params.end(), {record.unique_key, record.display, record.external_id, record.is_active,
                               record.default_role, default_role_key, record.document});
  params.insert(params.end(), record.signature.words.begin(), record.signature.words.end());
}

/// Says which SCIM attribute is taken; the database only knows the column.
template <typename T>
Result<T> naming_the_key(Result<T> result, const store::ResourceRecord& record) {
  if (result || result.error().code != ErrorCode::uniqueness || !result.error().attribute.empty()) return result;
  Error error = std::move(result).error();
  const bool is_user = record.type == "User";
  error.attribute = is_user ? "userName" : "displayName";
  error.detail =
      is_user ? "A user with this userName exists already." : "A group with this displayName exists already.";
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace

Result<std::optional<store::ResourceRecord>> ResourceRepository::find(ConnectionId connection, std::string_view type,
                                                                      const ResourceId& id) {
  std::optional<store::ResourceRecord> found;
  ROLECALL_TRY(scope_.session.select(kFind, {scope_.workspace, type, id, connection},
                                     [&](Row& row) { found = record_of(row); }));
  return found;
}

Result<std::optional<store::ResourceRecord>> ResourceRepository::find_in(Session& session, const WorkspaceId& workspace,
                                                                         std::string_view type, const ResourceId& id) {
  std::optional<store::ResourceRecord> found;
  ROLECALL_TRY(session.select(kFindAnywhere, {workspace, type, id}, [&](Row& row) { found = record_of(row); }));
  return found;
}

Result<std::optional<store::ResourceRecord>> ResourceRepository::find_anywhere(std::string_view type,
                                                                               const ResourceId& id) {
  return find_in(scope_.session, scope_.workspace, type, id);
}

Result<store::ResourcePage> ResourceRepository::query(ConnectionId connection, const store::ResourceQuery& query) {
  return ResourceQuery(scope_.session, scope_.workspace, scope_.folder, members_, grants_, connection, query).run();
}

Result<std::vector<store::ResourceRecord>> ResourceRepository::find_members(const ConnectionId& connection,
                                                                            const std::vector<ResourceId>& ids) {
  std::vector<store::ResourceRecord> found;
  ROLECALL_TRY(in_batches(kFindMembers, ids, [&](const Sql& sql, const auto& append) {
    std::vector<Param> params{scope_.workspace, connection};
    append(params);
    return scope_.session.select(sql, params, [&](Row& row) { found.push_back(record_of(row)); });
  }));
  return found;
}

Result<std::vector<store::ResourceRecord>> ResourceRepository::find_users(const std::vector<ResourceId>& ids) {
  std::vector<store::ResourceRecord> found;
  ROLECALL_TRY(in_batches(kFindUsers, ids, [&](const Sql& sql, const auto& append) {
    std::vector<Param> params{scope_.workspace};
    append(params);
    return scope_.session.select(sql, params, [&](Row& row) { found.push_back(record_of(row)); });
  }));
  return found;
}

Result<std::vector<store::ResourceRecord>> ResourceRepository::find_by_key(std::string_view type,
                                                                           const std::string& unique_key) {
  std::vector<store::ResourceRecord> found;
  ROLECALL_TRY(scope_.session.select(kFindByKey, {scope_.workspace, type, unique_key},
                                     [&](Row& row) { found.push_back(record_of(row)); }));
  return found;
}

Result<std::vector<store::ResourceRecord>> ResourceRepository::find_by_external_id(ConnectionId connection,
                                                                                   std::string_view type,
                                                                                   const std::string& external_id,
                                                                                   std::int64_t limit) {
  std::vector<store::ResourceRecord> found;
  ROLECALL_TRY(scope_.session.select(kFindByExternalId, {scope_.workspace, type, external_id, connection, limit},
                                     [&](Row& row) { found.push_back(record_of(row)); }));
  return found;
}

Result<std::vector<store::ResourceRecord>> ResourceRepository::find_anywhere_by_external_id(
    std::string_view type, const std::string& external_id, std::int64_t limit) {
  std::vector<store::ResourceRecord> found;
  ROLECALL_TRY(scope_.session.select(kFindAnywhereByExternalId, {scope_.workspace, type, external_id, limit},
                                     [&](Row& row) { found.push_back(record_of(row)); }));
  return found;
}

Result<void> ResourceRepository::insert(const store::ResourceRecord& record,
                                        const std::vector<resource::IndexEntry>& index) {
  const std::string default_role_key = scope_.folder.fold(record.default_role);
  std::vector<Param> params{scope_.workspace,
                            record.type,
                            record.id,
                            record.connection,
                            record.version.number,
                            record.created,
                            record.last_modified,
                            unique_scope_of(record.type, record.connection)};
  append_content(params, record, default_role_key);
  ROLECALL_TRY(naming_the_key(scope_.session.execute(kInsert, params), record));
  auto wanted = index;
  normalize(record.type, wanted);
  ROLECALL_TRY(write_unique(record, wanted));
  for (const auto& entry : wanted) {
    ROLECALL_TRY(scope_.session.execute_later(
        kInsertIndex, {scope_.workspace, entry.path, entry.key, record.id, std::int64_t{entry.element}}));
  }
  return add_to_count(record.type, record.connection, 1);
}

Result<bool> ResourceRepository::update(const store::ResourceRecord& record,
                                        const std::vector<resource::IndexEntry>& index, Version expected) {
  const std::string default_role_key = scope_.folder.fold(record.default_role);
  std::vector<Param> params{record.version.number, record.last_modified};
  append_content(params, record, default_role_key);
  params.insert(params.end(), {scope_.workspace, record.type, record.id, expected.number});
  ROLECALL_TRY_ASSIGN(const auto changed, naming_the_key(scope_.session.execute(kUpdate, params), record));
  if (changed == 0) return false;
  auto wanted = index;
  normalize(record.type, wanted);
  ROLECALL_TRY(write_unique(record, wanted));
  ROLECALL_TRY(write_index(record.id, std::move(wanted)));
  return true;
}

Result<bool> ResourceRepository::hand_over(const store::ResourceRecord& record, Version expected) {
  ROLECALL_TRY_ASSIGN(const auto before, find_anywhere(record.type, record.id));
  if (!before) return false;
  ROLECALL_TRY_ASSIGN(
      const auto changed,
      naming_the_key(scope_.session.execute(
                         kHandOver, {record.connection, unique_scope_of(record.type, record.connection),
                                     record.version.number, record.last_modified, record.external_id, record.document,
                                     scope_.workspace, record.type, record.id, expected.number}),
                     record));
  if (changed == 0) return false;
  ROLECALL_TRY(add_to_count(record.type, before->connection, -1));
  ROLECALL_TRY(add_to_count(record.type, record.connection, 1));
  return true;
}

/// Rows that stay the same are left alone; most resources have none.
Result<void> ResourceRepository::write_unique(const store::ResourceRecord& record,
                                              const std::vector<resource::IndexEntry>& index) {
  using Value = std::pair<std::string, std::string>;
  std::vector<Value> wanted;
  for (const auto& entry : index) {
    if (entry.is_unique) wanted.emplace_back(entry.path, entry.key);
  }
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  ROLECALL_TRY_ASSIGN(const bool are_none, scope_.session.finds_none(kAnyUnique, {scope_.workspace}));
  if (are_none && wanted.empty()) return {};
  std::vector<Value> stored;
  ROLECALL_TRY(scope_.session.select(kUniqueOf, {scope_.workspace, record.id},
                                     [&](Row& row) { stored.emplace_back(row.text(0), row.text(1)); }));
  if (stored == wanted) return {};
  if (!stored.empty()) ROLECALL_TRY(scope_.session.execute(kRemoveUnique, {scope_.workspace, record.id}));
  for (const auto& [path, key] : wanted) {
    // Unique for the server and unique everywhere are one thing: the workspace is all of the world a tenant may know.
    auto inserted = scope_.session.execute(kInsertUnique, {scope_.workspace, record.type, "", path, key, record.id});
    if (inserted) continue;
    Error error = std::move(inserted).error();
    if (error.code == ErrorCode::uniqueness) error.attribute = path;
    return tl::unexpected<Error>(std::move(error));
  }
  return {};
}

Result<void> ResourceRepository::write_index(const ResourceId& id, std::vector<resource::IndexEntry> wanted) {
  std::vector<resource::IndexEntry> stored;
  ROLECALL_TRY(scope_.session.select(kIndexOf, {scope_.workspace, id}, [&](Row& row) {
    stored.push_back({row.text(0), static_cast<int>(row.number(1)), row.text(2)});
  }));
  std::sort(stored.begin(), stored.end(), is_less);
  std::vector<resource::IndexEntry> difference;
  std::set_difference(stored.begin(), stored.end(), wanted.begin(), wanted.end(), std::back_inserter(difference),
                      is_less);
  for (const auto& entry : difference) {
    ROLECALL_TRY(scope_.session.execute_later(
        kRemoveIndexRow, {scope_.workspace, entry.path, entry.key, id, std::int64_t{entry.element}}));
  }
  difference.clear();
  std::set_difference(wanted.begin(), wanted.end(), stored.begin(), stored.end(), std::back_inserter(difference),
                      is_less);
  for (const auto& entry : difference) {
    ROLECALL_TRY(scope_.session.execute_later(
        kInsertIndex, {scope_.workspace, entry.path, entry.key, id, std::int64_t{entry.element}}));
  }
  return {};
}

Result<void> ResourceRepository::touch(std::string_view type, const ResourceId& id, Instant at) {
  return touch_all(type, {id}, at);
}

Result<void> ResourceRepository::touch_all(std::string_view type, const std::vector<ResourceId>& ids, Instant at) {
  return in_batches(kTouch, ids, [&](const Sql& sql, const auto& append) {
    std::vector<Param> params{at, at, scope_.workspace, type};
    append(params);
    return scope_.session.execute_later(sql, params);
  });
}

Result<void> ResourceRepository::touch_members_of(const ResourceId& group, Instant at) {
  ROLECALL_TRY(scope_.session.execute(
      kTouchMembers, {at, at, scope_.workspace, scope_.workspace, group, scope_.workspace, scope_.workspace}));
  return {};
}

Result<bool> ResourceRepository::remove(std::string_view type, const ResourceId& id) {
  ROLECALL_TRY_ASSIGN(const auto found, find_anywhere(type, id));
  if (!found) return false;
  ROLECALL_TRY(scope_.session.execute_later(kRemove, {scope_.workspace, type, id}));
  ROLECALL_TRY(scope_.session.execute_later(kRemoveIndex, {scope_.workspace, id}));
  ROLECALL_TRY(scope_.session.execute_later(kRemoveUnique, {scope_.workspace, id}));
  ROLECALL_TRY(scope_.session.execute_later(kRemoveMembers, {scope_.workspace, id}));
  ROLECALL_TRY(scope_.session.execute_later(kRemoveParked, {scope_.workspace, id}));
  ROLECALL_TRY(scope_.session.execute_later(kRemoveMemberships, {scope_.workspace, id}));
  ROLECALL_TRY(add_to_count(type, found->connection, -1));
  return true;
}

Result<std::vector<store::ResourceRecord>> ResourceRepository::list(std::string_view type,
                                                                    const store::NamePlace& after, std::int64_t limit) {
  std::vector<store::ResourceRecord> found;
  ROLECALL_TRY(scope_.session.select(kList, {scope_.workspace, type, after.key, after.id, limit},
                                     [&](Row& row) { found.push_back(record_of(row)); }));
  return found;
}

Result<std::int64_t> ResourceRepository::count(std::string_view type) {
  std::int64_t count = 0;
  ROLECALL_TRY(scope_.session.select(kCount, {scope_.workspace, type}, [&](Row& row) { count = row.number(0); }));
  return count;
}

Result<void> ResourceRepository::add_to_count(std::string_view type, const ConnectionId& connection,
                                              std::int64_t step) {
  return scope_.session.execute_later(kAddToCount, {scope_.workspace, type, connection, step});
}

}  // namespace rolecall::adapter::soci
