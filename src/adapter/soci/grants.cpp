#include <algorithm>
#include <iterator>

#include "batch.hpp"
#include "causes.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

using access::CauseKind;

// CROSS JOIN keeps SQLite from walking all links instead of the few groups of one user.
constexpr Sql kLinked{"grants.linked",
                      "SELECT l.role, l.id, m.group_id FROM members m CROSS JOIN links l "
                      "WHERE m.workspace = ? AND m.member = ? AND l.workspace = m.workspace "
                      "AND l.group_id = m.group_id AND l.state = 'active' ORDER BY l.role, l.id",
                      "ttt"};
constexpr Sql kDirect{"direct_grants.of",
                      "SELECT role, made_by, made FROM direct_grants WHERE workspace = ? AND user_id = ? ORDER BY role",
                      "ttn"};
// The index knows whose they are and the table the rest; asked for both at once, SQLite walks the whole table.
constexpr Sql kDirectOfRole{"direct_grants.of_role",
                            "SELECT g.user_id, g.made_by, g.made FROM direct_grants i CROSS JOIN direct_grants g "
                            "WHERE i.workspace = ? AND i.role = ? AND i.user_id > ? AND g.workspace = i.workspace "
                            "AND g.user_id = i.user_id AND g.role = i.role ORDER BY i.user_id LIMIT ?",
                            "ttn"};
constexpr Sql kAddDirect{"direct_grants.add",
                         "INSERT INTO direct_grants (workspace, user_id, role, made_by, made) VALUES (?, ?, ?, ?, ?) "
                         "ON CONFLICT (workspace, user_id, role) DO NOTHING"};
constexpr Sql kRemoveDirect{"direct_grants.remove",
                            "DELETE FROM direct_grants WHERE workspace = ? AND user_id = ? AND role = ?"};
constexpr Sql kEffective{"effective_grants.of",
                         "SELECT role, cause, link, group_id FROM effective_grants WHERE workspace = ? AND user_id = ? "
                         "ORDER BY role, cause, link, group_id",
                         "tttt"};
/// A cross join is what SQLite does in the order in which it is written: from the few roles of the user, and not from
/// all roles that hold the permission.
constexpr Sql kPermissionsOf{"effective_grants.permissions",
                             "SELECT DISTINCT p.permission FROM effective_grants e CROSS JOIN role_permissions p "
                             "WHERE e.workspace = ? AND e.user_id = ? AND p.workspace = e.workspace "
                             "AND p.role = e.role AND p.permission >= ? AND p.permission < ? "
                             "ORDER BY p.permission",
                             "t"};
constexpr Sql kRolesWith{"role_permissions.roles",
                         "SELECT role FROM role_permissions WHERE workspace = ? AND permission = ? ORDER BY role", "t"};
constexpr Sql kSomeHolders{"effective_grants.some_holders",
                           "SELECT DISTINCT user_id FROM effective_grants WHERE workspace = ? AND role = ? "
                           "AND user_id > ? ORDER BY user_id LIMIT ?",
                           "t"};
constexpr Sql kHolders{"effective_grants.holders",
                       "SELECT DISTINCT user_id FROM effective_grants WHERE workspace = ? AND role = ? "
                       "ORDER BY user_id",
                       "t"};
constexpr Sql kUsersIn{"members.users",
                       "SELECT member FROM members WHERE workspace = ? AND group_id = ? AND member_type = 'User' "
                       "AND member > ? ORDER BY member LIMIT ?",
                       "t"};
/// The concatenation keeps the engine from walking the connection's users for every grant: it does prefer that index,
/// although the primary key finds the one user.
constexpr Sql kUsersByDefault{
    "effective_grants.by_default",
    "SELECT e.user_id FROM effective_grants e "
    "JOIN resources r ON r.workspace = e.workspace AND r.type = 'User' AND r.id = e.user_id "
    "WHERE e.workspace = ? AND e.cause = 'default' AND e.user_id > ? AND r.connection || '' = ? "
    "ORDER BY e.user_id LIMIT ?",
    "t"};

constexpr Sql kUsersWithSentDefault{"resources.by_sent_default",
                                    "SELECT id FROM resources WHERE workspace = ? AND default_role_key = ? "
                                    "AND default_role_key <> '' AND id > ? ORDER BY id LIMIT ?",
                                    "t"};

// What resource_type User has under `indexed` for them.
#define ROLECALL_ASSERTING "('roles.value', 'roles.display', 'entitlements.value', 'entitlements.display')"

