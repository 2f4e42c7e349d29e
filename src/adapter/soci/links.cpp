#include <algorithm>

#include "enum_text.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

using store::LinkOrigin;
using store::LinkState;

constexpr EnumText<LinkState, 3> kStates{
    {{{LinkState::paused, "paused"}, {LinkState::active, "active"}, {LinkState::orphaned, "orphaned"}}}};
constexpr EnumText<LinkOrigin, 3> kOrigins{
    {{{LinkOrigin::admin, "admin"}, {LinkOrigin::listing, "listing"}, {LinkOrigin::pushed, "pushed"}}}};

// IdPs rename groups. The row's own name is for the day when the group is gone.
#define ROLECALL_GROUP_NAME                                                                                          \
  "COALESCE((SELECT r.display FROM resources r WHERE r.workspace = links.workspace AND r.type = 'Group' AND r.id = " \
  "links.group_id), links.group_name)"
#define ROLECALL_LINK                                                 \
  "SELECT id, group_id, role, connection, " ROLECALL_GROUP_NAME       \
  ", state, origin, made_by, made, approved_by, approved FROM links " \
  "WHERE workspace = ? "
constexpr const char* kKinds = "ttttttttntn";

constexpr Sql kInsert{"links.insert",
                      "INSERT INTO links (workspace, id, group_id, role, connection, group_name, state, origin, "
                      "made_by, made, approved_by, approved) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr Sql kFind{"links.find", ROLECALL_LINK "AND id = ?", kKinds};
constexpr Sql kList{"links.list", ROLECALL_LINK "ORDER BY id", kKinds};
// Without ORDER BY, for which SQLite would walk every link of the workspace.
constexpr Sql kOfGroup{"links.of_group", ROLECALL_LINK "AND group_id = ?", kKinds};
constexpr Sql kOfRole{"links.of_role", ROLECALL_LINK "AND role = ? ORDER BY id", kKinds};
constexpr Sql kSetState{"links.set_state", "UPDATE links SET state = ?, group_name = " ROLECALL_GROUP_NAME
                                           " WHERE workspace = ? AND id = ?"};
constexpr Sql kApprove{"links.approve",
                       "UPDATE links SET approved_by = ?, approved = ? WHERE workspace = ? AND id = ?"};
constexpr Sql kHandOver{"links.hand_over", "UPDATE links SET connection = ? WHERE workspace = ? AND group_id = ?"};
constexpr Sql kRemove{"links.remove", "DELETE FROM links WHERE workspace = ? AND id = ?"};

store::LinkRecord link_of(Row& row) {
  store::LinkRecord link;
  link.id = row.id<LinkId>(0);
  link.group = row.id<ResourceId>(1);
  link.role = row.id<RoleId>(2);
  link.connection = row.id<ConnectionId>(3);
  link.group_name = row.text(4);
  link.state = kStates.value(row.view(5));
  link.origin = kOrigins.value(row.view(6));
  link.made_by = row.text(7);
  link.made = row.instant(8);
  link.approved_by = row.text(9);
  link.approved = row.optional_instant(10);
  return link;
}

Result<std::vector<store::LinkRecord>> select_all(Session& session, const Sql& sql, Params params) {
  std::vector<store::LinkRecord> found;
  ROLECALL_TRY(session.select(sql, params, [&](Row& row) { found.push_back(link_of(row)); }));
  return found;
}

}  // namespace

Result<void> LinkRepository::insert(const store::LinkRecord& link) {
  ROLECALL_TRY(scope_.session.execute(kInsert, {scope_.workspace, link.id, link.group, link.role, link.connection,
                                                link.group_name, kStates.text(link.state), kOrigins.text(link.origin),
                                                link.made_by, link.made, link.approved_by, link.approved}));
  return {};
}

Result<std::optional<store::LinkRecord>> LinkRepository::find(const LinkId& id) {
  std::optional<store::LinkRecord> found;
  ROLECALL_TRY(scope_.session.select(kFind, {scope_.workspace, id}, [&](Row& row) { found = link_of(row); }));
  return found;
}

Result<std::vector<store::LinkRecord>> LinkRepository::list() {
  return select_all(scope_.session, kList, {scope_.workspace});
}

Result<std::vector<store::LinkRecord>> LinkRepository::of_group(const ResourceId& group) {
  ROLECALL_TRY_ASSIGN(auto found, select_all(scope_.session, kOfGroup, {scope_.workspace, group}));
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return found;
}

Result<std::vector<store::LinkRecord>> LinkRepository::of_role(const RoleId& role) {
  return select_all(scope_.session, kOfRole, {scope_.workspace, role});
}

Result<bool> LinkRepository::set_state(const LinkId& id, LinkState state) {
  ROLECALL_TRY_ASSIGN(const auto changed,
                      scope_.session.execute(kSetState, {kStates.text(state), scope_.workspace, id}));
  return changed > 0;
}

Result<bool> LinkRepository::approve(const LinkId& id, const std::string& by, Instant at) {
  ROLECALL_TRY_ASSIGN(const auto changed, scope_.session.execute(kApprove, {by, at, scope_.workspace, id}));
  return changed > 0;
}

Result<void> LinkRepository::hand_over(const ResourceId& group, const ConnectionId& connection) {
  ROLECALL_TRY(scope_.session.execute(kHandOver, {connection, scope_.workspace, group}));
  return {};
}

Result<bool> LinkRepository::remove(const LinkId& id) {
  ROLECALL_TRY_ASSIGN(const auto removed, scope_.session.execute(kRemove, {scope_.workspace, id}));
  return removed > 0;
}

}  // namespace rolecall::adapter::soci
