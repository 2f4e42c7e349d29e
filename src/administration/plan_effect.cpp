#include "plan_effect.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "rolecall/json/array_of.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::administration {
namespace {

constexpr std::int64_t kPage = 1'000;
constexpr std::string_view kUser = "User/";

using Names = std::set<std::string>;

std::vector<std::string> without(const Names& all, const Names& some) {
  std::vector<std::string> rest;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(), std::back_inserter(rest));
  return rest;
}

/// The roles of one moment.
struct Roles {
  explicit Roles(const std::vector<access::Role>& all) {
    for (const auto& role : all) by_id.emplace(role.id, role);
  }
  [[nodiscard]] Names names(const std::set<RoleId>& held) const {
    Names found;
    for (const auto& id : held) {
      if (const auto role = by_id.find(id); role != by_id.end()) found.insert(role->second.name);
    }
    return found;
  }
  [[nodiscard]] Names permissions(const std::set<RoleId>& held) const {
    Names found;
    for (const auto& id : held) {
      const auto role = by_id.find(id);
      if (role != by_id.end()) found.insert(role->second.permissions.begin(), role->second.permissions.end());
    }
    return found;
  }
  std::map<RoleId, access::Role> by_id;
};

/// How many grants of each role somebody won, less those that were lost.
using Balance = std::map<RoleId, int>;

/// From the rows that the changes wrote.
Result<std::map<ResourceId, Balance>> balances_since(store::Workspace& workspace, std::int64_t head) {
  std::map<ResourceId, Balance> balances;
  for (;;) {
    ROLECALL_TRY_ASSIGN(const auto rows, workspace.audit().page(head, kPage));
    for (const auto& row : rows) {
      head = row.seq;
      const bool is_added = row.action == "grant.added";
      if (!is_added && row.action != "grant.removed") continue;
      const auto details = json::parse(row.details);
      const json::Object* object = details ? details->as_object() : nullptr;
      const json::Value* role = object == nullptr ? nullptr : object->find("role");
      if (role == nullptr || !role->is_string() || row.target.compare(0, kUser.size(), kUser) != 0) {
        return internal_error("an audit row of a grant is not as it is written");
      }
      constexpr std::string_view kRole = "Role/";
      balances[ResourceId(row.target.substr(kUser.size()))][RoleId(role->as_string()->substr(kRole.size()))] +=
          is_added ? 1 : -1;
    }
    if (rows.size() < static_cast<std::size_t>(kPage)) return balances;
  }
}

Result<void> add_holders_of_changed(store::Workspace& workspace, const Roles& before, const Roles& after,
                                    std::map<ResourceId, Balance>& balances) {
  for (const auto& [id, role] : after.by_id) {
    const auto old = before.by_id.find(id);
    if (old == before.by_id.end() || old->second.permissions == role.permissions) continue;
    ROLECALL_TRY_ASSIGN(const auto holders, workspace.grants().holders_of(id));
    for (const auto& holder : holders) balances.try_emplace(holder);
  }
  return {};
}

struct Holding {
  std::set<RoleId> before;
  std::set<RoleId> after;
};

Result<Holding> holding_of(store::Workspace& workspace, const ResourceId& user, const Balance& balance) {
  ROLECALL_TRY_ASSIGN(const auto grants, workspace.grants().effective_of(user));
  std::map<RoleId, int> counts;
  for (const auto& grant : grants) ++counts[grant.role];
  Holding holding;
  for (const auto& [role, count] : counts) holding.after.insert(role);
  for (const auto& [role, won] : balance) counts[role] -= won;
  for (const auto& [role, count] : counts) {
    if (count > 0) holding.before.insert(role);
  }
  return holding;
}

void warn(const PlanPerson& person, const Holding& holding, const Roles& before, const Roles& after,
          std::vector<std::string>& warnings) {
  for (const auto& id : holding.before) {
    const auto role = before.by_id.find(id);
    if (role == before.by_id.end() || !role->second.is_protected || holding.after.count(id) != 0) continue;
    warnings.push_back(person.user_name + " loses the protected role " + role->second.name + ".");
  }
  if (after.permissions(holding.after).empty() && !person.loses_permissions.empty()) {
    warnings.push_back(person.user_name + " is left without any permission.");
  }
}

