#include <unordered_map>

#include "enum_text.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

using access::RoleOrigin;

constexpr EnumText<RoleOrigin, 3> kOrigins{
    {{{RoleOrigin::custom, "custom"}, {RoleOrigin::shipped, "shipped"}, {RoleOrigin::from_group, "from_group"}}}};

#define ROLECALL_ROLE "SELECT id, name, description, origin, is_protected, rank FROM roles "
#define ROLECALL_ROLE_GROUP "SELECT group_id, role, connection, relisted FROM role_groups "
constexpr const char* kKinds = "ttttnn";
constexpr const char* kGroupKinds = "tttn";

constexpr Sql kInsert{"roles.insert",
                      "INSERT INTO roles (workspace, id, name, name_key, description, origin, is_protected, rank, "
                      "created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr Sql kUpdate{
    "roles.update",
    "UPDATE roles SET name = ?, name_key = ?, description = ?, rank = ? WHERE workspace = ? AND id = ?"};
constexpr Sql kRemove{"roles.remove", "DELETE FROM roles WHERE workspace = ? AND id = ?"};
constexpr Sql kFind{"roles.find", ROLECALL_ROLE "WHERE workspace = ? AND id = ?", kKinds};
constexpr Sql kFindByKey{"roles.find_by_key", ROLECALL_ROLE "WHERE workspace = ? AND name_key = ?", kKinds};
constexpr Sql kList{"roles.list", ROLECALL_ROLE "WHERE workspace = ? ORDER BY rank, name_key", kKinds};
constexpr Sql kPermissions{"role_permissions.of",
                           "SELECT permission FROM role_permissions WHERE workspace = ? AND role = ? "
                           "ORDER BY permission",
                           "t"};
constexpr Sql kAllPermissions{"role_permissions.all",
                              "SELECT role, permission FROM role_permissions WHERE workspace = ? "
                              "ORDER BY role, permission",
                              "tt"};
constexpr Sql kHasPermission{"role_permissions.has",
                             "SELECT 1 FROM role_permissions WHERE workspace = ? AND role = ? AND permission = ?", "n"};
constexpr Sql kInsertPermission{"role_permissions.insert",
                                "INSERT INTO role_permissions (workspace, role, permission) VALUES (?, ?, ?)"};
constexpr Sql kRemovePermissions{"role_permissions.remove",
                                 "DELETE FROM role_permissions WHERE workspace = ? AND role = ?"};
constexpr Sql kInsertGroup{"role_groups.insert",
                           "INSERT INTO role_groups (workspace, group_id, role, connection, relisted) "
                           "VALUES (?, ?, ?, ?, ?)"};
constexpr Sql kFindGroup{"role_groups.find", ROLECALL_ROLE_GROUP "WHERE workspace = ? AND group_id = ?", kGroupKinds};
constexpr Sql kClaimGroup{"role_groups.claim",
                          "UPDATE role_groups SET relisted = 0 WHERE workspace = ? AND group_id = ? AND relisted = 1"};
constexpr Sql kRemoveGroup{"role_groups.remove", "DELETE FROM role_groups WHERE workspace = ? AND group_id = ?"};
constexpr Sql kGroupsOf{"role_groups.of_role", ROLECALL_ROLE_GROUP "WHERE workspace = ? AND role = ? ORDER BY group_id",
                        kGroupKinds};

access::Role role_of(Row& row) {
  access::Role role;
  role.id = row.id<RoleId>(0);
  role.name = row.text(1);
  role.description = row.text(2);
  role.origin = kOrigins.value(row.view(3));
  role.is_protected = row.flag(4);
  role.rank = static_cast<int>(row.number(5));
  return role;
}

store::RoleGroupRecord role_group_of(Row& row) {
  return {row.id<ResourceId>(0), row.id<RoleId>(1), row.id<ConnectionId>(2), row.flag(3)};
}

}  // namespace

Result<void> RoleRepository::insert(const access::Role& role, const std::string& name_key, Instant at) {
  ROLECALL_TRY(
      scope_.session.execute(kInsert, {scope_.workspace, role.id, role.name, name_key, role.description,
                                       kOrigins.text(role.origin), role.is_protected, std::int64_t{role.rank}, at}));
  return write_permissions(role);
}

