#include <gmock/gmock.h>

#include "rolecall/administration/explanation.hpp"
#include "world/administration_world.hpp"

// Roles that the IdP names in `roles` of a User.

namespace rolecall::administration {
namespace {

using rolecall::testing_support::World;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Policy = store::AssertedRolePolicy;

class Asserted : public testing::TestWithParam<bool> {
 protected:
  void send(const std::vector<World::SentRole>& roles) {
    const auto sent = world.send_roles(maya, roles);
    ASSERT_TRUE(sent) << sent.error().detail << sent.error().note;
  }
  std::string id_of(const std::string& role) { return get_role(world.environment, world.workspace, role)->id.value(); }
  Version version_of_maya() { return get_user(world.environment, world.workspace, "maya")->record.version; }
  Explanation explained() { return *explain_user(world.environment, world.workspace, "maya"); }
  void set_policy(Policy policy) {
    ASSERT_TRUE(set_asserted_roles(world.environment, world.workspace, world.admin, "okta", policy));
  }

  World world{GetParam()};
  ResourceId maya = world.add_user("maya");
};

INSTANTIATE_TEST_SUITE_P(Stores, Asserted, testing::Bool(),
                         [](const auto& store) { return store.param ? "InMemory" : "OnADatabase"; });

TEST_P(Asserted, ByName_GrantsAndReplacesTheDefault) {
  send({{"hr ADMIN"}});
  EXPECT_THAT(world.roles_of(maya), ElementsAre("HR Admin"));
  EXPECT_EQ(get_user(world.environment, world.workspace, "maya")->grants.front().cause, access::CauseKind::asserted);
}

TEST_P(Asserted, ById_Grants) {
  send({{id_of("Ops Admin")}});
  EXPECT_THAT(world.roles_of(maya), ElementsAre("Ops Admin"));
}

TEST_P(Asserted, ValueThatNamesNone_CountsByItsDisplay) {
  send({{"25", "HR Admin"}});
  EXPECT_THAT(world.roles_of(maya), ElementsAre("HR Admin"));
}

TEST_P(Asserted, ValueThatNamesOne_WinsOverTheDisplay) {
  send({{"Ops Admin", "HR Admin"}});
  EXPECT_THAT(world.roles_of(maya), ElementsAre("Ops Admin"));
  send({{"Owner", "HR Admin"}});
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent")) << "a refused value does not fall back to its label";
}

TEST_P(Asserted, Removed_IsLostAndTheDefaultIsBack) {
  send({{"HR Admin"}, {"Ops Admin"}});
  EXPECT_THAT(world.roles_of(maya), ElementsAre("HR Admin", "Ops Admin"));
  send({{"Ops Admin"}});
  EXPECT_THAT(world.roles_of(maya), ElementsAre("Ops Admin"));
  send({});
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
}

TEST_P(Asserted, BesidesALink_BothCount) {
  ASSERT_TRUE(world.join(maya, world.group_of_role("Ops Admin")));
  send({{"HR Admin"}});
  EXPECT_THAT(world.roles_of(maya), ElementsAre("HR Admin", "Ops Admin"));
  ASSERT_TRUE(world.leave(maya, world.group_of_role("Ops Admin")));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("HR Admin"));
}

TEST_P(Asserted, ProtectedOrAboveTheCeiling_GrantsNothing) {
  ASSERT_TRUE(set_ceiling(world.environment, world.workspace, world.admin, "okta", "IT Admin"));
  send({{"Owner"}, {"Super Admin"}});
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
  EXPECT_THAT(explained().without_effect,
              ElementsAre("roles “Owner”, sent by okta, is a protected role",
                          "roles “Super Admin”, sent by okta, is above the connection's ceiling"));
}

TEST_P(Asserted, UnknownOrAPermission_GrantsNothingAndIsExplained) {
  send({{"Wizard"}, {"requests.reply"}});
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
  EXPECT_THAT(explained().without_effect,
              ElementsAre("roles “Wizard”, sent by okta, names no role",
                          "roles “requests.reply”, sent by okta, is a permission; permissions come with roles"));
}

TEST_P(Asserted, Ceiling_TakesAndGivesBack) {
  send({{"Super Admin"}});
  EXPECT_THAT(world.roles_of(maya), ElementsAre("Super Admin"));
  ASSERT_TRUE(set_ceiling(world.environment, world.workspace, world.admin, "okta", "IT Admin"));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
  ASSERT_TRUE(set_ceiling(world.environment, world.workspace, world.admin, "okta", "Super Admin"));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("Super Admin"));
}

