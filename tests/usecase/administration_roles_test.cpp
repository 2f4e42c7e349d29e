#include <gmock/gmock.h>

#include "rolecall/administration/workspaces.hpp"
#include "world/administration_world.hpp"

namespace rolecall::administration {
namespace {

using rolecall::testing_support::World;
using testing::ElementsAre;
using testing::HasSubstr;

class AdministrationRoles : public testing::Test {
 protected:
  Result<access::Role> create(const std::string& name, std::vector<std::string> permissions = {}) {
    return create_role(world.environment, world.workspace, world.admin, {name, "A role.", std::move(permissions)});
  }
  World world;
};

TEST_F(AdministrationRoles, FirstStart_HasTheShippedRolesAndListsTheLinkableOnes) {
  const auto roles = list_roles(world.environment, world.workspace);
  ASSERT_TRUE(roles);
  std::vector<std::string> names;
  for (const auto& role : *roles) names.push_back(role.name);
  EXPECT_THAT(names,
              ElementsAre("Owner", "Super Admin", "IT Admin", "HR Admin", "Finance Admin", "Ops Admin", "IT Agent"));
  EXPECT_TRUE(world.group_of_role("Owner").empty()) << "protected roles are not listed";
  for (std::size_t i = 1; i < names.size(); ++i) EXPECT_FALSE(world.group_of_role(names[i]).empty()) << names[i];
  const auto okta = get_connection(world.environment, world.workspace, "okta");
  ASSERT_TRUE(okta);
  EXPECT_EQ(okta->dialect, "okta");
  EXPECT_EQ(get_role(world.environment, world.workspace, okta->default_role.value())->name, "IT Agent");
  EXPECT_EQ(get_role(world.environment, world.workspace, okta->ceiling.value())->name, "Super Admin");
}

TEST_F(AdministrationRoles, LaterStart_ChangesNothingAndKeepsEdits) {
  const std::vector<std::string> edited{"requests.view"};
  ASSERT_TRUE(update_role(world.environment, world.workspace, world.admin, "IT Agent", {std::nullopt, edited}));
  const auto before = world.group_of_role("IT Agent");
  const auto again = bootstrap(world.environment, world.system);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_FALSE(again->is_new);
  EXPECT_EQ(again->workspace.id, world.workspace);
  EXPECT_EQ(get_role(world.environment, world.workspace, "IT Agent")->permissions, edited);
  EXPECT_EQ(world.group_of_role("IT Agent"), before);
  EXPECT_EQ(list_roles(world.environment, world.workspace)->size(), 7U);
  EXPECT_EQ(list_connections(world.environment, world.workspace)->size(), 1U);
}

TEST_F(AdministrationRoles, LaterStart_AddsAShippedRoleThatIsNew) {
  access::Catalogue::ShippedRole added;
  added.role.name = "Legal Admin";
  added.role.rank = 55;
  added.role.origin = access::RoleOrigin::shipped;
  world.catalogue.roles.push_back(added);
  ASSERT_TRUE(bootstrap(world.environment, world.system));
  EXPECT_TRUE(get_role(world.environment, world.workspace, "Legal Admin"));
  EXPECT_FALSE(world.group_of_role("Legal Admin").empty());
}

TEST_F(AdministrationRoles, NewRole_IsListedForEveryConnectionThatCoversIt) {
  NewConnection low;
  low.name = "contractors";
  low.dialect = "strict";
  low.ceiling = "IT Agent";
  const auto contractors = create_connection(world.environment, world.workspace, world.admin, low);
  ASSERT_TRUE(contractors) << contractors.error().detail;
  ASSERT_TRUE(create("Greeter", {"requests.view"}));
  ASSERT_TRUE(create("Billing", {"settings.billing"}));
  EXPECT_FALSE(world.group_of_role("Greeter").empty());
  EXPECT_FALSE(world.group_of_role("Billing").empty());
  EXPECT_FALSE(world.group_of_role_in(contractors->id, "Greeter").empty());
  EXPECT_TRUE(world.group_of_role_in(contractors->id, "Billing").empty());
}

TEST_F(AdministrationRoles, UnknownPermission_NamesTheNearest) {
  const auto refused = create("Greeter", {"requests.veiw"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_value);
  EXPECT_THAT(refused.error().detail, HasSubstr("requests.view"));
  EXPECT_FALSE(get_role(world.environment, world.workspace, "Greeter")) << "nothing is stored in part";
}

TEST_F(AdministrationRoles, NameInAnotherCase_IsTaken) {
  const auto refused = create("it AGENT");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::uniqueness);
}

TEST_F(AdministrationRoles, UnreadableNames_AreRefused) {
  for (const std::string& name : {std::string(), std::string(" x"), std::string("x "), std::string("a\nb"),
                                  std::string("a\x1b[2Jb"), std::string(257, 'a'), std::string("\xff")}) {
    const auto refused = create(name);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_value);
  }
  EXPECT_TRUE(create(std::string(256, 'a')));
}

TEST_F(AdministrationRoles, MistypedRole_IsNotFoundWithASuggestion) {
  const auto missing = get_role(world.environment, world.workspace, "IT Agnet");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_THAT(missing.error().detail, HasSubstr("Did you mean “IT Agent”"));
}

TEST_F(AdministrationRoles, ProtectedRole_CannotBeChangedOrRemoved) {
  const auto changed = update_role(world.environment, world.workspace, world.admin, "Owner", {"x", std::nullopt});
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, ErrorCode::forbidden);
  const auto removed = remove_role(world.environment, world.workspace, world.admin, "Owner");
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, ErrorCode::forbidden);
}

