#include <gtest/gtest.h>

#include <map>
#include <set>

#include "generator.hpp"
#include "rolecall/administration/audit_log.hpp"
#include "rolecall/administration/plans.hpp"
#include "rolecall/administration/workspaces.hpp"
#include "rolecall/json/parse.hpp"
#include "world/administration_world.hpp"

// What a plan says is what applying it then does: for random worlds, plans and changes in between, compared with the
// roles and permissions of everybody before and after, with a recomputation from scratch, and with the audit.

namespace rolecall::property {
namespace {

using Names = std::set<std::string>;

struct Holding {
  Names roles;
  Names permissions;
  bool operator==(const Holding&) const = default;
};
using Snapshot = std::map<std::string, Holding>;  ///< by userName

Names difference(const Names& all, const Names& some) {
  Names rest;
  for (const auto& name : all) {
    if (some.count(name) == 0) rest.insert(name);
  }
  return rest;
}

Names names_of(const json::Value* array) {
  Names names;
  for (const json::Value& name : *array->as_array()) names.insert(*name.as_string());
  return names;
}

/// What a plan says of one person.
struct Said {
  Names gains, loses, gains_permissions, loses_permissions;
  bool operator==(const Said&) const = default;
};
using People = std::map<std::string, Said>;

People difference(const Snapshot& before, const Snapshot& after) {
  People people;
  for (const auto& [name, now] : after) {
    const Holding& then = before.at(name);
    if (then == now) continue;
    people[name] = {difference(now.roles, then.roles), difference(then.roles, now.roles),
                    difference(now.permissions, then.permissions), difference(then.permissions, now.permissions)};
  }
  return people;
}

class RandomPlans {
 public:
  explicit RandomPlans(std::uint64_t seed) : world_(true), random_(seed) {
    for (int i = 0; i < 6; ++i) {
      const std::string name = "user" + std::to_string(i);
      users_[name] = world_.add_user(name, random_.one_in(3) ? "HR Admin" : "", !random_.one_in(5));
    }
    for (int i = 0; i < 4; ++i) groups_.push_back(world_.add_group("group" + std::to_string(i)));
  }

  void step() {
    disturb();
    const json::Object desired = some_plan();
    said_ = json::write(desired);
    const Snapshot before = snapshot();
    const auto plan = administration::compute_plan(world_.environment, world_.workspace, world_.admin, desired);
    ASSERT_EQ(snapshot(), before) << "computing changed something: " << said_;
    if (!plan) {
      ++refused_;
      return;
    }
    if (random_.one_in(5)) disturb();
    apply(*plan, desired);
    forget_plans();
  }

  void finish(std::size_t plans) const {
    EXPECT_GT(applied_with_people_, plans / 20) << "too few plans did anything to show much";
    EXPECT_GT(stale_, 0U);
    EXPECT_GT(refused_, 0U);
    const auto verification = administration::verify_audit(world_.environment, world_.workspace);
    ASSERT_TRUE(verification);
    EXPECT_FALSE(verification->first_bad_seq);
  }

 private:
  void apply(const administration::PlanView& plan, const json::Object& desired) {
    const Snapshot before = snapshot();
    const Balance grants = counts();
    const std::int64_t head = head_of_audit();
    const auto applied = administration::apply_plan(world_.environment, world_.workspace, world_.admin,
                                                    PlanId(*plan.find("id")->as_string()));
    const Snapshot after = snapshot();
    if (!applied) {
      ASSERT_EQ(applied.error().code, ErrorCode::stale_plan) << applied.error().detail << said_;
      ASSERT_EQ(after, before) << "a refused plan changed something: " << said_;
      ++stale_;
      return;
    }
    const People people = people_of(plan);
    ASSERT_EQ(people, difference(before, after)) << said_ << json::write(plan);
    if (!people.empty()) ++applied_with_people_;
    compare_with_audit(grants, head);
    compare_with_recomputation();
    const auto again = administration::compute_plan(world_.environment, world_.workspace, world_.admin, desired);
    ASSERT_TRUE(again) << again.error().detail << said_;
    ASSERT_TRUE(again->find("changes")->as_array()->empty()) << said_ << json::write(*again);
  }

