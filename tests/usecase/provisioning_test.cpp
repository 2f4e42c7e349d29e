#include <gtest/gtest.h>

#include "provisioning_fixture.hpp"

// The use cases behind SCIM against a real store: what is stored, who holds which role, what the audit says.

namespace rolecall {
namespace {

using test::ProvisioningTest;

TEST_F(ProvisioningTest, CreateUser_InNoGroup_GetsTheDefaultRole) {
  const auto user = create_user("ana@acme.example");
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Agent"});
}

TEST_F(ProvisioningTest, CreateUser_SameNameInOtherCase_IsRefusedAsTaken) {
  create_user("ana@acme.example");
  const auto again = try_create("User", R"({"userName":"ANA@ACME.EXAMPLE"})");
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, ErrorCode::uniqueness);
  EXPECT_EQ(again.error().attribute, "userName");
}

TEST_F(ProvisioningTest, CreateUser_NameTakenInAnotherConnection_IsRefusedAsTaken) {
  create_user("ana@acme.example");
  use_connection(make_connection("entra"));
  const auto again = try_create("User", R"({"userName":"ana@acme.example"})");
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, ErrorCode::uniqueness);
}

TEST_F(ProvisioningTest, CreateUser_Inactive_HoldsNothing) {
  const auto user = create("User", R"({"userName":"ana@acme.example","active":false})");
  EXPECT_TRUE(roles_of(user.id).empty());
}

TEST_F(ProvisioningTest, MemberPush_ToAListedRole_GrantsItAndRemovalTakesItAway) {
  const auto user = create_user("ana@acme.example");
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(patch("Group", group.id, add_member(user.id)));
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Admin"});
  ASSERT_TRUE(patch("Group", group.id, remove_member(user.id)));
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Agent"});
}

TEST_F(ProvisioningTest, MemberPush_UnknownMember_IsPassedOverWithANotice) {
  const auto user = create_user("ana@acme.example");
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(
      patch("Group", group.id,
            R"({"op":"add","path":"members","value":[{"value":"nobody"},{"value":")" + user.id.value() + R"("}]})"));
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Admin"});
  EXPECT_EQ(notices().size(), 1U);
}

TEST_F(ProvisioningTest, MemberPush_Twice_ChangesTheVersionOnce) {
  const auto user = create_user("ana@acme.example");
  const auto group = find_group("IT Admin");
  const auto first = patch("Group", group.id, add_member(user.id));
  const auto second = patch("Group", group.id, add_member(user.id));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->record.version.number, group.version.number + 1);
  EXPECT_EQ(second->record.version, first->record.version);
}

TEST_F(ProvisioningTest, Deactivation_TakesEverythingAndReactivationRecomputes) {
  const auto user = create_user("ana@acme.example");
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(patch("Group", group.id, add_member(user.id)));
  ASSERT_TRUE(patch("User", user.id, R"({"op":"replace","value":{"active":false}})"));
  EXPECT_TRUE(roles_of(user.id).empty());
  ASSERT_TRUE(patch("Group", group.id, remove_member(user.id)));
  ASSERT_TRUE(patch("User", user.id, R"({"op":"replace","value":{"active":true}})"));
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Agent"});
}

TEST_F(ProvisioningTest, DefaultRoleSentByTheIdP_UnderTheCeiling_Applies) {
  const auto user = create("User", user_with_default_role("ana@acme.example", "it admin"));
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Admin"});
}

TEST_F(ProvisioningTest, DefaultRoleSentByTheIdP_ProtectedOrUnknown_FallsBackWithANotice) {
  const auto owner = create("User", user_with_default_role("ana@acme.example", "Owner"));
  EXPECT_EQ(roles_of(owner.id), std::vector<std::string>{"IT Agent"});
  EXPECT_EQ(notices().size(), 1U);
  const auto unknown = create("User", user_with_default_role("bo@acme.example", "Emperor"));
  EXPECT_EQ(roles_of(unknown.id), std::vector<std::string>{"IT Agent"});
  EXPECT_EQ(notices().size(), 1U);
}