TEST_F(AdministrationRoles, ShippedRole_CannotBeRemoved) {
  const auto removed = remove_role(world.environment, world.workspace, world.admin, "HR Admin");
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, ErrorCode::forbidden);
}

TEST_F(AdministrationRoles, UnusedRole_IsRemovedWithItsListing) {
  ASSERT_TRUE(create("Greeter", {"requests.view"}));
  const auto removed = remove_role(world.environment, world.workspace, world.admin, "Greeter");
  ASSERT_TRUE(removed) << removed.error().detail << removed.error().note;
  EXPECT_FALSE(get_role(world.environment, world.workspace, "Greeter"));
  EXPECT_TRUE(create("Greeter")) << "the group's name is free again";
}

TEST_F(AdministrationRoles, RoleInUse_CannotBeRemovedWhateverTheUse) {
  ASSERT_TRUE(create("Held"));
  ASSERT_TRUE(create("Linked"));
  ASSERT_TRUE(create("Default"));
  ASSERT_TRUE(create("Filled"));
  const auto maya = world.add_user("maya");
  world.add_group("staff");
  world.link("staff", "Linked");
  ASSERT_TRUE(grant_direct(world.environment, world.workspace, world.admin, "maya", "Held"));
  ASSERT_TRUE(set_default_role(world.environment, world.workspace, world.admin, "okta", "Default"));
  ASSERT_TRUE(world.join(maya, world.group_of_role("Filled")));
  for (const char* name : {"Held", "Linked", "Default", "Filled"}) {
    const auto removed = remove_role(world.environment, world.workspace, world.admin, name);
    ASSERT_FALSE(removed) << name;
    EXPECT_EQ(removed.error().code, ErrorCode::conflict) << name << removed.error().detail << removed.error().note;
    EXPECT_TRUE(get_role(world.environment, world.workspace, name)) << name;
  }
}

TEST_F(AdministrationRoles, RoleHeldByADeactivatedUserByHand_CannotBeRemoved) {
  ASSERT_TRUE(create("Held"));
  const auto maya = world.add_user("maya");
  ASSERT_TRUE(grant_direct(world.environment, world.workspace, world.admin, "maya", "Held"));
  ASSERT_TRUE(world.set_active(maya, false));
  const auto removed = remove_role(world.environment, world.workspace, world.admin, "Held");
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, ErrorCode::conflict) << removed.error().detail << removed.error().note;
}

TEST_F(AdministrationRoles, GrowingAboveACeiling_IsRefusedWhileInUseAndDelistsOtherwise) {
  ASSERT_TRUE(set_ceiling(world.environment, world.workspace, world.admin, "okta", "IT Admin"));
  ASSERT_TRUE(create("Used", {"requests.view"}));
  ASSERT_TRUE(create("Unused", {"requests.view"}));
  const auto maya = world.add_user("maya");
  ASSERT_TRUE(world.join(maya, world.group_of_role("Used")));
  const RoleChange grown{std::nullopt, std::vector<std::string>{"requests.view", "settings.manage"}};

  const auto refused = update_role(world.environment, world.workspace, world.admin, "Used", grown);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_THAT(refused.error().detail, HasSubstr("ceiling"));
  EXPECT_EQ(get_role(world.environment, world.workspace, "Used")->permissions.size(), 1U);

  ASSERT_TRUE(update_role(world.environment, world.workspace, world.admin, "Unused", grown));
  EXPECT_TRUE(world.group_of_role("Unused").empty());
  const RoleChange shrunk{std::nullopt, std::vector<std::string>{"requests.view"}};
  ASSERT_TRUE(update_role(world.environment, world.workspace, world.admin, "Unused", shrunk));
  EXPECT_FALSE(world.group_of_role("Unused").empty());
}

TEST_F(AdministrationRoles, ShrinkingTheCeilingRole_CannotLeaveAFilledGroupAboveIt) {
  const auto maya = world.add_user("maya");
  ASSERT_TRUE(world.join(maya, world.group_of_role("IT Admin")));
  const RoleChange shrunk{std::nullopt, std::vector<std::string>{"requests.view"}};
  const auto refused = update_role(world.environment, world.workspace, world.admin, "Super Admin", shrunk);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
}

TEST_F(AdministrationRoles, Holders_AreCountedAndNamed) {
  for (const char* name : {"a", "b", "c"}) world.add_user(name);
  const auto holders = role_holders(world.environment, world.workspace, "IT Agent", {}, 2);
  ASSERT_TRUE(holders);
  EXPECT_EQ(holders->total, 3);
  ASSERT_EQ(holders->holders.size(), 2U);
  EXPECT_EQ(holders->holders[0].user_name.size(), 1U);
}

TEST_F(AdministrationRoles, AnotherWorkspace_SeesNoneOfIt) {
  ASSERT_TRUE(create("Greeter"));
  const auto maya = world.add_user("maya");
  const auto other = create_workspace(world.environment, world.admin, "other");
  ASSERT_TRUE(other);
  EXPECT_EQ(list_roles(world.environment, other->id)->size(), 7U);
  EXPECT_EQ(get_role(world.environment, other->id, "Greeter").error().code, ErrorCode::not_found);
  EXPECT_EQ(get_user(world.environment, other->id, maya.value()).error().code, ErrorCode::not_found);
  const auto id = get_role(world.environment, world.workspace, "Greeter")->id;
  EXPECT_EQ(get_role(world.environment, other->id, id.value()).error().code, ErrorCode::not_found);
  EXPECT_TRUE(list_connections(world.environment, other->id)->empty());
  EXPECT_EQ(create_workspace(world.environment, world.admin, "other").error().code, ErrorCode::conflict);
}

}  // namespace
}  // namespace rolecall::administration
