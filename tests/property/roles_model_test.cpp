#include "roles_model.hpp"

#include <gtest/gtest.h>

#include "generator.hpp"
#include "rolecall/administration/audit_log.hpp"
#include "rolecall/administration/groups.hpp"
#include "rolecall/administration/workspaces.hpp"
#include "world/administration_world.hpp"

namespace rolecall::property {
namespace {

constexpr std::size_t kUsers = 10;
constexpr std::size_t kGroups = 5;
constexpr std::size_t kCustomRoles = 8;

/// Drives the server and the model through the same random operations.
class RandomRun {
 public:
  RandomRun(std::uint64_t seed, bool in_memory) : world_(in_memory), random_(seed) {
    const auto roles = administration::list_roles(world_.environment, world_.workspace);
    for (const auto& role : *roles) {
      model_.roles[role.name] = {
          role.id, {role.permissions.begin(), role.permissions.end()}, role.is_protected, true, role.rank};
    }
    model_.default_role = "IT Agent";
    model_.ceiling = "Super Admin";
    learn_listings();
    for (std::size_t i = 0; i < kGroups; ++i) model_.groups[world_.add_group("group " + std::to_string(i))] = {};
  }

  void step(std::size_t number) {
    const RolesModel before = model_;
    said_ = "operation " + std::to_string(number) + ": ";
    switch (random_.below(20)) {
      case 0:
        add_user();
        break;
      case 1:
      case 2:
      case 3:
        join_or_leave();
        break;
      case 4:
      case 5:
        set_active();
        break;
      case 6:
        send_default();
        break;
      case 7:
        create_link();
        break;
      case 8:
        pause_or_resume();
        break;
      case 9:
        remove_link();
        break;
      case 10:
      case 11:
        grant_or_revoke();
        break;
      case 12:
        set_default();
        break;
      case 13:
        set_ceiling();
        break;
      case 14:
        create_or_remove_role();
        break;
      case 15:
      case 16:
        send_roles();
        break;
      case 17:
        set_policy();
        break;
      case 18:
        random_.one_in(3) ? set_mode() : set_priority();
        break;
      default:
        random_.one_in(4) ? delete_user() : set_permissions();
        break;
    }
    ASSERT_TRUE(model_.keeps_protected_roles_of(before)) << said_;
    compare();
  }

  void finish() {
    const auto verification = administration::verify_audit(world_.environment, world_.workspace);
    ASSERT_TRUE(verification);
    EXPECT_FALSE(verification->first_bad_seq);
    EXPECT_GT(refused_, 0) << "the run met no refusal, so it shows little";
    EXPECT_GT(refused_for_last_holder_, 0) << "the run never tried to take the last holder's role";
  }

 private:
  template <typename Map>
  typename Map::key_type any_of(const Map& map) {
    return std::next(map.begin(), static_cast<std::ptrdiff_t>(random_.below(map.size())))->first;
  }

  /// Applies `edit` to the model if the server should, and did, accept the operation.
  template <typename R, typename F>
  void expect(const R& outcome, bool should_succeed, F&& edit) {
    if (!outcome) ++refused_;
    ASSERT_EQ(outcome.has_value(), should_succeed)
        << said_ << (outcome ? "" : outcome.error().detail + outcome.error().note);
    if (outcome) edit();
  }

  /// Would the model still hold its promise about protected roles after `edit`?
  template <typename F>
  bool keeps_holders(F&& edit) {
    RolesModel after = model_;
    edit(after);
    const bool keeps = after.keeps_protected_roles_of(model_);
    if (!keeps) ++refused_for_last_holder_;
    return keeps;
  }

  void add_user() {
    if (model_.users.size() >= kUsers) return;
    RolesModel::User user;
    user.is_active = !random_.one_in(4);
    if (random_.one_in(2)) user.sent_default = random_.one_in(3) ? "Custom 1" : any_of(model_.roles);
    const auto id = world_.add_user("user " + std::to_string(++named_), user.sent_default, user.is_active);
    said_ += "add user " + id.value();
    model_.users[id] = user;
  }