TEST_P(Asserted, Deactivated_HasNothingAndGetsItBack) {
  send({{"HR Admin"}});
  ASSERT_TRUE(world.set_active(maya, false));
  EXPECT_THAT(world.roles_of(maya), IsEmpty());
  EXPECT_THAT(explained().without_effect, Contains("roles “HR Admin”, sent by okta, waits for reactivation"));
  ASSERT_TRUE(world.set_active(maya, true));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("HR Admin"));
}

TEST_P(Asserted, PolicySwitch_TakesEffectAtOnceAndBack) {
  send({{"HR Admin"}});
  set_policy(Policy::ignore);
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
  EXPECT_THAT(explained().without_effect,
              ElementsAre("roles “HR Admin”, sent by okta, is ignored, because the connection ignores asserted roles"));
  send({{"Ops Admin"}});
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
  set_policy(Policy::grant);
  EXPECT_THAT(world.roles_of(maya), ElementsAre("Ops Admin"));
}

TEST_P(Asserted, RoleMadeLater_IsGrantedFromThenOn) {
  send({{"Night Shift"}});
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
  ASSERT_TRUE(create_role(world.environment, world.workspace, world.admin, {"night shift", "", {"requests.view"}}));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("night shift"));
}

TEST_P(Asserted, RoleInUse_CannotBeRemoved) {
  ASSERT_TRUE(create_role(world.environment, world.workspace, world.admin, {"Night Shift", "", {}}));
  send({{"Night Shift"}});
  EXPECT_EQ(remove_role(world.environment, world.workspace, world.admin, "Night Shift").error().code,
            ErrorCode::conflict);
  send({});
  EXPECT_TRUE(remove_role(world.environment, world.workspace, world.admin, "Night Shift"));
}

TEST_P(Asserted, RemovedRoleThatHidADisplay_LetsTheDisplayCount) {
  ASSERT_TRUE(set_ceiling(world.environment, world.workspace, world.admin, "okta", "IT Admin"));
  ASSERT_TRUE(create_role(world.environment, world.workspace, world.admin, {"Boss", "", {"settings.ownership"}}));
  send({{"Boss", "IT Admin"}});
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
  ASSERT_TRUE(remove_role(world.environment, world.workspace, world.admin, "Boss"));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Admin"));
}

TEST_P(Asserted, RoleWithNewPermissions_FollowsTheCeiling) {
  ASSERT_TRUE(create_role(world.environment, world.workspace, world.admin, {"Boss", "", {"settings.ownership"}}));
  send({{"Boss"}});
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
  RoleChange change;
  change.permissions = std::vector<std::string>{"requests.view"};
  ASSERT_TRUE(update_role(world.environment, world.workspace, world.admin, "Boss", change));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("Boss"));
}

TEST_P(Asserted, WonOrLostBySomebodyElsesDoing_IsANewVersionOfTheUser) {
  send({{"HR Admin"}});
  const Version sent = version_of_maya();
  set_policy(Policy::ignore);
  const Version ignored = version_of_maya();
  EXPECT_GT(ignored.number, sent.number);
  set_policy(Policy::ignore);
  EXPECT_EQ(version_of_maya(), ignored) << "nothing changed";
  ASSERT_TRUE(grant_direct(world.environment, world.workspace, world.admin, "maya", "Ops Admin"));
  EXPECT_EQ(version_of_maya().number, ignored.number + 1);
}

TEST_P(Asserted, Explanation_SaysWhoSaysItAndHowToEndIt) {
  send({{"25", "HR Admin"}});
  const Explanation explanation = explained();
  EXPECT_EQ(explanation.sentence, "maya has HR Admin as asserted by okta.");
  ASSERT_EQ(explanation.grants.size(), 1U);
  EXPECT_EQ(explanation.grants.front().because, "asserted by okta in roles “HR Admin”");
  EXPECT_EQ(explanation.grants.front().removed_by, "removing it in okta · ignoring asserted roles · deactivation");
  EXPECT_THAT(explanation.without_effect, IsEmpty());
}

}  // namespace
}  // namespace rolecall::administration
