#include "guard_fixture.hpp"
#include "rolecall/administration/tokens.hpp"

// What an administrator takes back of what the guard let through, and what it cannot bring back.

namespace rolecall::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(GuardTest, UndoWave_GivesBackExactlyWhatWasHeld) {
  let(12);
  const auto users = make_users(16);
  const auto tier = make_group("Tier 2", {users[0], users[1], users[2]}, "HR Admin");
  const auto pushed = make_group("Night Desk", {users[3], users[4]}, "IT Admin");
  const auto own = find_group("Finance Admin").id;
  ASSERT_TRUE(patch("Group", own, add_member(users[5])));
  grant_directly(users[6], "Ops Admin");
  const auto outer = create("Group", R"({"displayName":"Outer","members":[{"value":")" + pushed.value() + R"("}]})").id;
  ASSERT_TRUE(patch("Group", tier, add_member(users[6])));
  let_them_grow_old();
  const auto before = everything();
  const auto members_before = members_of(tier);

  ASSERT_TRUE(patch("Group", tier, remove_member(users[0])));
  advance_clock();
  ASSERT_TRUE(replace("Group", tier, R"({"displayName":"Tier 2","members":[{"value":")" + users[0].value() + "\"}]}"));
  ASSERT_TRUE(remove("Group", pushed));
  ASSERT_TRUE(remove("Group", own));
  ASSERT_TRUE(remove("User", users[6]));
  advance_clock();
  for (std::size_t i = 7; i < 11; ++i) ASSERT_TRUE(deactivate(users[i])) << i;
  ASSERT_TRUE(remove("User", users[3]));
  for (std::size_t i = 11; i < 16; ++i) static_cast<void>(deactivate(users[i]));
  EXPECT_EQ(guard().losses, 12);
  EXPECT_EQ(held().size(), 4u);
  EXPECT_NE(everything(), before);

  advance_clock();
  const auto undone = undo();
  ASSERT_TRUE(undone) << undone.error().detail << undone.error().note;
  for (const auto& left : undone->left) ADD_FAILURE() << left.name << ": " << left.reason;
  EXPECT_EQ(undone->restored, 11) << "changes, of which some cost several users";
  EXPECT_EQ(undone->rejected, 4);
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(members_of(tier), members_before);
  EXPECT_EQ(members_of(outer), 1) << "a group that was in a group";
  EXPECT_EQ(find_group("Finance Admin").id, own) << "under its old id";
  EXPECT_EQ(orphaned_links(), 0);
  EXPECT_THAT(held(), IsEmpty());
  EXPECT_EQ(guard_rows().back(), "guard.undone");
  EXPECT_EQ(undo().error().code, ErrorCode::conflict);
}

TEST_F(GuardTest, RemovalAfterAnUndo_IsHeldAtOnce) {
  let(2);
  const auto users = make_users(3);
  let_them_grow_old();
  ASSERT_TRUE(deactivate(users[0]));
  ASSERT_TRUE(deactivate(users[1]));
  ASSERT_FALSE(deactivate(users[2]));
  ASSERT_TRUE(undo());
  EXPECT_TRUE(is_active(users[0]));
  EXPECT_EQ(deactivate(users[0]).error().code, ErrorCode::held) << "it is the same wave for the IdP";
  EXPECT_EQ(deactivate(users[2]).error().code, ErrorCode::forbidden) << "this one was rejected with the wave";
  EXPECT_TRUE(is_active(users[0]));
}

TEST_F(GuardTest, UndoOfWhatWasChangedSince_LeavesItAndSaysSo) {
  let(3);
  const auto users = make_users(5);
  let_them_grow_old();
  ASSERT_TRUE(done(replace("User", users[0], R"({"userName":"u0@acme.example","active":false,"title":"Gone"})")));
  ASSERT_TRUE(remove("User", users[1]));
  ASSERT_TRUE(deactivate(users[2]));
  ASSERT_FALSE(deactivate(users[3]));
  ASSERT_TRUE(patch("User", users[0], R"({"op":"replace","path":"title","value":"Boss"})"));
  ASSERT_TRUE(try_create("User", R"({"userName":"U1@acme.example","externalId":"another"})"));
  const auto undone = undo();
  ASSERT_TRUE(undone);
  EXPECT_EQ(undone->restored, 2);
  std::vector<std::string> reasons;
  for (const auto& left : undone->left) reasons.push_back(left.name + ": " + left.reason);
  EXPECT_THAT(reasons, ElementsAre(HasSubstr("u1@acme.example: A User with this userName exists already."),
                                   "u0@acme.example: Changed since, and left as it is: title."));
  EXPECT_TRUE(is_active(users[0]));
  EXPECT_TRUE(is_active(users[2]));
  EXPECT_THAT(get("User", users[0]).value().record.document, HasSubstr(R"("title":"Boss")"));
}

