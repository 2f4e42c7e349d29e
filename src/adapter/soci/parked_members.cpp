#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

#define ROLECALL_PARKED "SELECT p.group_id, p.value, p.member_type, p.parked FROM parked_members p "
constexpr const char* kKinds = "tttn";

constexpr Sql kAny{"parked_members.any", "SELECT 1 FROM parked_members WHERE workspace = ? LIMIT 1", "n"};
constexpr Sql kAdd{"parked_members.add",
                   "INSERT INTO parked_members (workspace, group_id, value, member_type, parked) "
                   "VALUES (?, ?, ?, ?, ?) ON CONFLICT (workspace, group_id, value) DO NOTHING"};
constexpr Sql kRemove{"parked_members.remove",
                      "DELETE FROM parked_members WHERE workspace = ? AND group_id = ? AND value = ?"};
constexpr Sql kCount{"parked_members.count", "SELECT COUNT(*) FROM parked_members WHERE workspace = ? AND group_id = ?",
                     "n"};
constexpr Sql kPage{"parked_members.page",
                    ROLECALL_PARKED "WHERE p.workspace = ? AND p.group_id = ? AND p.value > ? ORDER BY p.value LIMIT ?",
                    kKinds};
constexpr Sql kWaiting{"parked_members.waiting",
                       ROLECALL_PARKED
                       "JOIN resources g ON g.workspace = p.workspace AND g.type = 'Group' AND g.id = p.group_id "
                       "AND g.connection = ? WHERE p.workspace = ? AND p.value = ? AND p.group_id > ? "
                       "ORDER BY p.group_id LIMIT ?",
                       kKinds};

store::ParkedMemberRecord parked_of(Row& row) {
  return {row.id<ResourceId>(0), row.text(1), row.text(2), row.instant(3)};
}

}  // namespace

Result<bool> ParkedMemberRepository::add(const store::ParkedMemberRecord& parked) {
  ROLECALL_TRY_ASSIGN(const auto added, scope_.session.execute(kAdd, {scope_.workspace, parked.group, parked.value,
                                                                      parked.type, parked.parked}));
  return added > 0;
}

Result<bool> ParkedMemberRepository::remove(const ResourceId& group, const std::string& value) {
  ROLECALL_TRY_ASSIGN(const auto removed, scope_.session.execute(kRemove, {scope_.workspace, group, value}));
  return removed > 0;
}

Result<std::int64_t> ParkedMemberRepository::count(const ResourceId& group) {
  std::int64_t count = 0;
  ROLECALL_TRY_ASSIGN(const bool is_nobody_parked, scope_.session.finds_none(kAny, {scope_.workspace}));
  if (is_nobody_parked) return count;
  ROLECALL_TRY(scope_.session.select(kCount, {scope_.workspace, group}, [&](Row& row) { count = row.number(0); }));
  return count;
}

Result<std::vector<store::ParkedMemberRecord>> ParkedMemberRepository::page(const ResourceId& group,
                                                                            const std::string& after,
                                                                            std::int64_t limit) {
  std::vector<store::ParkedMemberRecord> found;
  ROLECALL_TRY(scope_.session.select(kPage, {scope_.workspace, group, after, limit},
                                     [&](Row& row) { found.push_back(parked_of(row)); }));
  return found;
}

Result<std::vector<store::ParkedMemberRecord>> ParkedMemberRepository::waiting_for(const ConnectionId& connection,
                                                                                   const std::string& value,
                                                                                   const ResourceId& after,
                                                                                   std::int64_t limit) {
  std::vector<store::ParkedMemberRecord> found;
  ROLECALL_TRY_ASSIGN(const bool is_nobody_parked, scope_.session.finds_none(kAny, {scope_.workspace}));
  if (is_nobody_parked) return found;
  ROLECALL_TRY(scope_.session.select(kWaiting, {connection, scope_.workspace, value, after, limit},
                                     [&](Row& row) { found.push_back(parked_of(row)); }));
  return found;
}

}  // namespace rolecall::adapter::soci
