#include <gmock/gmock.h>

#include "rolecall/administration/audit_log.hpp"
#include "world/administration_world.hpp"

namespace rolecall::administration {
namespace {

using rolecall::testing_support::World;
using testing::ElementsAre;
using testing::IsEmpty;

class Granting : public testing::Test {
 protected:
  World world;
  Result<UserView> grant(const std::string& user, const std::string& role) {
    return grant_direct(world.environment, world.workspace, world.admin, user, role);
  }
  Result<UserView> revoke(const std::string& user, const std::string& role) {
    return revoke_direct(world.environment, world.workspace, world.admin, user, role);
  }
};

TEST_F(Granting, DirectGrant_SurvivesEveryPushAndReplacesTheDefault) {
  const auto maya = world.add_user("maya");
  ASSERT_TRUE(grant("maya", "HR Admin"));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("HR Admin"));
  const auto group = world.group_of_role("Ops Admin");
  ASSERT_TRUE(world.join(maya, group));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("HR Admin", "Ops Admin"));
  ASSERT_TRUE(world.leave(maya, group));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("HR Admin"));
  ASSERT_TRUE(revoke("MAYA", "hr admin"));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
  EXPECT_EQ(revoke("maya", "HR Admin").error().code, ErrorCode::not_found);
}

TEST_F(Granting, GrantedTwice_IsAConflict) {
  world.add_user("maya");
  ASSERT_TRUE(grant("maya", "HR Admin"));
  EXPECT_EQ(grant("maya", "HR Admin").error().code, ErrorCode::conflict);
}

TEST_F(Granting, Deactivated_HasNothingAndGetsItBackByRule) {
  const auto maya = world.add_user("maya");
  ASSERT_TRUE(grant("maya", "HR Admin"));
  ASSERT_TRUE(world.join(maya, world.group_of_role("Ops Admin")));
  ASSERT_TRUE(world.set_active(maya, false));
  EXPECT_THAT(world.roles_of(maya), IsEmpty());
  ASSERT_TRUE(revoke("maya", "HR Admin"));
  EXPECT_THAT(world.roles_of(maya), IsEmpty());
  ASSERT_TRUE(world.set_active(maya, true));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("Ops Admin"));
}

TEST_F(Granting, LastActiveOwner_IsNeverLost) {
  const auto maya = world.add_user("maya");
  const auto li = world.add_user("li");
  ASSERT_TRUE(grant("maya", "Owner"));
  EXPECT_EQ(world.set_active(maya, false).error().code, ErrorCode::forbidden);
  EXPECT_EQ(world.delete_user(maya).error().code, ErrorCode::forbidden);
  EXPECT_EQ(revoke("maya", "Owner").error().code, ErrorCode::forbidden);
  EXPECT_THAT(world.roles_of(maya), ElementsAre("Owner")) << "a refused change leaves everything as it was";

  ASSERT_TRUE(grant("li", "Owner"));
  ASSERT_TRUE(world.set_active(li, false));
  EXPECT_EQ(world.set_active(maya, false).error().code, ErrorCode::forbidden) << "a deactivated holder does not count";
  ASSERT_TRUE(world.set_active(li, true));
  EXPECT_TRUE(world.set_active(maya, false));
  EXPECT_EQ(world.delete_user(li).error().code, ErrorCode::forbidden);
}

TEST_F(Granting, LastOwnerByAnotherCause_MayLoseTheFirst) {
  world.add_user("maya");
  ASSERT_TRUE(grant("maya", "Owner"));
  ASSERT_TRUE(grant("maya", "HR Admin"));
  EXPECT_TRUE(revoke("maya", "HR Admin")) << "other roles of the last owner are free to go";
}

TEST_F(Granting, RevokeEverything_LeavesNoGrantOfAnyKind) {
  const auto maya = world.add_user("maya");
  ASSERT_TRUE(grant("maya", "HR Admin"));
  ASSERT_TRUE(world.join(maya, world.group_of_role("Ops Admin")));
  ASSERT_TRUE(world.push([&](store::Workspace& reached, audit::Trail& trail) -> Result<void> {
    ROLECALL_TRY_ASSIGN(const auto user, reached.resources().find_anywhere("User", maya));
    ROLECALL_TRY(granting::revoke_everything(reached, *user, trail));
    ROLECALL_TRY(granting::revoke_everything(reached, *user, trail));
    return granting::forget_direct_grants(reached, *user, trail);
  }));
  const auto view = get_user(world.environment, world.workspace, "maya");
  ASSERT_TRUE(view);
  EXPECT_THAT(view->grants, IsEmpty());
  EXPECT_THAT(view->direct, IsEmpty());
  const auto page = audit_before(world.environment, world.workspace, std::nullopt, 100);
  ASSERT_TRUE(page);
  const auto& rows = page->rows;
  EXPECT_EQ(std::count_if(rows.begin(), rows.end(), [](const auto& row) { return row.action == "access.revoked"; }), 1)
      << "said once, however often it is called";
}

TEST_F(Granting, EveryGrantChange_IsAuditedWithItsCauseAndNothingElseIs) {
  const auto maya = world.add_user("maya");
  const auto before = audit_before(world.environment, world.workspace, {}, 1)->rows.back().seq;
  const auto group = world.group_of_role("Ops Admin");
  ASSERT_TRUE(world.join(maya, group));
  ASSERT_TRUE(world.join(maya, group)) << "no change, no row";
  const auto page = audit_after(world.environment, world.workspace, before, 100);
  ASSERT_TRUE(page);
  const auto& rows = page->rows;
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].action, "grant.removed");
  EXPECT_THAT(rows[0].details, testing::HasSubstr(R"("cause":"default")"));
  EXPECT_EQ(rows[1].action, "grant.added");
  EXPECT_THAT(rows[1].details, testing::HasSubstr(R"("cause":"link")"));
  EXPECT_THAT(rows[1].details, testing::HasSubstr("Group/" + group.value()));
  EXPECT_EQ(rows[1].target, "User/" + maya.value());
  EXPECT_EQ(rows[1].actor, "token:test");
}

TEST_F(Granting, GroupsBeyondOnePage_AreRecomputedWhole) {
  const auto group = world.add_group("everybody");
  std::vector<ResourceId> users;
  for (int i = 0; i < 501; ++i) users.push_back(world.add_user("user" + std::to_string(i)));
  ASSERT_TRUE(world.push([&](store::Workspace& reached, audit::Trail&) -> Result<void> {
    for (const auto& user : users) ROLECALL_TRY(reached.members().add(group, user, "User", world.clock.now()));
    return {};
  }));
  world.link("everybody", "HR Admin");
  EXPECT_EQ(role_holders(world.environment, world.workspace, "HR Admin")->total, 501);
  EXPECT_EQ(role_holders(world.environment, world.workspace, "IT Agent")->total, 0);
}

}  // namespace
}  // namespace rolecall::administration
