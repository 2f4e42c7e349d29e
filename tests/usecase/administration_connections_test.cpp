#include <gmock/gmock.h>

#include "administration_world.hpp"

namespace rolecall::administration {
namespace {

using rolecall::testing_support::World;
using testing::ElementsAre;
using testing::HasSubstr;

class AdministrationConnections : public testing::Test {
 protected:
  Result<store::ConnectionRecord> use_default(const std::string& role) {
    return set_default_role(world.environment, world.workspace, world.admin, "okta", role);
  }
  Result<store::ConnectionRecord> use_ceiling(const std::string& role) {
    return set_ceiling(world.environment, world.workspace, world.admin, "okta", role);
  }
  World world;
};

TEST_F(AdministrationConnections, NewDefaultRole_ReachesWhoHasNothingElse) {
  const auto plain = world.add_user("plain");
  const auto linked = world.add_user("linked");
  const auto sent = world.add_user("sent", "Ops Admin");
  const auto gone = world.add_user("gone", {}, false);
  ASSERT_TRUE(world.join(linked, world.group_of_role("HR Admin")));
  ASSERT_TRUE(use_default("Finance Admin"));
  EXPECT_THAT(world.roles_of(plain), ElementsAre("Finance Admin"));
  EXPECT_THAT(world.roles_of(linked), ElementsAre("HR Admin"));
  EXPECT_THAT(world.roles_of(sent), ElementsAre("Ops Admin")) << "what the IdP sent for one user wins";
  EXPECT_THAT(world.roles_of(gone), ElementsAre());
  ASSERT_TRUE(world.set_active(gone, true));
  EXPECT_THAT(world.roles_of(gone), ElementsAre("Finance Admin"));
}

TEST_F(AdministrationConnections, SentDefault_UnknownProtectedOrAboveTheCeiling_IsTheConnectionsOwn) {
  ASSERT_TRUE(use_ceiling("IT Admin"));
  for (const char* name : {"No Such Role", "Owner", "Super Admin"}) {
    EXPECT_THAT(world.roles_of(world.add_user(std::string("user of ") + name, name)), ElementsAre("IT Agent")) << name;
  }
  EXPECT_THAT(world.roles_of(world.add_user("case", "it ADMIN")), ElementsAre("IT Admin"));
}

TEST_F(AdministrationConnections, SentDefaultOfAnUnknownName_AppliesOnceTheRoleExists) {
  const auto maya = world.add_user("maya", "Greeter");
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
  ASSERT_TRUE(create_role(world.environment, world.workspace, world.admin, {"greeter", "", {"requests.view"}}));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("greeter"));
}

TEST_F(AdministrationConnections, DefaultRole_MustNotBeProtectedOrAboveTheCeiling) {
  ASSERT_TRUE(use_ceiling("IT Admin"));
  for (const char* name : {"Owner", "Super Admin", "HR Admin"}) {
    const auto refused = use_default(name);
    if (std::string_view(name) == "HR Admin") continue;
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, ErrorCode::forbidden) << name;
  }
}

TEST_F(AdministrationConnections, Ceiling_WithdrawsUnusedListingsAndBringsThemBack) {
  ASSERT_TRUE(use_ceiling("IT Agent"));
  EXPECT_TRUE(world.group_of_role("HR Admin").empty());
  EXPECT_FALSE(world.group_of_role("IT Agent").empty());
  ASSERT_TRUE(use_ceiling("Super Admin"));
  EXPECT_FALSE(world.group_of_role("HR Admin").empty());
}

TEST_F(AdministrationConnections, Ceiling_IsRefusedWhileSomebodyWouldLoseByIt) {
  const auto maya = world.add_user("maya");
  ASSERT_TRUE(world.join(maya, world.group_of_role("HR Admin")));
  const auto refused = use_ceiling("IT Agent");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_THAT(refused.error().detail, HasSubstr("HR Admin"));
  EXPECT_FALSE(world.group_of_role("Finance Admin").empty()) << "nothing of a refused change remains";
  EXPECT_THAT(world.roles_of(maya), ElementsAre("HR Admin"));
}

TEST_F(AdministrationConnections, Ceiling_IsRefusedBelowTheDefaultRoleAndForAdminsLinks) {
  ASSERT_TRUE(use_default("HR Admin"));
  EXPECT_EQ(use_ceiling("IT Agent").error().code, ErrorCode::conflict);
  ASSERT_TRUE(use_default("IT Agent"));
  world.add_group("staff");
  world.link("staff", "HR Admin");
  EXPECT_EQ(use_ceiling("IT Agent").error().code, ErrorCode::conflict);
}

TEST_F(AdministrationConnections, Ceiling_RaisedAgain_GivesSentDefaultsTheirRole) {
  ASSERT_TRUE(use_ceiling("IT Agent"));
  const auto maya = world.add_user("maya", "Ops Admin");
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
  ASSERT_TRUE(use_ceiling("Super Admin"));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("Ops Admin"));
  ASSERT_TRUE(use_ceiling("IT Agent"));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
}

TEST_F(AdministrationConnections, ProtectedCeiling_IsForbidden) {
  EXPECT_EQ(use_ceiling("Owner").error().code, ErrorCode::forbidden);
}

TEST_F(AdministrationConnections, UnknownGroupPolicy_IsKeptAndReadByName) {
  const auto policy = parse_unknown_group_policy("keep_unlinked");
  ASSERT_TRUE(policy);
  ASSERT_TRUE(set_unknown_groups(world.environment, world.workspace, world.admin, "okta", *policy));
  EXPECT_EQ(get_connection(world.environment, world.workspace, "okta")->unknown_groups,
            store::UnknownGroupPolicy::keep_unlinked);
  EXPECT_FALSE(parse_unknown_group_policy("Refuse"));
}

TEST_F(AdministrationConnections, NewConnection_RefusesTakenNamesAndUnknownDialects) {
  NewConnection taken;
  taken.name = "okta";
  EXPECT_EQ(create_connection(world.environment, world.workspace, world.admin, taken).error().code,
            ErrorCode::conflict);
  NewConnection odd;
  odd.name = "other";
  odd.dialect = "latin";
  EXPECT_EQ(create_connection(world.environment, world.workspace, world.admin, odd).error().code,
            ErrorCode::invalid_value);
}

}  // namespace
}  // namespace rolecall::administration