/// What the guard of a connection would say if its IdP did this. A plan is an administrator's own wish, so it is said
/// and not held.
Result<void> warn_as_guard(store::Workspace& workspace, const std::map<ConnectionId, std::int64_t>& losing,
                           std::vector<std::string>& warnings) {
  for (const auto& [id, users] : losing) {
    ROLECALL_TRY_ASSIGN(const auto stored, workspace.guard().settings(id));
    const auto settings = stored.value_or(access::GuardSettings());
    if (settings.mode == access::GuardMode::off || users <= settings.minimum) continue;
    ROLECALL_TRY_ASSIGN(const auto active, workspace.guard().active_users(id, Instant::max()));
    if (!access::is_over(settings, 0, users, active)) continue;
    ROLECALL_TRY_ASSIGN(const auto connection, workspace.connections().find(id));
    warnings.push_back("This would trip the guard of " + (connection ? connection->name : id.value()) + ": " +
                       std::to_string(users) + (users == 1 ? " user loses" : " users lose") +
                       " permissions, over the limit of " + std::to_string(access::guard_limit(settings, active)) +
                       ".");
  }
  return {};
}

json::Object shown(const PlanChange& change) {
  json::Object object{{"action", change.action}, {"kind", change.kind}, {"name", change.name}};
  if (!change.before.empty()) object.append("before", change.before);
  if (!change.after.empty()) object.append("after", change.after);
  return object;
}

json::Object shown(const PlanPerson& person) {
  return json::Object{{"user_name", person.user_name},
                      {"id", person.id.value()},
                      {"gains", json::array_of(person.gains)},
                      {"loses", json::array_of(person.loses)},
                      {"gains_permissions", json::array_of(person.gains_permissions)},
                      {"loses_permissions", json::array_of(person.loses_permissions)}};
}

}  // namespace

Result<void> add_people(store::Workspace& workspace, std::int64_t head, const std::vector<access::Role>& roles,
                        PlanEffect& effect) {
  ROLECALL_TRY_ASSIGN(const auto roles_now, workspace.roles().list());
  const Roles before(roles);
  const Roles after(roles_now);
  ROLECALL_TRY_ASSIGN(auto balances, balances_since(workspace, head));
  ROLECALL_TRY(add_holders_of_changed(workspace, before, after, balances));
  std::map<ConnectionId, std::int64_t> losing;
  for (const auto& [id, balance] : balances) {
    ROLECALL_TRY_ASSIGN(const auto holding, holding_of(workspace, id, balance));
    PlanPerson person;
    person.gains = without(after.names(holding.after), before.names(holding.before));
    person.loses = without(before.names(holding.before), after.names(holding.after));
    person.gains_permissions = without(after.permissions(holding.after), before.permissions(holding.before));
    person.loses_permissions = without(before.permissions(holding.before), after.permissions(holding.after));
    const bool is_same = person.gains.empty() && person.loses.empty() && person.gains_permissions.empty() &&
                         person.loses_permissions.empty();
    if (is_same) continue;
    ROLECALL_TRY_ASSIGN(const auto user, workspace.resources().find_anywhere("User", id));
    if (!user) continue;
    person.id = id;
    person.user_name = user->display;
    warn(person, holding, before, after, effect.warnings);
    if (!person.loses_permissions.empty()) ++losing[user->connection];
    effect.people.push_back(std::move(person));
  }
  ROLECALL_TRY(warn_as_guard(workspace, losing, effect.warnings));
  std::sort(effect.people.begin(), effect.people.end(),
            [](const auto& a, const auto& b) { return std::tie(a.user_name, a.id) < std::tie(b.user_name, b.id); });
  std::sort(effect.warnings.begin(), effect.warnings.end());
  ROLECALL_TRY_ASSIGN(const std::int64_t users, workspace.resources().count("User"));
  effect.unchanged = users - static_cast<std::int64_t>(effect.people.size());
  return {};
}

json::Object to_json(const PlanEffect& effect, std::size_t people) {
  json::Array changes;
  std::map<std::string, std::int64_t> counts{{"add", 0}, {"change", 0}, {"remove", 0}};
  for (const auto& change : effect.changes) {
    ++counts[change.action];
    changes.emplace_back(shown(change));
  }
  json::Object summary;
  for (const auto& [action, count] : counts) summary.append(action, count);
  json::Array shown_people;
  for (std::size_t i = 0; i < std::min(people, effect.people.size()); ++i) {
    shown_people.emplace_back(shown(effect.people[i]));
  }
  return json::Object{{"changes", std::move(changes)},
                      {"summary", std::move(summary)},
                      {"people", std::move(shown_people)},
                      {"affected", static_cast<std::int64_t>(effect.people.size())},
                      {"warnings", json::array_of(effect.warnings)}};
}

}  // namespace rolecall::administration
