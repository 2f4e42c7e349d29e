#include "guard_fixture.hpp"
#include "rolecall/provisioning/bulk.hpp"

namespace rolecall::test {
namespace {

using store::HeldState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(GuardTest, Rejected_IsRefusedForSevenDaysAndThenJudgedAnew) {
  let(0);
  const auto users = make_users(1);
  let_them_grow_old();
  ASSERT_FALSE(deactivate(users[0]));
  ASSERT_EQ(reject_all().made.size(), 1u);
  clock_.advance(std::chrono::hours(7 * 24) - std::chrono::seconds(1));
  const auto refused = deactivate(users[0]);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
  EXPECT_THAT(refused.error().detail, HasSubstr("an administrator of the application rejected this change"));
  EXPECT_EQ(apply_due(), 0);
  EXPECT_TRUE(is_active(users[0]));
  clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ(deactivate(users[0]).error().code, ErrorCode::held);
  EXPECT_EQ(held().size(), 1u);
}

TEST_F(GuardTest, Decisions_AreMadeOnceAndARejectionCanBeThoughtOver) {
  let(0);
  const auto users = make_users(2);
  let_them_grow_old();
  ASSERT_FALSE(deactivate(users[0]));
  ASSERT_FALSE(deactivate(users[1]));
  const auto first = held().front();
  const provisioning::HeldSelection one{{first.id}, {}};
  EXPECT_FALSE(provisioning::reject_held(*environment_, admin(), one)->made.at(0).error);
  EXPECT_EQ(provisioning::reject_held(*environment_, admin(), one)->made.at(0).error->code, ErrorCode::conflict);
  EXPECT_FALSE(provisioning::apply_held(*environment_, admin(), one)->made.at(0).error);
  EXPECT_FALSE(is_active(users[0]));
  EXPECT_EQ(provisioning::apply_held(*environment_, admin(), one)->made.at(0).error->code, ErrorCode::conflict);
  EXPECT_EQ(provisioning::apply_held(*environment_, admin(), {{HeldChangeId("none")}, {}}).error().code,
            ErrorCode::not_found);
  store::HeldFilter of_user;
  of_user.type = "User";
  of_user.resource = users[1];
  EXPECT_EQ(provisioning::apply_held(*environment_, admin(), {{}, of_user})->made.size(), 1u);
  EXPECT_FALSE(is_active(users[1]));
  EXPECT_THAT(guard_rows(), ElementsAre("guard.tripped", "guard.held", "guard.held", "guard.rejected", "guard.applied",
                                        "guard.applied"));
}

TEST_F(GuardTest, Timer_AppliesDeactivationsAloneAndNoRestartChangesThat) {
  let(0);
  const auto users = make_users(5);
  const auto group = make_group("Tier 2", {users[3]}, "HR Admin");
  let_them_grow_old();
  ASSERT_FALSE(deactivate(users[0]));
  ASSERT_FALSE(remove("User", users[1]));
  ASSERT_FALSE(deactivate(users[2]));
  ASSERT_FALSE(remove("Group", group));
  clock_.advance(std::chrono::hours(1));
  ASSERT_FALSE(deactivate(users[4]));
  store::HeldFilter third;
  third.resource = users[2];
  third.type = "User";
  ASSERT_EQ(provisioning::reject_held(*environment_, admin(), {{}, third})->made.size(), 1u);
  clock_.advance(std::chrono::hours(3) - std::chrono::microseconds(1));
  EXPECT_EQ(apply_due(), 0);
  reopen();
  EXPECT_EQ(held().size(), 4u);
  EXPECT_EQ(apply_due(), 0);
  clock_.advance(std::chrono::microseconds(1));
  EXPECT_EQ(apply_due(), 1);
  EXPECT_EQ(apply_due(), 0);
  EXPECT_FALSE(is_active(users[0]));
  EXPECT_TRUE(get("User", users[1]));
  EXPECT_TRUE(is_active(users[2]));
  EXPECT_TRUE(is_active(users[4])) << "it was held an hour later";
  reopen();
  clock_.advance(std::chrono::hours(30 * 24));
  EXPECT_EQ(apply_due(), 1);
  EXPECT_FALSE(is_active(users[4]));
  EXPECT_TRUE(get("User", users[1])) << "a deletion waits for ever";
  EXPECT_EQ(members_of(group), 1);
  EXPECT_EQ(held().size(), 2u);
  EXPECT_EQ(held({HeldState::applied, {}, {}, {}, {}}).front().decided_by, "system");
}

TEST_F(GuardTest, TimerThatIsOff_AppliesNothing) {
  access::GuardSettings settings;
  settings.minimum = settings.percent = 0;
  settings.auto_apply = std::chrono::minutes(0);
  set(settings);
  const auto users = make_users(1);
  let_them_grow_old();
  const auto refused = deactivate(users[0]);
  EXPECT_THAT(refused.error().detail, HasSubstr("Without a decision it stays so."));
  clock_.advance(std::chrono::hours(24 * 365));
  EXPECT_EQ(apply_due(), 0);
}

TEST_F(GuardTest, UserChangedMeanwhile_KeepsTheChangeAndIsDeactivated) {
  let(0);
  const auto users = make_users(1);
  let_them_grow_old();
  ASSERT_FALSE(done(replace("User", users[0], R"({"userName":"u0@acme.example","active":false,"title":"Old"})")));
  ASSERT_TRUE(patch("User", users[0], R"({"op":"replace","path":"nickName","value":"Ana"})"));
  clock_.advance(std::chrono::hours(4));
  EXPECT_EQ(apply_due(), 1);
  const auto user = get("User", users[0]).value().record;
  EXPECT_FALSE(user.is_active);
  EXPECT_THAT(user.document, HasSubstr(R"("nickName":"Ana")"));
  EXPECT_THAT(user.document, HasSubstr(R"("title":"Old")"));
}

TEST_F(GuardTest, WhatTheIdpSaysAfterwards_WithdrawsWhatIsHeld) {
  let(0);
  const auto users = make_users(3);
  let_them_grow_old();
  for (const auto& user : users) ASSERT_FALSE(deactivate(user));
  ASSERT_TRUE(patch("User", users[0], kActivate)) << "that it is active";
  ASSERT_TRUE(replace("User", users[1], R"({"userName":"u1@acme.example","active":true})")) << "all of it";
  ASSERT_TRUE(patch("User", users[2], R"({"op":"replace","path":"title","value":"Boss"})")) << "something else";
  ASSERT_EQ(held().size(), 1u);
  EXPECT_EQ(held().front().resource, users[2]);
  EXPECT_EQ(held({HeldState::withdrawn, {}, {}, {}, {}}).size(), 2u);
  clock_.advance(std::chrono::hours(4));
  EXPECT_EQ(apply_due(), 1);
  EXPECT_TRUE(is_active(users[0]));
  EXPECT_TRUE(is_active(users[1]));
}

TEST_F(GuardTest, MemberAddedAgain_IsTakenOutOfWhatIsHeld) {
  let(0);
  const auto users = make_users(3);
  const auto group = make_group("Tier 2", users, "HR Admin");
  let_them_grow_old();
  const auto remove_two = remove_member(users[0]) + "," + remove_member(users[1]);
  ASSERT_FALSE(patch("Group", group, remove_two));
  ASSERT_FALSE(patch("Group", group, remove_member(users[2])));
  ASSERT_TRUE(patch("Group", group, add_member(users[1])));
  ASSERT_TRUE(patch("Group", group, add_member(users[2])));
  ASSERT_EQ(held().size(), 1u);
  EXPECT_EQ(held().front().users, 1);
  EXPECT_THAT(held().front().costs, HasSubstr(users[0].value()));
  ASSERT_FALSE(patch("Group", group, remove_two)) << "and then not again";
  ASSERT_EQ(held().size(), 1u);
  EXPECT_EQ(held().front().users, 2);
  apply_all();
  EXPECT_EQ(members_of(group), 1);
}

TEST_F(GuardTest, PatchOfAWholeExtension_IsNoWordOnActive) {
  let(0);
  const auto users = make_users(1);
  let_them_grow_old();
  ASSERT_FALSE(deactivate(users[0]));
  ASSERT_TRUE(patch("User", users[0],
                    R"({"op":"remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"})"));
  EXPECT_EQ(held().size(), 1u);
}

TEST_F(GuardTest, HeldChangeOfWhatIsGone_IsWithdrawn) {
  let(0);
  const auto users = make_users(1);
  let_them_grow_old();
  ASSERT_FALSE(deactivate(users[0]));
  ASSERT_FALSE(remove("User", users[0]));
  store::HeldFilter all{HeldState::held, {}, {}, {}, {}};
  const auto waiting = held(all);
  ASSERT_EQ(waiting.size(), 2u);
  ASSERT_EQ(waiting[1].action, "delete");
  EXPECT_FALSE(provisioning::apply_held(*environment_, admin(), {{waiting[1].id}, {}})->made.at(0).error);
  const auto decisions = apply_all();
  ASSERT_EQ(decisions.made.size(), 1u);
  EXPECT_EQ(decisions.made[0].change.state, HeldState::withdrawn);
}

TEST_F(GuardTest, LastHolderByThen_IsNotAppliedAndSaysWhy) {
  let(0);
  const auto users = make_users(1);
  let_them_grow_old();
  ASSERT_FALSE(deactivate(users[0]));
  grant_directly(users[0], "Owner");
  clock_.advance(std::chrono::hours(4));
  EXPECT_EQ(apply_due(), 0);
  ASSERT_EQ(held().size(), 1u);
  EXPECT_THAT(held().front().note, HasSubstr("last active holder"));
  EXPECT_FALSE(held().front().due) << "it would fail again";
  EXPECT_TRUE(is_active(users[0]));
}

TEST_F(GuardTest, AppliedByHand_BelongsToItsWaveAndDoesNotCount) {
  let(1);
  const auto users = make_users(4);
  let_them_grow_old();
  for (int i = 0; i < 3; ++i) static_cast<void>(deactivate(users[i]));
  ASSERT_EQ(apply_all().made.size(), 2u);
  EXPECT_EQ(guard().losses, 1);
  EXPECT_FALSE(is_active(users[2]));
  EXPECT_EQ(waves().at(0).changes, 3);
  ASSERT_TRUE(undo());
  for (const auto& user : users) EXPECT_TRUE(is_active(user));
}

class GuardBulk : public GuardTest {
 protected:
  provisioning::BulkAnswer send(const std::vector<ResourceId>& users, bool all_or_nothing) {
    std::string operations;
    for (const auto& user : users) {
      operations += (operations.empty() ? "" : ",") + (R"({"method":"PATCH","path":"/Users/)" + user.value()) +
                    R"(","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)" +
                    kDeactivate + "]}}";
    }
    auto message = bulk::parse_message(
        json::parse(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[)" + operations +
                    "]}")
            .value(),
        {}, patch::okta_dialect());
    provisioning::BulkJob job;
    job.plan = bulk::make_plan(std::move(message.value()), *registry_);
    job.dialect = patch::okta_dialect();
    job.expected.resize(users.size());
    job.all_or_nothing = all_or_nothing;
    return provisioning::bulk(*environment_, caller_, job).value();
  }
};

TEST_F(GuardBulk, OperationsOverTheLimit_AreHeldOneByOne) {
  let(2);
  const auto users = make_users(4);
  let_them_grow_old();
  const auto answer = send(users, false);
  std::vector<bool> refused;
  for (const auto& outcome : answer.outcomes) refused.push_back(outcome.error.has_value());
  EXPECT_THAT(refused, ElementsAre(false, false, true, true));
  EXPECT_EQ(answer.outcomes[3].error->code, ErrorCode::held);
  EXPECT_EQ(held().size(), 2u);
  EXPECT_EQ(trips_.size(), 1u);
}

TEST_F(GuardBulk, AllOrNothingWhereAHeldChangeIsASuccess_IsDoneButForWhatIsHeld) {
  access::GuardSettings settings;
  settings.minimum = 2;
  settings.percent = 0;
  settings.answer = access::GuardAnswer::accept;
  set(settings);
  const auto users = make_users(3);
  let_them_grow_old();
  const auto answer = send(users, true);
  for (const auto& outcome : answer.outcomes) EXPECT_FALSE(outcome.error);
  EXPECT_TRUE(answer.notices.took_access);
  EXPECT_FALSE(is_active(users[1]));
  EXPECT_TRUE(is_active(users[2]));
  EXPECT_EQ(held().size(), 1u);
}

TEST_F(GuardBulk, RejectedBefore_SaysThatAlsoForAllOrNothing) {
  const auto users = make_users(1);
  let_them_grow_old();
  let(0);
  ASSERT_EQ(send({users[0]}, false).outcomes[0].error->code, ErrorCode::held);
  ASSERT_EQ(reject_all().made.size(), 1u);
  const auto answer = send({users[0]}, true);
  EXPECT_EQ(answer.outcomes[0].error->code, ErrorCode::forbidden);
  EXPECT_THAT(answer.outcomes[0].error->detail, HasSubstr("rejected this change"));
}

TEST_F(GuardBulk, AllOrNothing_HoldsNothingAndSaysSo) {
  let(2);
  const auto users = make_users(3);
  let_them_grow_old();
  const auto answer = send(users, true);
  EXPECT_EQ(answer.outcomes[2].error->code, ErrorCode::held);
  EXPECT_THAT(answer.outcomes[2].error->detail, HasSubstr("nothing is held"));
  EXPECT_FALSE(answer.notices.took_access) << "what took it was taken back";
  for (const auto& user : users) EXPECT_TRUE(is_active(user));
  EXPECT_THAT(held(), IsEmpty());
  EXPECT_THAT(trips_, IsEmpty());
}

}  // namespace
}  // namespace rolecall::test