TEST_F(GuardTest, MembersWhoAreAwaited_ComeAndGoWithWhatIsHeldAndWhatIsUndone) {
  ASSERT_TRUE(administration::set_unknown_members(*administration_, workspace_, {}, "okta",
                                                  store::UnknownMemberPolicy::parked));
  let(1);
  const auto users = make_users(3);
  const auto desk = make_group("Desk", {users[0]}, "HR Admin");
  const auto tier = make_group("Tier", {users[1]}, "HR Admin");
  const auto await_in = [&](const ResourceId& group, const std::string& value) {
    return done(
        patch("Group", group, R"({"op":"add","path":"members","value":[{"value":")" + value + R"(","type":"User"}]})"));
  };
  const auto awaited = [&](const ResourceId& group) {
    std::vector<std::string> values;
    const auto page = store::read(*store_, [&](store::UnitOfWork& unit) {
      return unit.workspace(workspace_).parked_members().page(group, "", 100);
    });
    for (const auto& parked : page.value()) values.push_back(parked.value + " " + parked.type);
    return values;
  };
  for (const char* value : {"x1", "x2", "x3"}) {
    ASSERT_TRUE(await_in(desk, value));
    ASSERT_TRUE(await_in(tier, value));
  }
  let_them_grow_old();
  ASSERT_TRUE(remove("Group", desk));
  const auto whole = R"({"displayName":"Tier","members":[{"value":"x2"},{"value":"x4"}]})";
  ASSERT_EQ(replace("Group", tier, whole).error().code, ErrorCode::held);
  EXPECT_THAT(awaited(tier), ElementsAre("x1 User", "x2 User", "x3 User")) << "nothing of it was done";

  ASSERT_EQ(apply_all().made.size(), 1u);
  EXPECT_THAT(awaited(tier), ElementsAre("x2 User", "x4 ")) << "what was asked for";
  EXPECT_EQ(members_of(tier), 0);
  ASSERT_TRUE(try_create("User", R"({"userName":"came@acme.example","externalId":"x3"})"));
  const auto undone = undo();
  ASSERT_TRUE(undone) << undone.error().detail << undone.error().note;
  for (const auto& left : undone->left) ADD_FAILURE() << left.name << ": " << left.reason;
  EXPECT_THAT(awaited(tier), ElementsAre("x1 User", "x2 User")) << "x3 has come in between";
  EXPECT_EQ(members_of(tier), 2);
  EXPECT_THAT(awaited(desk), ElementsAre("x1 User", "x2 User"));
  EXPECT_EQ(members_of(desk), 2);
}

TEST_F(GuardTest, AwaitedMemberAddedAgain_IsTakenOutOfWhatIsHeld) {
  ASSERT_TRUE(administration::set_unknown_members(*administration_, workspace_, {}, "okta",
                                                  store::UnknownMemberPolicy::parked));
  let(0);
  const auto users = make_users(1);
  const auto desk = make_group("Desk", {users[0]}, "HR Admin");
  const auto add = R"({"op":"add","path":"members","value":[{"value":"x1"},{"value":"x2"}]})";
  ASSERT_TRUE(patch("Group", desk, add));
  let_them_grow_old();
  ASSERT_FALSE(patch("Group", desk, R"({"op":"remove","path":"members"})"));
  ASSERT_TRUE(patch("Group", desk, R"({"op":"add","path":"members","value":[{"value":"x2"}]})"));
  ASSERT_EQ(apply_all().made.size(), 1u);
  EXPECT_EQ(administration::get_group(*administration_, workspace_, "Desk")->parked, 1);
}

TEST_F(GuardTest, UserWhoWasAwaitedWhileDeleted_JoinsWhenTheWaveIsUndone) {
  ASSERT_TRUE(administration::set_unknown_members(*administration_, workspace_, {}, "okta",
                                                  store::UnknownMemberPolicy::parked));
  let(1);
  const auto users = make_users(2);
  const auto desk = make_group("Desk", {}, "HR Admin");
  let_them_grow_old();
  ASSERT_TRUE(remove("User", users[0]));
  ASSERT_FALSE(deactivate(users[1]));
  ASSERT_TRUE(patch("Group", desk, add_member(users[0])));
  ASSERT_TRUE(undo());
  EXPECT_EQ(members_of(desk), 1);
  EXPECT_THAT(roles_of(users[0]), ElementsAre("Desk", "HR Admin"));
}

TEST_F(GuardTest, TokensThatWentWithAWave_StayRevokedAndItSaysSo) {
  let(2);
  const auto users = make_users(3);
  for (const auto& user : users) {
    ASSERT_TRUE(administration::create_token(*administration_, workspace_, {}, "okta", "", {}, user.value()));
  }
  let_them_grow_old();
  ASSERT_TRUE(deactivate(users[0]));
  ASSERT_TRUE(remove("User", users[1]));
  ASSERT_FALSE(deactivate(users[2]));
  const auto undone = undo();
  ASSERT_TRUE(undone);
  std::vector<std::string> reasons;
  for (const auto& left : undone->left) reasons.push_back(left.name + ": " + left.reason);
  EXPECT_THAT(reasons,
              ElementsAre("u1@acme.example: Its tokens stay revoked.", "u0@acme.example: Its tokens stay revoked."));
  EXPECT_TRUE(is_active(users[0]));
}

TEST_F(GuardTest, WhatAQuietConnectionTook_IsForgottenInTime) {
  let(1);
  const auto users = make_users(2);
  let_them_grow_old();
  ASSERT_TRUE(remove("User", users[0]));
  ASSERT_FALSE(deactivate(users[1]));
  clock_.advance(std::chrono::hours(7 * 24) - std::chrono::microseconds(1));
  ASSERT_TRUE(provisioning::forget_taken(*environment_));
  EXPECT_EQ(waves().at(0).changes, 1);
  clock_.advance(std::chrono::microseconds(1));
  ASSERT_TRUE(provisioning::forget_taken(*environment_));
  EXPECT_EQ(waves().at(0).changes, 0);
  EXPECT_EQ(guard().losses, 0);
}

}  // namespace
}  // namespace rolecall::test
