#include "batch.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

constexpr Sql kAdd{"members.add",
                   "INSERT INTO members (workspace, group_id, member, member_type, added) VALUES (?, ?, ?, ?, ?) "
                   "ON CONFLICT (workspace, group_id, member) DO NOTHING"};
constexpr Sql kRemove{"members.remove", "DELETE FROM members WHERE workspace = ? AND group_id = ? AND member = ?"};
#define ROLECALL_MEMBER "(?, ?, ?, ?, ?)"
#define ROLECALL_8_MEMBERS                                                                                            \
  ROLECALL_MEMBER "," ROLECALL_MEMBER "," ROLECALL_MEMBER "," ROLECALL_MEMBER "," ROLECALL_MEMBER "," ROLECALL_MEMBER \
                  "," ROLECALL_MEMBER "," ROLECALL_MEMBER
constexpr Sql kAddAll{"members.add_all",
                      "INSERT INTO members (workspace, group_id, member, member_type, added) VALUES " ROLECALL_8_MEMBERS
                      "," ROLECALL_8_MEMBERS "," ROLECALL_8_MEMBERS "," ROLECALL_8_MEMBERS
                      " ON CONFLICT (workspace, group_id, member) DO NOTHING RETURNING member",
                      "t"};
constexpr Sql kRemoveAll{"members.remove_all",
                         "DELETE FROM members WHERE workspace = ? AND group_id = ? AND member IN (" ROLECALL_32_VALUES
                         ") RETURNING member",
                         "t"};
constexpr Sql kContains{"members.contains", "SELECT 1 FROM members WHERE workspace = ? AND group_id = ? AND member = ?",
                        "n"};
constexpr Sql kCount{"members.count", "SELECT COUNT(*) FROM members WHERE workspace = ? AND group_id = ?", "n"};
constexpr Sql kPage{"members.page",
                    "SELECT m.member, m.member_type, COALESCE(r.display, ''), m.added FROM members m "
                    "LEFT JOIN resources r ON r.workspace = m.workspace AND r.type = m.member_type AND r.id = m.member "
                    "WHERE m.workspace = ? AND m.group_id = ? AND m.member > ? ORDER BY m.member LIMIT ?",
                    "tttn"};
// Is the group itself a member? Told with each row, so that only who has nested groups pays for them.
#define ROLECALL_IS_NESTED                                                                                 \
  "(CASE WHEN EXISTS (SELECT 1 FROM members n WHERE n.workspace = m.workspace AND n.member = m.group_id) " \
  "THEN 1 ELSE 0 END)"

constexpr Sql kGroupsOf{"members.groups_of",
                        "SELECT m.group_id, COALESCE(r.display, ''), m.added, " ROLECALL_IS_NESTED
                        " FROM members m "
                        "LEFT JOIN resources r ON r.workspace = m.workspace AND r.type = 'Group' AND r.id = m.group_id "
                        "WHERE m.workspace = ? AND m.member = ? ORDER BY m.group_id",
                        "ttnn"};
constexpr Sql kGroupsOfAll{
    "members.groups_of_all",
    "SELECT m.member, m.group_id, COALESCE(r.display, ''), m.added, " ROLECALL_IS_NESTED
    " FROM members m "
    "LEFT JOIN resources r ON r.workspace = m.workspace AND r.type = 'Group' AND r.id = m.group_id "
    "WHERE m.workspace = ? AND m.member IN (" ROLECALL_32_VALUES ") ORDER BY m.member, m.group_id",
    "tttnn"};
// CROSS JOIN keeps SQLite from beginning with all members. UNION takes each group once, so that circles end and the
// work is bounded by the number of groups.
constexpr Sql kGroupsAbove{
    "members.groups_above",
    "WITH RECURSIVE above (id) AS (SELECT m.group_id FROM members m WHERE m.workspace = ? AND m.member = ? "
    "UNION SELECT m.group_id FROM above CROSS JOIN members m WHERE m.workspace = ? AND m.member = above.id) "
    "SELECT above.id, COALESCE(r.display, '') FROM above "
    "LEFT JOIN resources r ON r.workspace = ? AND r.type = 'Group' AND r.id = above.id ORDER BY above.id",
    "tt"};

}  // namespace

Result<bool> MemberRepository::add(const ResourceId& group, const ResourceId& member, std::string_view member_type,
                                   Instant at) {
  ROLECALL_TRY_ASSIGN(const auto added,
                      scope_.session.execute(kAdd, {scope_.workspace, group, member, member_type, at}));
  return added > 0;
}

