#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "batch.hpp"
#include "causes.hpp"
#include "workspace.hpp"

// What the effective grants of many users are recomputed from, and how they change.

namespace rolecall::adapter::soci {
namespace {

enum class Kind : std::int64_t { linked, direct, effective };

// CROSS JOIN keeps SQLite from walking all links instead of the few groups of one user.
#define ROLECALL_STATES(USERS)                                                         \
  "SELECT 0, m.member, l.role, '', l.id, m.group_id, l.made_by, l.made, m.added "      \
  "FROM members m CROSS JOIN links l WHERE m.workspace = ? AND m.member " USERS        \
  " AND l.workspace = m.workspace AND l.group_id = m.group_id AND l.state = 'active' " \
  "UNION ALL SELECT 1, d.user_id, d.role, '', '', '', d.made_by, d.made, 0 "           \
  "FROM direct_grants d WHERE d.workspace = ? AND d.user_id " USERS                    \
  " UNION ALL SELECT 2, e.user_id, e.role, e.cause, e.link, e.group_id, '', 0, 0 "     \
  "FROM effective_grants e WHERE e.workspace = ? AND e.user_id " USERS
constexpr const char* kKinds = "nttttttnn";
constexpr ForOneOrMany kStates{{"grants.state", ROLECALL_STATES("= ?"), kKinds},
                               {"grants.states", ROLECALL_STATES("IN (" ROLECALL_32_VALUES ")"), kKinds}};

constexpr Sql kInsertEffective{"effective_grants.insert",
                               "INSERT INTO effective_grants (workspace, user_id, role, cause, link, group_id) "
                               "VALUES (?, ?, ?, ?, ?, ?)"};
constexpr Sql kRemoveEffective{"effective_grants.remove",
                               "DELETE FROM effective_grants WHERE workspace = ? AND user_id = ? AND role = ? "
                               "AND cause = ? AND link = ? AND group_id = ?"};

void add_row(store::GrantState& state, const ResourceId& user, Row& row) {
  switch (static_cast<Kind>(row.number(0))) {
    case Kind::linked:
      state.linked.push_back(
          {{row.id<RoleId>(2), row.id<LinkId>(4), row.id<ResourceId>(5)}, row.text(6), row.instant(7), row.instant(8)});
      break;
    case Kind::direct:
      state.direct.push_back({user, row.id<RoleId>(2), row.text(6), row.instant(7)});
      break;
    case Kind::effective: {
      access::Grant grant;
      grant.role = row.id<RoleId>(2);
      grant.cause = kCauses.value(row.view(3));
      grant.link = row.id<LinkId>(4);
      grant.group = row.id<ResourceId>(5);
      state.effective.push_back(std::move(grant));
      break;
    }
  }
}

void sort(store::GrantState& state) {
  std::sort(state.linked.begin(), state.linked.end(), [](const auto& a, const auto& b) {
    return std::tie(a.role.role, a.role.link) < std::tie(b.role.role, b.role.link);
  });
  std::sort(state.direct.begin(), state.direct.end(), [](const auto& a, const auto& b) { return a.role < b.role; });
  std::sort(state.effective.begin(), state.effective.end());
}

}  // namespace

Result<std::vector<store::GrantState>> GrantRepository::states_of(const std::vector<ResourceId>& users) {
  std::vector<store::GrantState> states(users.size());
  std::unordered_map<ResourceId, std::size_t> places;
  for (std::size_t i = 0; i < users.size(); ++i) places.emplace(users[i], i);
  ROLECALL_TRY(in_batches(kStates, users, [&](const Sql& sql, const auto& append) {
    std::vector<Param> params;
    for (int part = 0; part < 3; ++part) {
      params.emplace_back(scope_.workspace);
      append(params);
    }
    return scope_.session.select(sql, params, [&](Row& row) {
      const auto user = row.id<ResourceId>(1);
      add_row(states[places.at(user)], user, row);
    });
  }));
  for (store::GrantState& state : states) sort(state);
  return states;
}

Result<void> GrantRepository::change_effective(const std::vector<store::UserGrant>& ended,
                                               const std::vector<store::UserGrant>& begun) {
  for (const auto& [user, grant] : ended) {
    ROLECALL_TRY(scope_.session.execute_later(
        kRemoveEffective, {scope_.workspace, user, grant.role, kCauses.text(grant.cause), grant.link, grant.group}));
  }
  for (const auto& [user, grant] : begun) {
    ROLECALL_TRY(scope_.session.execute_later(
        kInsertEffective, {scope_.workspace, user, grant.role, kCauses.text(grant.cause), grant.link, grant.group}));
  }
  return {};
}

Result<void> GrantRepository::replace_effective(const ResourceId& user, const std::vector<access::Grant>& grants) {
  ROLECALL_TRY_ASSIGN(auto stored, effective_of(user));
  auto wanted = grants;
  std::sort(stored.begin(), stored.end());
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  std::vector<store::UserGrant> ended;
  std::vector<store::UserGrant> begun;
  for (const auto& grant : stored) {
    if (!std::binary_search(wanted.begin(), wanted.end(), grant)) ended.push_back({user, grant});
  }
  for (const auto& grant : wanted) {
    if (!std::binary_search(stored.begin(), stored.end(), grant)) begun.push_back({user, grant});
  }
  return change_effective(ended, begun);
}

}  // namespace rolecall::adapter::soci