  void join_or_leave() {
    if (model_.users.empty()) return;
    const auto user = any_of(model_.users);
    const auto group = any_of(model_.groups);
    auto& members = model_.groups[group].members;
    if (random_.one_in(2)) {
      said_ += user.value() + " joins " + group.value();
      expect(world_.join(user, group), true, [&] { members.insert(user); });
    } else {
      said_ += user.value() + " leaves " + group.value();
      expect(world_.leave(user, group), true, [&] { members.erase(user); });
    }
  }

  void set_active() {
    if (model_.users.empty()) return;
    const auto user = any_of(model_.users);
    const bool is_active = random_.one_in(2);
    said_ += user.value() + (is_active ? " is activated" : " is deactivated");
    const auto edit = [&](RolesModel& model) { model.users[user].is_active = is_active; };
    const bool should_succeed = keeps_holders(edit);
    expect(world_.set_active(user, is_active), should_succeed, [&] { edit(model_); });
  }

  void send_default() {
    if (model_.users.empty()) return;
    const auto user = any_of(model_.users);
    const std::string name = random_.one_in(4) ? "Custom " + std::to_string(random_.below(12)) : any_of(model_.roles);
    said_ += user.value() + " is sent the default " + name;
    expect(world_.send_default(user, name), true, [&] { model_.users[user].sent_default = name; });
  }

  /// A role's name, its id, or something that names none, in either place.
  std::string some_text() {
    const std::string name = any_of(model_.roles);
    if (random_.one_in(3)) return model_.roles[name].id.value();
    return random_.one_in(3) ? "Custom " + std::to_string(random_.below(12)) : name;
  }

  void send_roles() {
    if (model_.users.empty()) return;
    const auto user = any_of(model_.users);
    said_ += user.value() + " is sent roles";
    std::vector<testing_support::World::SentRole> roles;
    auto& sent = model_.users[user].sent;
    sent.clear();
    for (std::size_t i = random_.below(4); i > 0; --i) {
      roles.push_back({some_text(), random_.one_in(2) ? some_text() : std::string()});
      sent.emplace_back(roles.back().value, roles.back().display);
      said_ += " " + roles.back().value + "/" + roles.back().display;
    }
    expect(world_.send_roles(user, roles), true, [] {});
  }

  void set_policy() {
    const bool grants = !random_.one_in(3);
    said_ += grants ? "asserted roles are granted" : "asserted roles are ignored";
    const auto policy = grants ? store::AssertedRolePolicy::grant : store::AssertedRolePolicy::ignore;
    expect(administration::set_asserted_roles(world_.environment, world_.workspace, world_.admin, "okta", policy), true,
           [&] { model_.grants_asserted = grants; });
  }

  void set_mode() {
    const bool is_single = !model_.is_single;
    said_ += is_single ? "role mode single" : "role mode multi";
    const auto mode = is_single ? access::RoleMode::single : access::RoleMode::multi;
    expect(administration::set_role_mode(world_.environment, world_.admin, "default", mode), true,
           [&] { model_.is_single = is_single; });
  }

  void set_priority() {
    const auto role = any_of(model_.roles);
    const auto priority = static_cast<std::int64_t>(random_.below(120));
    said_ += "priority " + std::to_string(priority) + " for " + role;
    const auto outcome = administration::update_role(world_.environment, world_.workspace, world_.admin, role,
                                                     {std::nullopt, std::nullopt, priority});
    expect(outcome, role != "Owner" && priority > 0, [&] { model_.roles[role].priority = priority; });
  }

  void delete_user() {
    if (model_.users.empty()) return;
    const auto user = any_of(model_.users);
    said_ += user.value() + " is deleted";
    const auto edit = [&](RolesModel& model) {
      model.users.erase(user);
      for (auto& [id, group] : model.groups) group.members.erase(user);
    };
    const bool should_succeed = keeps_holders(edit);
    expect(world_.delete_user(user), should_succeed, [&] { edit(model_); });
  }

