#include "enum_text.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

using store::AssertedRolePolicy;
using store::UnknownGroupPolicy;
using store::UnknownMemberPolicy;

constexpr EnumText<UnknownGroupPolicy, 3> kPolicies{{{{UnknownGroupPolicy::create_role, "create_role"},
                                                      {UnknownGroupPolicy::keep_unlinked, "keep_unlinked"},
                                                      {UnknownGroupPolicy::refuse, "refuse"}}}};

constexpr EnumText<AssertedRolePolicy, 2> kAssertedPolicies{
    {{{AssertedRolePolicy::grant, "grant"}, {AssertedRolePolicy::ignore, "ignore"}}}};

constexpr EnumText<UnknownMemberPolicy, 3> kMemberPolicies{{{{UnknownMemberPolicy::accept_known, "accept_known"},
                                                             {UnknownMemberPolicy::strict, "strict"},
                                                             {UnknownMemberPolicy::parked, "parked"}}}};

#define ROLECALL_CONNECTION                                                                                    \
  "SELECT id, name, dialect, default_role, ceiling, unknown_groups, asserted_roles, unknown_members, created " \
  "FROM connections "
constexpr const char* kKinds = "ttttttttn";

constexpr Sql kInsert{"connections.insert",
                      "INSERT INTO connections (workspace, id, name, dialect, default_role, ceiling, unknown_groups, "
                      "asserted_roles, unknown_members, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr Sql kUpdate{"connections.update",
                      "UPDATE connections SET name = ?, dialect = ?, default_role = ?, ceiling = ?, "
                      "unknown_groups = ?, asserted_roles = ?, unknown_members = ? WHERE workspace = ? AND id = ?"};
constexpr Sql kFind{"connections.find", ROLECALL_CONNECTION "WHERE workspace = ? AND id = ?", kKinds};
constexpr Sql kFindByName{"connections.find_by_name", ROLECALL_CONNECTION "WHERE workspace = ? AND name = ?", kKinds};
constexpr Sql kList{"connections.list", ROLECALL_CONNECTION "WHERE workspace = ? ORDER BY name", kKinds};

store::ConnectionRecord connection_of(Row& row) {
  store::ConnectionRecord connection;
  connection.id = row.id<ConnectionId>(0);
  connection.name = row.text(1);
  connection.dialect = row.text(2);
  connection.default_role = row.id<RoleId>(3);
  connection.ceiling = row.id<RoleId>(4);
  connection.unknown_groups = kPolicies.value(row.view(5));
  connection.asserted_roles = kAssertedPolicies.value(row.view(6));
  connection.unknown_members = kMemberPolicies.value(row.view(7));
  connection.created = row.instant(8);
  return connection;
}

}  // namespace

Result<void> ConnectionRepository::insert(const store::ConnectionRecord& connection) {
  ROLECALL_TRY(scope_.session.execute(
      kInsert,
      {scope_.workspace, connection.id, connection.name, connection.dialect, connection.default_role,
       connection.ceiling, kPolicies.text(connection.unknown_groups), kAssertedPolicies.text(connection.asserted_roles),
       kMemberPolicies.text(connection.unknown_members), connection.created}));
  return {};
}

Result<void> ConnectionRepository::update(const store::ConnectionRecord& connection) {
  ROLECALL_TRY(scope_.session.execute(
      kUpdate, {connection.name, connection.dialect, connection.default_role, connection.ceiling,
                kPolicies.text(connection.unknown_groups), kAssertedPolicies.text(connection.asserted_roles),
                kMemberPolicies.text(connection.unknown_members), scope_.workspace, connection.id}));
  return {};
}

Result<std::optional<store::ConnectionRecord>> ConnectionRepository::find(const ConnectionId& id) {
  std::optional<store::ConnectionRecord> found;
  ROLECALL_TRY(
      scope_.session.select_kept(kFind, {scope_.workspace, id}, [&](Row& row) { found = connection_of(row); }));
  return found;
}

Result<std::optional<store::ConnectionRecord>> ConnectionRepository::find_by_name(const std::string& name) {
  std::optional<store::ConnectionRecord> found;
  ROLECALL_TRY(
      scope_.session.select(kFindByName, {scope_.workspace, name}, [&](Row& row) { found = connection_of(row); }));
  return found;
}

Result<std::vector<store::ConnectionRecord>> ConnectionRepository::list() {
  std::vector<store::ConnectionRecord> found;
  ROLECALL_TRY(
      scope_.session.select(kList, {scope_.workspace}, [&](Row& row) { found.push_back(connection_of(row)); }));
  return found;
}

}  // namespace rolecall::adapter::soci