  static People people_of(const administration::PlanView& plan) {
    People people;
    for (const json::Value& item : *plan.find("people")->as_array()) {
      const json::Object& person = *item.as_object();
      people[*person.find("user_name")->as_string()] = {names_of(person.find("gains")), names_of(person.find("loses")),
                                                        names_of(person.find("gains_permissions")),
                                                        names_of(person.find("loses_permissions"))};
    }
    return people;
  }

  using Balance = std::map<std::pair<std::string, RoleId>, int>;  ///< "User/<id>" and role

  /// How many grants of each role everybody has.
  Balance counts() {
    Balance all;
    const auto done = store::read(*world_.store, [&](store::UnitOfWork& unit) -> Result<bool> {
      for (const auto& [name, id] : users_) {
        ROLECALL_TRY_ASSIGN(const auto grants, unit.workspace(world_.workspace).grants().effective_of(id));
        for (const auto& grant : grants) ++all[{"User/" + id.value(), grant.role}];
      }
      return true;
    });
    EXPECT_TRUE(done);
    return all;
  }

  /// The rows that the apply wrote account for every grant that came and went.
  void compare_with_audit(const Balance& before, std::int64_t head) {
    Balance expected = before;
    const auto read = store::read(*world_.store, [&](store::UnitOfWork& unit) {
      return unit.workspace(world_.workspace).audit().page(head, 100'000);
    });
    ASSERT_TRUE(read);
    for (const auto& row : *read) {
      if (row.action != "grant.added" && row.action != "grant.removed") continue;
      const auto details = json::parse(row.details);
      const RoleId role(details->as_object()->find("role")->as_string()->substr(5));
      expected[{row.target, role}] += row.action == "grant.added" ? 1 : -1;
    }
    std::erase_if(expected, [](const auto& entry) { return entry.second == 0; });
    ASSERT_EQ(counts(), expected) << said_;
    ASSERT_EQ(read->back().action, "plan.applied");
  }

  void compare_with_recomputation() {
    const auto compared = store::read(*world_.store, [&](store::UnitOfWork& unit) -> Result<bool> {
      auto& workspace = unit.workspace(world_.workspace);
      for (const auto& [name, id] : users_) {
        ROLECALL_TRY_ASSIGN(const auto user, workspace.resources().find_anywhere("User", id));
        ROLECALL_TRY_ASSIGN(const auto outcome, granting::outcome_of(workspace, *user, *world_.folder));
        ROLECALL_TRY_ASSIGN(auto stored, workspace.grants().effective_of(id));
        std::sort(stored.begin(), stored.end());
        if (stored != outcome.held) return false;
      }
      return true;
    });
    ASSERT_TRUE(compared);
    ASSERT_TRUE(*compared) << said_;
  }

  Snapshot snapshot() {
    Snapshot all;
    const auto done = store::read(*world_.store, [&](store::UnitOfWork& unit) -> Result<bool> {
      auto& workspace = unit.workspace(world_.workspace);
      for (const auto& [name, id] : users_) {
        ROLECALL_TRY_ASSIGN(const auto grants, workspace.grants().effective_of(id));
        Holding& holding = all[name];
        for (const auto& grant : grants) {
          ROLECALL_TRY_ASSIGN(const auto role, workspace.roles().find(grant.role));
          if (!role) return false;
          holding.roles.insert(role->name);
          holding.permissions.insert(role->permissions.begin(), role->permissions.end());
        }
      }
      return true;
    });
    EXPECT_TRUE(done && *done) << "somebody holds a role that is gone";
    return all;
  }

  std::int64_t head_of_audit() {
    return *store::read(*world_.store, [&](store::UnitOfWork& unit) -> Result<std::int64_t> {
      return (*unit.workspace(world_.workspace).audit().last())->seq;
    });
  }

  /// The memory store copies its tables at every write.
  void forget_plans() {
    ASSERT_TRUE(world_.push([](store::Workspace& workspace, audit::Trail&) -> Result<void> {
      ROLECALL_TRY(workspace.plans().keep_newest(0));
      return {};
    }));
  }

  /// Something that happens to a workspace while somebody looks at a plan; what is refused did not happen.
  void disturb() {
    const auto user = std::next(users_.begin(), static_cast<std::ptrdiff_t>(random_.below(users_.size())))->second;
    const auto group = groups_[random_.below(groups_.size())];
    switch (random_.below(6)) {
      case 0:
      case 1:
        EXPECT_TRUE(random_.one_in(3) ? world_.leave(user, group) : world_.join(user, group));
        break;
      case 2:
        static_cast<void>(world_.set_active(user, !random_.one_in(4)));
        break;
      case 3:
        static_cast<void>(random_.one_in(2) ? administration::grant_direct(world_.environment, world_.workspace,
                                                                           world_.admin, user.value(), some_role())
                                            : administration::revoke_direct(world_.environment, world_.workspace,
                                                                            world_.admin, user.value(), some_role()));
        break;
      case 4:
        static_cast<void>(
            administration::set_role_mode(world_.environment, world_.admin, "default",
                                          random_.one_in(2) ? access::RoleMode::single : access::RoleMode::multi));
        break;
      default:
        static_cast<void>(administration::set_ceiling(world_.environment, world_.workspace, world_.admin, "okta",
                                                      random_.one_in(4) ? "IT Admin" : "Super Admin"));
        break;
    }
  }

  std::string some_role() {
    static const std::vector<std::string> kRoles{"Custom 0", "Custom 1", "Custom 2", "IT Agent",
                                                 "HR Admin", "IT Admin", "Owner"};
    return kRoles[random_.below(kRoles.size())];
  }

  json::Array some_permissions() {
    static const std::vector<std::string> kPermissions{"requests.view", "requests.reply", "settings.view",
                                                       "settings.billing"};
    json::Array some;
    for (const auto& permission : kPermissions) {
      if (random_.one_in(2)) some.emplace_back(permission);
    }
    return some;
  }

  json::Object section(json::Array items) {
    json::Object object{{"items", std::move(items)}};
    if (random_.one_in(2)) object.append("prune", !random_.one_in(3));
    return object;
  }

  json::Object some_plan() {
    json::Object plan;
    if (random_.one_in(2)) plan.append("roles", some_roles());
    if (!random_.one_in(4)) plan.append("links", some_links());
    if (random_.one_in(3)) {
      plan.append("default_roles",
                  json::Object{{"items", json::Array{json::Object{{"connection", "okta"}, {"role", some_role()}}}}});
    }
    return plan;
  }

  json::Object some_roles() {
    json::Array items;
    for (const char* name : {"Custom 0", "Custom 1", "Custom 2", "HR Admin"}) {
      if (random_.one_in(2)) continue;
      json::Object role{{"name", name}};
      if (!random_.one_in(3)) role.append("permissions", some_permissions());
      if (random_.one_in(3)) role.append("priority", static_cast<std::int64_t>(1 + random_.below(100)));
      items.emplace_back(std::move(role));
    }
    return section(std::move(items));
  }

  json::Object some_links() {
    json::Array items;
    std::set<std::string> seen;
    for (std::size_t i = random_.below(5); i > 0; --i) {
      const std::string group = "group" + std::to_string(random_.below(groups_.size()));
      const std::string role = some_role();
      if (role == "Owner" && !random_.one_in(8)) continue;
      if (!seen.insert(group + role).second) continue;
      json::Object link{{"group", group}, {"role", role}};
      if (random_.one_in(4)) link.append("state", "paused");
      items.emplace_back(std::move(link));
    }
    return section(std::move(items));
  }

  testing_support::World world_;
  Random random_;
  std::map<std::string, ResourceId> users_;
  std::vector<ResourceId> groups_;
  std::string said_;
  std::size_t refused_ = 0;
  std::size_t stale_ = 0;
  std::size_t applied_with_people_ = 0;
};

TEST(Plans, WhatThePlanSays_IsWhatApplyingDoes) {
  const std::uint64_t seed = seed_of_this_run();
  const std::size_t plans = scaled(10'000);
  RandomPlans run(seed);
  for (std::size_t i = 0; i < plans; ++i) {
    run.step();
    if (testing::Test::HasFailure()) FAIL() << "plan " << i << ", ROLECALL_PROPERTY_SEED=" << seed;
  }
  run.finish(plans);
}

}  // namespace
}  // namespace rolecall::property