TEST_F(ProvisioningTest, CreateGroup_UnknownName_MakesARoleWithoutPermissionsAndNoFallback) {
  const auto user = create_user("ana@acme.example");
  const auto group = create("Group", R"({"displayName":"Tier 2","members":[{"value":")" + user.id.value() + R"("}]})");
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"Tier 2"});
  EXPECT_TRUE(role("Tier 2").permissions.empty());
  EXPECT_EQ(members_of(group.id), 1);
}

TEST_F(ProvisioningTest, CreateGroup_NameThatWasSentAsDefaultRole_AppliesFromThen) {
  const auto user = create("User", user_with_default_role("ana@acme.example", "tier 2"));
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Agent"});
  create("Group", R"({"displayName":"Tier 2"})");
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"Tier 2"});
}

TEST_F(ProvisioningTest, CreateGroup_NameOfAListedRole_IsRefusedAsTaken) {
  const auto group = try_create("Group", R"({"displayName":"it admin"})");
  ASSERT_FALSE(group.has_value());
  EXPECT_EQ(group.error().code, ErrorCode::uniqueness);
}

TEST_F(ProvisioningTest, CreateGroup_NamedOwner_IsForbidden) {
  const auto group = try_create("Group", R"({"displayName":"Owner"})");
  ASSERT_FALSE(group.has_value());
  EXPECT_EQ(group.error().code, ErrorCode::forbidden);
}

TEST_F(ProvisioningTest, RenameGroup_ToOwner_IsForbiddenAndNothingChanges) {
  const auto group = create("Group", R"({"displayName":"Tier 2"})");
  const auto renamed = patch("Group", group.id, R"({"op":"replace","value":{"displayName":"OWNER"}})");
  ASSERT_FALSE(renamed.has_value());
  EXPECT_EQ(renamed.error().code, ErrorCode::forbidden);
  EXPECT_EQ(get("Group", group.id)->record.version, group.version);
}

TEST_F(ProvisioningTest, RenameGroup_KeepsMembersLinkAndRole) {
  const auto user = create_user("ana@acme.example");
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(patch("Group", group.id, add_member(user.id)));
  ASSERT_TRUE(patch("Group", group.id,
                    R"({"op":"replace","value":{"id":")" + group.id.value() + R"(","displayName":"Okta Admins"}})"));
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Admin"});
  EXPECT_EQ(members_of(group.id), 1);
}

TEST_F(ProvisioningTest, ReplaceGroup_WithoutMembers_KeepsThemAndWithEmptyListDropsThem) {
  const auto user = create_user("ana@acme.example");
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(patch("Group", group.id, add_member(user.id)));
  ASSERT_TRUE(replace("Group", group.id, R"({"displayName":"IT Admin"})"));
  EXPECT_EQ(members_of(group.id), 1);
  ASSERT_TRUE(replace("Group", group.id, R"({"displayName":"IT Admin","members":[]})"));
  EXPECT_EQ(members_of(group.id), 0);
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Agent"});
}

TEST_F(ProvisioningTest, DeleteGroup_OfARole_EndsItsGrantsAndListsTheRoleUnderANewId) {
  const auto user = create_user("ana@acme.example");
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(patch("Group", group.id, add_member(user.id)));
  ASSERT_TRUE(remove("Group", group.id));
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Agent"});
  EXPECT_EQ(get("Group", group.id).error().code, ErrorCode::not_found);
  const auto listed = find_group("IT Admin");
  EXPECT_NE(listed.id, group.id);
  EXPECT_EQ(members_of(listed.id), 0);
}

TEST_F(ProvisioningTest, DeleteGroup_ThenPostOfItsName_ClaimsTheListing) {
  const auto group = create("Group", R"({"displayName":"Tier 2"})");
  ASSERT_TRUE(remove("Group", group.id));
  const auto again = try_create("Group", R"({"displayName":"Tier 2"})");
  ASSERT_TRUE(again.has_value());
  EXPECT_NE(again->record.id, group.id);
  EXPECT_EQ(try_create("Group", R"({"displayName":"Tier 2"})").error().code, ErrorCode::uniqueness);
}