  void create_link() {
    const auto group = any_of(model_.groups);
    const auto role = any_of(model_.roles);
    said_ += "link " + group.value() + " to " + role;
    const bool is_linked = std::any_of(model_.links.begin(), model_.links.end(), [&](const auto& entry) {
      return entry.second.group == group && entry.second.role == role;
    });
    const auto made =
        administration::create_link(world_.environment, world_.workspace, world_.admin, {group.value(), "", role});
    expect(made, !is_linked && model_.is_allowed(role), [&] {
      model_.links[made->link.id] = {group, role, true, false};
    });
  }

  void pause_or_resume() {
    if (model_.links.empty()) return;
    const auto id = any_of(model_.links);
    const bool is_pause = random_.one_in(2);
    said_ += (is_pause ? "pause " : "resume ") + id.value();
    const auto outcome = is_pause ? administration::pause_link(world_.environment, world_.workspace, world_.admin, id)
                                  : administration::resume_link(world_.environment, world_.workspace, world_.admin, id);
    expect(outcome, true, [&] { model_.links[id].is_active = !is_pause; });
  }

  void remove_link() {
    if (model_.links.empty()) return;
    const auto id = any_of(model_.links);
    said_ += "remove link " + id.value();
    const auto outcome = administration::remove_link(world_.environment, world_.workspace, world_.admin, id);
    expect(outcome, !model_.links[id].is_listing, [&] { model_.links.erase(id); });
  }

  void grant_or_revoke() {
    if (model_.users.empty()) return;
    const auto user = any_of(model_.users);
    const std::string role = random_.one_in(3) ? "Owner" : any_of(model_.roles);
    auto& direct = model_.users[user].direct;
    if (random_.one_in(2)) {
      said_ += "grant " + role + " to " + user.value();
      const auto outcome =
          administration::grant_direct(world_.environment, world_.workspace, world_.admin, user.value(), role);
      expect(outcome, direct.count(role) == 0, [&] { direct.insert(role); });
    } else {
      said_ += "revoke " + role + " from " + user.value();
      const auto edit = [&](RolesModel& model) { model.users[user].direct.erase(role); };
      const bool should_succeed = direct.count(role) != 0 && keeps_holders(edit);
      const auto outcome =
          administration::revoke_direct(world_.environment, world_.workspace, world_.admin, user.value(), role);
      expect(outcome, should_succeed, [&] { edit(model_); });
    }
  }

  void set_default() {
    const auto role = any_of(model_.roles);
    said_ += "default role " + role;
    const auto outcome =
        administration::set_default_role(world_.environment, world_.workspace, world_.admin, "okta", role);
    expect(outcome, model_.is_allowed(role), [&] { model_.default_role = role; });
  }

  void set_ceiling() {
    // Mostly high ones: under a low ceiling the other operations have little to do.
    const std::string role = random_.one_in(3) ? any_of(model_.roles) : "Super Admin";
    said_ += "ceiling " + role;
    RolesModel after = model_;
    after.ceiling = role;
    const bool should_succeed = !model_.roles[role].is_protected && (role == model_.ceiling || after.is_consistent());
    const auto outcome = administration::set_ceiling(world_.environment, world_.workspace, world_.admin, "okta", role);
    expect(outcome, should_succeed, [&] { follow(std::move(after)); });
  }

  void create_or_remove_role() {
    const std::string name = "Custom " + std::to_string(random_.below(kCustomRoles));
    if (model_.roles.count(name) == 0) {
      const auto permissions = some_permissions();
      said_ += "create role " + name;
      const auto made =
          administration::create_role(world_.environment, world_.workspace, world_.admin, {name, "", permissions});
      expect(made, true, [&] {
        model_.roles[name] = {made->id, {permissions.begin(), permissions.end()}, false, false, made->rank};
        learn_listings();
      });
    } else {
      const std::string role = random_.one_in(8) ? any_of(model_.roles) : name;
      said_ += "remove role " + role;
      const auto outcome = administration::remove_role(world_.environment, world_.workspace, world_.admin, role);
      expect(outcome, model_.may_remove_role(role), [&] {
        model_.forget_listing(role);
        model_.roles.erase(role);
      });
    }
  }