constexpr Sql kNamedRoles{"resource_index.named_roles",
                          "SELECT i.path, i.element, i.key, r.id FROM resource_index i "
                          "JOIN roles r ON r.workspace = i.workspace AND r.name_key = i.key "
                          "WHERE i.workspace = ? AND i.resource = ? AND i.path IN " ROLECALL_ASSERTING
                          " UNION SELECT i.path, i.element, i.key, r.id FROM resource_index i "
                          "JOIN roles r ON r.workspace = i.workspace AND r.id = i.key "
                          "WHERE i.workspace = ? AND i.resource = ? AND i.path IN " ROLECALL_ASSERTING
                          " ORDER BY 1, 2, 3, 4",
                          "tntt"};
constexpr Sql kUsersAsserting{"resources.asserting",
                              "SELECT r.id FROM resources r WHERE r.workspace = ? AND r.type = 'User' "
                              "AND r.connection = ? AND r.id > ? AND EXISTS (SELECT 1 FROM resource_index i "
                              "WHERE i.workspace = r.workspace AND i.resource = r.id AND i.path IN " ROLECALL_ASSERTING
                              ") ORDER BY r.id LIMIT ?",
                              "t"};
// In order of the bare column, SQLite would walk the index of all resources to have it in that order.
constexpr Sql kUsersAssertingText{"resource_index.asserting_text",
                                  "SELECT DISTINCT resource || '' FROM resource_index WHERE workspace = ? "
                                  "AND path IN " ROLECALL_ASSERTING " AND key = ? AND resource > ? ORDER BY 1 LIMIT ?",
                                  "t"};
// A user may have a role by several links; each cause is told once.
#define ROLECALL_HELD                                                                   \
  "SELECT e.user_id, e.role, r.name, e.cause FROM effective_grants e "                  \
  "JOIN roles r ON r.workspace = e.workspace AND r.id = e.role AND r.is_protected = 0 " \
  "WHERE e.workspace = ? AND e.user_id "
#define ROLECALL_HELD_ONCE \
  " GROUP BY e.user_id, e.role, r.name, r.rank, e.cause ORDER BY e.user_id, r.rank, r.name, e.cause"
constexpr Sql kHeldBy{"effective_grants.held_by", ROLECALL_HELD "= ?" ROLECALL_HELD_ONCE, "tttt"};
constexpr Sql kHeldByAll{"effective_grants.held_by_all", ROLECALL_HELD "IN (" ROLECALL_32_VALUES ")" ROLECALL_HELD_ONCE,
                         "tttt"};

store::HeldRoleRecord held_role_of(Row& row) { return {row.id<RoleId>(1), row.text(2), kCauses.value(row.view(3))}; }

Result<std::vector<ResourceId>> select_ids(Session& session, const Sql& sql, Params params) {
  std::vector<ResourceId> found;
  ROLECALL_TRY(session.select(sql, params, [&](Row& row) { found.push_back(row.id<ResourceId>(0)); }));
  return found;
}

}  // namespace

Result<std::vector<access::EffectiveInputs::LinkedRole>> GrantRepository::linked_roles_of(const ResourceId& user) {
  std::vector<access::EffectiveInputs::LinkedRole> found;
  ROLECALL_TRY(scope_.session.select(kLinked, {scope_.workspace, user}, [&](Row& row) {
    found.push_back({row.id<RoleId>(0), row.id<LinkId>(1), row.id<ResourceId>(2)});
  }));
  return found;
}

Result<std::vector<store::DirectGrantRecord>> GrantRepository::direct_of(const ResourceId& user) {
  std::vector<store::DirectGrantRecord> found;
  ROLECALL_TRY(scope_.session.select(kDirect, {scope_.workspace, user}, [&](Row& row) {
    found.push_back({user, row.id<RoleId>(0), row.text(1), row.instant(2)});
  }));
  return found;
}

Result<std::vector<store::DirectGrantRecord>> GrantRepository::direct_of_role(const RoleId& role,
                                                                              const ResourceId& after,
                                                                              std::int64_t limit) {
  std::vector<store::DirectGrantRecord> grants;
  ROLECALL_TRY(scope_.session.select(kDirectOfRole, {scope_.workspace, role, after, limit}, [&](Row& row) {
    grants.push_back({row.id<ResourceId>(0), role, row.text(1), row.instant(2)});
  }));
  return grants;
}

Result<bool> GrantRepository::add_direct(const store::DirectGrantRecord& grant) {
  ROLECALL_TRY_ASSIGN(const auto added, scope_.session.execute(kAddDirect, {scope_.workspace, grant.user, grant.role,
                                                                            grant.made_by, grant.made}));
  return added > 0;
}

Result<bool> GrantRepository::remove_direct(const ResourceId& user, const RoleId& role) {
  ROLECALL_TRY_ASSIGN(const auto removed, scope_.session.execute(kRemoveDirect, {scope_.workspace, user, role}));
  return removed > 0;
}

