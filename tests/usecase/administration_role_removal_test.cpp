#include <gmock/gmock.h>

#include "rolecall/administration/groups.hpp"
#include "world/administration_world.hpp"

namespace rolecall::administration {
namespace {

using rolecall::testing_support::World;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class RoleRemoval : public testing::Test {
 protected:
  RoleRemoval() {
    EXPECT_TRUE(create("Old", {"requests.view"}));
    EXPECT_TRUE(create("New", {"requests.view", "requests.reply"}));
  }
  Result<access::Role> create(const std::string& name, std::vector<std::string> permissions) {
    return create_role(world.environment, world.workspace, world.admin, {name, "", std::move(permissions)});
  }
  Result<void> remove(const std::string& replacement = {}) {
    return remove_role(world.environment, world.workspace, world.admin, "Old", replacement);
  }
  std::vector<std::string> actions_of(const std::string& action) {
    std::vector<std::string> found;
    const auto rows = store::read(
        *world.store, [&](store::UnitOfWork& unit) { return unit.workspace(world.workspace).audit().page(0, 1'000); });
    for (const auto& row : *rows) {
      if (row.action == action) found.push_back(row.details);
    }
    return found;
  }
  World world;
};

TEST_F(RoleRemoval, HeldLinkedOrDefault_NeedsAReplacement) {
  const auto group = world.add_group("helpers");
  const auto link = world.link("helpers", "Old");
  const auto refused = remove();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_THAT(refused.error().next, HasSubstr("--replacement"));
  ASSERT_TRUE(remove_link(world.environment, world.workspace, world.admin, link.link.id));
  world.add_user("maya");
  ASSERT_TRUE(grant_direct(world.environment, world.workspace, world.admin, "maya", "Old"));
  EXPECT_THAT(remove().error().next, HasSubstr("--replacement"));
  ASSERT_TRUE(revoke_direct(world.environment, world.workspace, world.admin, "maya", "Old"));
  ASSERT_TRUE(set_default_role(world.environment, world.workspace, world.admin, "okta", "Old"));
  EXPECT_THAT(remove().error().next, HasSubstr("--replacement"));
}

TEST_F(RoleRemoval, WithAReplacement_MovesLinksGrantsAndDefaults) {
  const auto maya = world.add_user("maya");
  const auto tom = world.add_user("tom");
  const auto lee = world.add_user("lee");
  const auto gone = world.add_user("gone");
  const auto helpers = world.add_group("helpers");
  const auto sleepers = world.add_group("sleepers");
  world.link("helpers", "Old");
  const auto paused = world.link("sleepers", "Old");
  ASSERT_TRUE(pause_link(world.environment, world.workspace, world.admin, paused.link.id));
  ASSERT_TRUE(world.join(maya, helpers));
  ASSERT_TRUE(grant_direct(world.environment, world.workspace, world.admin, "tom", "Old"));
  ASSERT_TRUE(grant_direct(world.environment, world.workspace, world.admin, "gone", "Old"));
  ASSERT_TRUE(world.set_active(gone, false));
  ASSERT_TRUE(set_default_role(world.environment, world.workspace, world.admin, "okta", "Old"));
  ASSERT_THAT(world.roles_of(lee), ElementsAre("Old"));

  ASSERT_TRUE(remove("New"));
  EXPECT_FALSE(get_role(world.environment, world.workspace, "Old"));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("New"));
  EXPECT_THAT(world.roles_of(tom), ElementsAre("New"));
  EXPECT_THAT(world.roles_of(lee), ElementsAre("New"));
  ASSERT_TRUE(world.set_active(gone, true));
  EXPECT_THAT(world.roles_of(gone), ElementsAre("New")) << "a grant that waits for reactivation moves too";
  const auto moved = get_group(world.environment, world.workspace, sleepers.value());
  ASSERT_EQ(moved->links.size(), 1U);
  EXPECT_EQ(moved->links.front().role_name, "New");
  EXPECT_EQ(moved->links.front().link.state, store::LinkState::paused);
  EXPECT_THAT(actions_of("role.removed"), Contains(HasSubstr("replacement")));
}

TEST_F(RoleRemoval, WithAReplacement_TheGroupOfTheRoleWithMembersStaysAsALinkedOne) {
  const auto maya = world.add_user("maya");
  const auto own = world.group_of_role("Old");
  ASSERT_TRUE(world.join(maya, own));
  ASSERT_FALSE(remove());
  ASSERT_TRUE(remove("New"));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("New"));
  const auto group = get_group(world.environment, world.workspace, own.value());
  ASSERT_TRUE(group);
  EXPECT_EQ(group->stands_for, "");
  ASSERT_EQ(group->links.size(), 1U);
  EXPECT_EQ(group->links.front().link.origin, store::LinkOrigin::admin);
}

TEST_F(RoleRemoval, AReplacementTheConnectionMayNotGrant_ChangesNothing) {
  const auto maya = world.add_user("maya");
  const auto helpers = world.add_group("helpers");
  world.link("helpers", "Old");
  ASSERT_TRUE(world.join(maya, helpers));
  const auto refused = remove("Owner");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
  EXPECT_THAT(world.roles_of(maya), ElementsAre("Old"));
  EXPECT_EQ(remove("Old").error().code, ErrorCode::invalid_value);
  EXPECT_EQ(remove("Nobody").error().code, ErrorCode::not_found);
}

TEST_F(RoleRemoval, ACeiling_IsInTheWayWhateverReplacesIt) {
  ASSERT_TRUE(create("Top", {}));
  NewConnection low;
  low.name = "low";
  low.default_role = low.ceiling = "Old";
  ASSERT_TRUE(create_connection(world.environment, world.workspace, world.admin, low));
  const auto refused = remove("Top");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("ceiling"));
}

TEST_F(RoleRemoval, WhereBothAreLinkedAlready_TheReplacementsLinkStays) {
  const auto maya = world.add_user("maya");
  const auto helpers = world.add_group("helpers");
  world.link("helpers", "Old");
  const auto kept = world.link("helpers", "New");
  ASSERT_TRUE(world.join(maya, helpers));
  ASSERT_TRUE(pause_link(world.environment, world.workspace, world.admin, kept.link.id));
  EXPECT_EQ(remove("New").error().code, ErrorCode::conflict) << "maya would lose what she has";
  ASSERT_TRUE(resume_link(world.environment, world.workspace, world.admin, kept.link.id));
  ASSERT_TRUE(remove("New"));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("New"));
}

}  // namespace
}  // namespace rolecall::administration