Result<void> RoleRepository::update(const access::Role& role, const std::string& name_key) {
  ROLECALL_TRY(scope_.session.execute(
      kUpdate, {role.name, name_key, role.description, std::int64_t{role.rank}, scope_.workspace, role.id}));
  ROLECALL_TRY(scope_.session.execute(kRemovePermissions, {scope_.workspace, role.id}));
  return write_permissions(role);
}

Result<void> RoleRepository::write_permissions(const access::Role& role) {
  for (const std::string& permission : role.permissions) {
    ROLECALL_TRY(scope_.session.execute(kInsertPermission, {scope_.workspace, role.id, permission}));
  }
  return {};
}

Result<bool> RoleRepository::remove(const RoleId& id) {
  ROLECALL_TRY_ASSIGN(const auto removed, scope_.session.execute(kRemove, {scope_.workspace, id}));
  return removed > 0;
}

Result<std::optional<access::Role>> RoleRepository::find_one(const Sql& sql, std::string_view key) {
  std::optional<access::Role> found;
  ROLECALL_TRY(scope_.session.select_kept(sql, {scope_.workspace, key}, [&](Row& row) { found = role_of(row); }));
  if (!found) return found;
  ROLECALL_TRY(scope_.session.select_kept(kPermissions, {scope_.workspace, found->id},
                                          [&](Row& row) { found->permissions.push_back(row.text(0)); }));
  return found;
}

Result<std::optional<access::Role>> RoleRepository::find(const RoleId& id) { return find_one(kFind, id.value()); }

Result<std::optional<access::Role>> RoleRepository::find_by_key(const std::string& name_key) {
  return find_one(kFindByKey, name_key);
}

Result<std::vector<access::Role>> RoleRepository::list() {
  std::vector<access::Role> found;
  ROLECALL_TRY(scope_.session.select_kept(kList, {scope_.workspace}, [&](Row& row) { found.push_back(role_of(row)); }));
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < found.size(); ++i) places.emplace(found[i].id.value(), i);
  ROLECALL_TRY(scope_.session.select_kept(kAllPermissions, {scope_.workspace}, [&](Row& row) {
    if (const auto place = places.find(row.text(0)); place != places.end()) {
      found[place->second].permissions.push_back(row.text(1));
    }
  }));
  return found;
}

Result<bool> RoleRepository::has_permission(const RoleId& id, std::string_view permission) {
  bool found = false;
  ROLECALL_TRY(scope_.session.select(kHasPermission, {scope_.workspace, id, permission}, [&](Row&) { found = true; }));
  return found;
}

Result<void> RoleRepository::insert_group(const store::RoleGroupRecord& role_group) {
  ROLECALL_TRY(scope_.session.execute(
      kInsertGroup, {scope_.workspace, role_group.group, role_group.role, role_group.connection, role_group.relisted}));
  return {};
}

Result<std::optional<store::RoleGroupRecord>> RoleRepository::find_group(const ResourceId& group) {
  std::optional<store::RoleGroupRecord> found;
  ROLECALL_TRY(
      scope_.session.select(kFindGroup, {scope_.workspace, group}, [&](Row& row) { found = role_group_of(row); }));
  return found;
}

Result<void> RoleRepository::claim_group(const ResourceId& group) {
  return scope_.session.execute_later(kClaimGroup, {scope_.workspace, group});
}

Result<bool> RoleRepository::remove_group(const ResourceId& group) {
  ROLECALL_TRY_ASSIGN(const auto removed, scope_.session.execute(kRemoveGroup, {scope_.workspace, group}));
  return removed > 0;
}

Result<std::vector<store::RoleGroupRecord>> RoleRepository::groups_of(const RoleId& role) {
  std::vector<store::RoleGroupRecord> found;
  ROLECALL_TRY(scope_.session.select(kGroupsOf, {scope_.workspace, role},
                                     [&](Row& row) { found.push_back(role_group_of(row)); }));
  return found;
}

}  // namespace rolecall::adapter::soci
