#include <gmock/gmock.h>

#include "world/administration_world.hpp"

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

TEST_F(AdministrationConnections, PrivilegedDefault_NeedsTheOperatorsWordForItAndForNothingElse) {
  const auto maya = world.add_user("maya");
  const auto given = [&](const char* confirmed, const std::string& role) {
    const auto parsed = PrivilegedDefaults::parse(confirmed);
    EXPECT_TRUE(parsed) << confirmed;
    Environment environment = world.environment;
    environment.privileged_defaults = &*parsed;
    const auto set = set_default_role(environment, world.workspace, world.admin, "okta", role);
    if (set) return std::string();
    EXPECT_EQ(set.error().code, ErrorCode::forbidden);
    EXPECT_THAT(set.error().next, HasSubstr("access.privileged_defaults = \"okta=" + role + "\""));
    return set.error().detail;
  };
  for (const char* confirmed : {"", "entra=HR Admin", "okta=Super Admin", "HR Admin=okta"}) {
    EXPECT_THAT(given(confirmed, "HR Admin"), HasSubstr("may do more than IT Agent")) << confirmed;
  }
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
  EXPECT_EQ(given(" entra=Ops Admin , okta = hr admin ,", "HR Admin"), "");
  EXPECT_THAT(world.roles_of(maya), ElementsAre("HR Admin"));
  EXPECT_EQ(given("", "IT Agent"), "") << "the lowest needs no word";
  EXPECT_EQ(given((world.okta.value() + "=HR Admin").c_str(), "HR Admin"), "") << "by id";
}

TEST_F(AdministrationConnections, LowestShippedRoleWithMore_IsComparedWithWhatItIsShippedWith) {
  Environment unconfirmed = world.environment;
  unconfirmed.privileged_defaults = nullptr;
  auto permissions = get_role(world.environment, world.workspace, "IT Agent")->permissions;
  permissions.emplace_back("requests.delete");
  const auto widened =
      update_role(unconfirmed, world.workspace, world.admin, "IT Agent", {std::nullopt, std::move(permissions)});
  ASSERT_FALSE(widened);
  EXPECT_EQ(widened.error().code, ErrorCode::forbidden);
  EXPECT_THAT(widened.error().detail,
              HasSubstr("okta, IT Agent may do more than it is shipped with (requests.delete), and everybody"));
  EXPECT_THAT(widened.error().next, HasSubstr("access.privileged_defaults = \"okta=IT Agent\""));
  EXPECT_THAT(widened.error().next, HasSubstr("leave the role as it is shipped"));
}

TEST_F(AdministrationConnections, PrivilegedDefault_IsFoundWhateverMadeIt) {
  ASSERT_TRUE(check_default_roles(world.environment));
  ASSERT_TRUE(create_role(world.environment, world.workspace, world.admin, {"Greeter", "", {"requests.view"}}));
  ASSERT_TRUE(use_default("Greeter"));
  Environment unconfirmed = world.environment;
  unconfirmed.privileged_defaults = nullptr;
  ASSERT_TRUE(check_default_roles(unconfirmed)) << "it may do less than IT Agent";
  const RoleChange more{std::nullopt, std::vector<std::string>{"requests.delete"}};
  const auto widened = update_role(unconfirmed, world.workspace, world.admin, "Greeter", more);
  ASSERT_FALSE(widened) << "by the back door";
  EXPECT_EQ(widened.error().code, ErrorCode::forbidden);
  ASSERT_TRUE(use_default("HR Admin"));
  const auto refused = check_default_roles(unconfirmed);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("okta, HR Admin may do more"));
  NewConnection ping;
  ping.name = "ping";
  ping.default_role = "HR Admin";
  EXPECT_FALSE(create_connection(unconfirmed, world.workspace, world.admin, ping));
}

TEST_F(AdministrationConnections, ConfirmationsThatAreNone_AreNamed) {
  for (const char* text : {"okta", "okta=", "=HR Admin", "okta=HR Admin,,entra=IT Admin", "a=b,c"}) {
    const auto parsed = PrivilegedDefaults::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::invalid_value) << text;
  }
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