Result<bool> MemberRepository::remove(const ResourceId& group, const ResourceId& member) {
  ROLECALL_TRY_ASSIGN(const auto removed, scope_.session.execute(kRemove, {scope_.workspace, group, member}));
  return removed > 0;
}

Result<std::vector<ResourceId>> MemberRepository::add_all(const ResourceId& group,
                                                          const std::vector<store::NewMember>& members, Instant at) {
  std::vector<ResourceId> added;
  if (members.size() == 1) {
    const auto& [member, type] = members.front();
    ROLECALL_TRY_ASSIGN(const bool is_new, add(group, member, type, at));
    if (is_new) added.push_back(member);
    return added;
  }
  for (std::size_t first = 0; first < members.size(); first += kBatch) {
    std::vector<Param> params;
    // The last one again adds nothing.
    for (std::size_t i = first; i < first + kBatch; ++i) {
      const auto& [member, type] = members[std::min(i, members.size() - 1)];
      params.insert(params.end(), {Param(scope_.workspace), Param(group), Param(member), Param(type), Param(at)});
    }
    ROLECALL_TRY(scope_.session.select(kAddAll, params, [&](Row& row) { added.push_back(row.id<ResourceId>(0)); }));
  }
  return added;
}

Result<std::vector<ResourceId>> MemberRepository::remove_all(const ResourceId& group,
                                                             const std::vector<ResourceId>& members) {
  std::vector<ResourceId> removed;
  if (members.size() == 1) {
    ROLECALL_TRY_ASSIGN(const bool was_one, remove(group, members.front()));
    if (was_one) removed.push_back(members.front());
    return removed;
  }
  for (std::size_t first = 0; first < members.size(); first += kBatch) {
    std::vector<Param> params{scope_.workspace, group};
    append_batch(params, members, first);
    ROLECALL_TRY(
        scope_.session.select(kRemoveAll, params, [&](Row& row) { removed.push_back(row.id<ResourceId>(0)); }));
  }
  return removed;
}

Result<bool> MemberRepository::contains(const ResourceId& group, const ResourceId& member) {
  bool found = false;
  ROLECALL_TRY(scope_.session.select(kContains, {scope_.workspace, group, member}, [&](Row&) { found = true; }));
  return found;
}

Result<std::int64_t> MemberRepository::count(const ResourceId& group) {
  std::int64_t count = 0;
  ROLECALL_TRY(scope_.session.select(kCount, {scope_.workspace, group}, [&](Row& row) { count = row.number(0); }));
  return count;
}

Result<std::vector<store::MemberRecord>> MemberRepository::page(const ResourceId& group, const ResourceId& after,
                                                                std::int64_t limit) {
  std::vector<store::MemberRecord> found;
  ROLECALL_TRY(scope_.session.select(kPage, {scope_.workspace, group, after, limit}, [&](Row& row) {
    found.push_back({row.id<ResourceId>(0), row.text(1), row.text(2), row.instant(3)});
  }));
  return found;
}

Result<std::vector<store::MembershipRecord>> MemberRepository::groups_of(const ResourceId& member) {
  std::vector<store::MembershipRecord> found;
  ROLECALL_TRY(scope_.session.select(kGroupsOf, {scope_.workspace, member}, [&](Row& row) {
    found.push_back({row.id<ResourceId>(0), row.text(1), row.instant(2), row.number(3) != 0});
  }));
  return found;
}

Result<std::vector<std::pair<ResourceId, store::MembershipRecord>>> MemberRepository::groups_of_all(
    const std::vector<ResourceId>& members) {
  std::vector<std::pair<ResourceId, store::MembershipRecord>> found;
  for (std::size_t first = 0; first < members.size(); first += kBatch) {
    std::vector<Param> params{scope_.workspace};
    append_batch(params, members, first);
    ROLECALL_TRY(scope_.session.select(kGroupsOfAll, params, [&](Row& row) {
      auto member = row.id<ResourceId>(0);
      auto group = row.id<ResourceId>(1);
      found.emplace_back(std::move(member),
                         store::MembershipRecord{std::move(group), row.text(2), row.instant(3), row.number(4) != 0});
    }));
  }
  return found;
}

Result<std::vector<store::MembershipRecord>> MemberRepository::groups_above(const ResourceId& group) {
  std::vector<store::MembershipRecord> found;
  ROLECALL_TRY(
      scope_.session.select(kGroupsAbove, {scope_.workspace, group, scope_.workspace, scope_.workspace}, [&](Row& row) {
        found.push_back({row.id<ResourceId>(0), row.text(1), Instant{}, false, false});
      }));
  return found;
}

}  // namespace rolecall::adapter::soci