  void set_permissions() {
    const auto role = any_of(model_.roles);
    // Shipped roles stay big, so that ceilings keep room.
    if (model_.roles[role].is_shipped && role != "Owner" && !random_.one_in(8)) return;
    const auto permissions = some_permissions();
    said_ += "permissions of " + role;
    RolesModel after = model_;
    after.roles[role].permissions = {permissions.begin(), permissions.end()};
    const bool is_change = after.roles[role].permissions != model_.roles[role].permissions;
    const bool should_succeed = role != "Owner" && (!is_change || after.is_consistent());
    const auto outcome = administration::update_role(world_.environment, world_.workspace, world_.admin, role,
                                                     {std::nullopt, permissions});
    expect(outcome, should_succeed, [&] { follow(std::move(after)); });
  }

  std::vector<std::string> some_permissions() {
    std::vector<std::string> names;
    for (const auto& permission : world_.catalogue.permissions) {
      if (random_.one_in(8)) names.push_back(permission.name);
    }
    return names;
  }

  void follow(RolesModel after) {
    model_ = std::move(after);
    model_.delist_forbidden();
    learn_listings();
  }

  /// Every role that may be granted is listed as a group; takes over the ids the server chose.
  void learn_listings() {
    for (const auto& [name, role] : model_.roles) {
      if (!model_.is_allowed(name)) {
        ASSERT_TRUE(world_.group_of_role(name).empty()) << said_ << ": " << name << " is listed";
        continue;
      }
      if (model_.listing_of(name) != nullptr) continue;
      const auto group = world_.group_of_role(name);
      ASSERT_FALSE(group.empty()) << said_ << ": " << name << " is not listed";
      const auto view = administration::get_group(world_.environment, world_.workspace, group.value());
      ASSERT_TRUE(view);
      ASSERT_EQ(view->links.size(), 1U);
      model_.groups[group].stands_for = name;
      model_.links[view->links.front().link.id] = {group, name, true, true};
    }
  }

  void compare() {
    const auto compared = store::read(*world_.store, [&](store::UnitOfWork& unit) -> Result<bool> {
      auto& workspace = unit.workspace(world_.workspace);
      std::map<RoleId, std::string> names;
      for (const auto& [name, role] : model_.roles) names[role.id] = name;
      for (const auto& [user, unused] : model_.users) {
        ROLECALL_TRY_ASSIGN(const auto stored, workspace.grants().effective_of(user));
        std::set<RolesModel::Grant> grants;
        for (const auto& grant : stored) {
          grants.insert({names[grant.role], access::name_of(grant.cause), grant.link, grant.group});
        }
        EXPECT_EQ(grants.size(), stored.size()) << said_;
        if (grants != model_.effective(user)) return false;
      }
      return true;
    });
    ASSERT_TRUE(compared) << compared.error().detail << compared.error().note;
    ASSERT_TRUE(*compared) << "stored grants differ from a recomputation after " << said_;
  }

  testing_support::World world_;
  RolesModel model_;
  Random random_;
  std::string said_;
  int named_ = 0;
  int refused_ = 0;
  int refused_for_last_holder_ = 0;
};

void run(bool in_memory, std::size_t operations, std::uint64_t seed = seed_of_this_run()) {
  RandomRun run(seed, in_memory);
  for (std::size_t i = 0; i < operations; ++i) {
    run.step(i);
    if (testing::Test::HasFailure()) FAIL() << "ROLECALL_PROPERTY_SEED=" << seed;
  }
  run.finish();
}

TEST(RolesModel, OnADatabase_EqualsARecomputationAfterEveryOperation) { run(false, scaled(1'500)); }

// 10^5 operations, in many worlds rather than in one that grows old: the first steps of a world are its liveliest.
TEST(RolesModel, InMemory_EqualsARecomputationAfterEveryOperation) {
  const std::size_t worlds = scaled(20);
  for (std::size_t world = 0; world < worlds && !HasFailure(); ++world) run(true, 5'000, seed_of_this_run() + world);
}

}  // namespace
}  // namespace rolecall::property