Result<std::vector<access::Grant>> GrantRepository::effective_of(const ResourceId& user) {
  std::vector<access::Grant> found;
  ROLECALL_TRY(scope_.session.select(kEffective, {scope_.workspace, user}, [&](Row& row) {
    access::Grant grant;
    grant.role = row.id<RoleId>(0);
    grant.cause = kCauses.value(row.view(1));
    grant.link = row.id<LinkId>(2);
    grant.group = row.id<ResourceId>(3);
    found.push_back(std::move(grant));
  }));
  return found;
}

Result<std::vector<std::string>> GrantRepository::permissions_of(const ResourceId& user, std::string_view from,
                                                                 std::string_view to) {
  std::vector<std::string> found;
  ROLECALL_TRY(scope_.session.select(kPermissionsOf, {scope_.workspace, user, from, to},
                                     [&](Row& row) { found.push_back(row.text(0)); }));
  return found;
}

/// Role by role, because the rows of one role lie in order of user: one statement over all roles would sort everybody
/// who holds one of them for every page.
Result<std::vector<ResourceId>> GrantRepository::holders_of_permission(std::string_view permission,
                                                                       const ResourceId& after, std::int64_t limit) {
  std::vector<RoleId> roles;
  ROLECALL_TRY(scope_.session.select(kRolesWith, {scope_.workspace, permission},
                                     [&](Row& row) { roles.push_back(row.id<RoleId>(0)); }));
  std::vector<ResourceId> found;
  for (const RoleId& role : roles) {
    ROLECALL_TRY_ASSIGN(const auto some,
                        select_ids(scope_.session, kSomeHolders, {scope_.workspace, role, after, limit}));
    std::vector<ResourceId> all;
    all.reserve(found.size() + some.size());
    std::set_union(found.begin(), found.end(), some.begin(), some.end(), std::back_inserter(all));
    found = std::move(all);
    if (found.size() > static_cast<std::size_t>(limit)) found.resize(static_cast<std::size_t>(limit));
  }
  return found;
}

Result<std::vector<ResourceId>> GrantRepository::holders_of(const RoleId& role) {
  return select_ids(scope_.session, kHolders, {scope_.workspace, role});
}

Result<std::vector<ResourceId>> GrantRepository::users_in(const ResourceId& group, const ResourceId& after,
                                                          std::int64_t limit) {
  return select_ids(scope_.session, kUsersIn, {scope_.workspace, group, after, limit});
}

Result<std::vector<ResourceId>> GrantRepository::users_by_default(const ConnectionId& connection,
                                                                  const ResourceId& after, std::int64_t limit) {
  return select_ids(scope_.session, kUsersByDefault, {scope_.workspace, after, connection, limit});
}

Result<std::vector<ResourceId>> GrantRepository::users_with_sent_default(const std::string& name_key,
                                                                         const ResourceId& after, std::int64_t limit) {
  return select_ids(scope_.session, kUsersWithSentDefault, {scope_.workspace, name_key, after, limit});
}

Result<std::vector<store::NamedRoleRecord>> GrantRepository::named_roles_of(const ResourceId& user) {
  std::vector<store::NamedRoleRecord> found;
  ROLECALL_TRY(scope_.session.select(kNamedRoles, {scope_.workspace, user, scope_.workspace, user}, [&](Row& row) {
    found.push_back({row.text(0), row.number(1), row.text(2), row.id<RoleId>(3)});
  }));
  return found;
}

Result<std::vector<ResourceId>> GrantRepository::users_asserting(const ConnectionId& connection,
                                                                 const ResourceId& after, std::int64_t limit) {
  return select_ids(scope_.session, kUsersAsserting, {scope_.workspace, connection, after, limit});
}

Result<std::vector<ResourceId>> GrantRepository::users_asserting_text(const std::string& key, const ResourceId& after,
                                                                      std::int64_t limit) {
  return select_ids(scope_.session, kUsersAssertingText, {scope_.workspace, key, after, limit});
}

Result<std::vector<store::HeldRoleRecord>> GrantRepository::held_by(const ResourceId& user) {
  std::vector<store::HeldRoleRecord> found;
  ROLECALL_TRY(
      scope_.session.select(kHeldBy, {scope_.workspace, user}, [&](Row& row) { found.push_back(held_role_of(row)); }));
  return found;
}

Result<std::vector<std::pair<ResourceId, store::HeldRoleRecord>>> GrantRepository::held_by_all(
    const std::vector<ResourceId>& users) {
  std::vector<std::pair<ResourceId, store::HeldRoleRecord>> found;
  for (std::size_t first = 0; first < users.size(); first += kBatch) {
    std::vector<Param> params{scope_.workspace};
    append_batch(params, users, first);
    ROLECALL_TRY(scope_.session.select(kHeldByAll, params, [&](Row& row) {
      auto user = row.id<ResourceId>(0);
      found.emplace_back(std::move(user), held_role_of(row));
    }));
  }
  return found;
}

}  // namespace rolecall::adapter::soci