TEST_F(ProvisioningTest, IfMatch_OtherVersion_ChangesNothing) {
  const auto user = create_user("ana@acme.example");
  const auto changed =
      patch("User", user.id, R"({"op":"replace","value":{"title":"Lead"}})", Version{user.version.number + 7});
  ASSERT_FALSE(changed.has_value());
  EXPECT_EQ(changed.error().code, ErrorCode::precondition_failed);
  EXPECT_EQ(get("User", user.id)->record.version, user.version);
}

TEST_F(ProvisioningTest, Patch_ThatChangesNothing_KeepsVersionAndLastModified) {
  const auto user = create("User", R"({"userName":"ana@acme.example","title":"Lead"})");
  advance_clock();
  const auto same = patch("User", user.id, R"({"op":"replace","value":{"title":"Lead"}})");
  ASSERT_TRUE(same.has_value());
  EXPECT_EQ(same->record.version, user.version);
  EXPECT_EQ(same->record.last_modified, user.last_modified);
}

TEST_F(ProvisioningTest, ReplaceUser_WithoutActive_DoesNotReactivate) {
  const auto user = create("User", R"({"userName":"ana@acme.example","active":false})");
  ASSERT_TRUE(replace("User", user.id, R"({"userName":"ana@acme.example","title":"Lead"})"));
  EXPECT_FALSE(get("User", user.id)->record.is_active);
  EXPECT_TRUE(roles_of(user.id).empty());
}

TEST_F(ProvisioningTest, Membership_ChangesTheUsersVersionToo) {
  const auto user = create_user("ana@acme.example");
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(patch("Group", group.id, add_member(user.id)));
  EXPECT_GT(get("User", user.id)->record.version, user.version);
}

TEST_F(ProvisioningTest, ForeignConnection_SeesAndTouchesNothing) {
  const auto user = create_user("ana@acme.example");
  const auto group = find_group("IT Admin");
  use_connection(make_connection("entra"));
  EXPECT_EQ(get("User", user.id).error().code, ErrorCode::not_found);
  EXPECT_EQ(get("Group", group.id).error().code, ErrorCode::not_found);
  EXPECT_EQ(remove("User", user.id).error().code, ErrorCode::not_found);
  const auto own = find_group("IT Admin");
  ASSERT_TRUE(patch("Group", own.id, add_member(user.id)));
  EXPECT_EQ(members_of(own.id), 0);
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Agent"});
}

TEST_F(ProvisioningTest, LastOwner_CannotBeDeactivatedOrDeletedByAConnection) {
  const auto user = create_user("ana@acme.example");
  grant_directly(user.id, "Owner");
  EXPECT_EQ(patch("User", user.id, R"({"op":"replace","value":{"active":false}})").error().code, ErrorCode::forbidden);
  EXPECT_EQ(remove("User", user.id).error().code, ErrorCode::forbidden);
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"Owner"});
}

TEST_F(ProvisioningTest, AdminsLink_SurvivesReplaceAndDeleteLeavesItOrphaned) {
  const auto user = create_user("ana@acme.example");
  const auto group = create("Group", R"({"displayName":"Tier 2","members":[{"value":")" + user.id.value() + R"("}]})");
  link("Tier 2", "HR Admin");
  EXPECT_EQ(roles_of(user.id), (std::vector<std::string>{"HR Admin", "Tier 2"}));
  ASSERT_TRUE(replace("Group", group.id, R"({"displayName":"Tier 2"})"));
  EXPECT_EQ(roles_of(user.id), (std::vector<std::string>{"HR Admin", "Tier 2"}));
  ASSERT_TRUE(remove("Group", group.id));
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Agent"});
  EXPECT_EQ(orphaned_links(), 1);
}

TEST_F(ProvisioningTest, Audit_OfAWholeLife_IsAnUnbrokenChain) {
  const auto user = create_user("ana@acme.example");
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(patch("Group", group.id, add_member(user.id)));
  ASSERT_TRUE(patch("User", user.id, R"({"op":"replace","value":{"active":false}})"));
  ASSERT_TRUE(remove("User", user.id));
  expect_audit_holds();
  EXPECT_EQ(
      audit_actions_about("User/" + user.id.value()),
      (std::vector<std::string>{"user.created", "user.updated", "user.deactivated", "access.revoked", "user.deleted"}));
}

}  // namespace
}  // namespace rolecall
