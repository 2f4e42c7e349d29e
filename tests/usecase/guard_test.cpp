#include "guard_fixture.hpp"
#include "rolecall/administration/workspaces.hpp"

namespace rolecall::test {
namespace {

using access::GuardMode;
using store::HeldState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST_F(GuardTest, AtTheLimitDone_OnePastItHeld) {
  let(3);
  const auto users = make_users(5);
  let_them_grow_old();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(deactivate(users[i])) << i;
  const auto before = everything();
  const auto refused = deactivate(users[3]);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::held);
  EXPECT_EQ(refused.error().retry_after, std::chrono::minutes(60));
  EXPECT_THAT(refused.error().detail, HasSubstr("With this change 4 users would have lost access"));
  EXPECT_THAT(refused.error().detail, HasSubstr("within 60 minutes"));
  EXPECT_THAT(refused.error().detail, HasSubstr("from 3 users"));
  EXPECT_THAT(refused.error().detail, HasSubstr("rolecall guard held list"));
  EXPECT_THAT(refused.error().detail, HasSubstr("Without a decision it is done at 2026-"));
  EXPECT_EQ(everything(), before);
  EXPECT_TRUE(is_active(users[3]));
  ASSERT_EQ(held().size(), 1u);
  const auto change = held().front();
  EXPECT_EQ(change.action, "deactivate");
  EXPECT_EQ(change.resource, users[3]);
  EXPECT_EQ(change.name, "u3@acme.example");
  EXPECT_EQ(change.users, 1);
  EXPECT_THAT(change.costs, HasSubstr(R"("loses":["IT Agent"])"));
  EXPECT_EQ(change.due, clock_.now() + std::chrono::hours(4));
  EXPECT_EQ(guard().held, 1);
  EXPECT_EQ(guard().losses, 3);
  ASSERT_EQ(trips_.size(), 1u);
  EXPECT_EQ(trips_[0].losses, 4);
  EXPECT_EQ(trips_[0].limit, 3);
  EXPECT_EQ(trips_[0].connection, "okta");
  EXPECT_THAT(guard_rows(), ElementsAre("guard.tripped", "guard.held"));
}

TEST_F(GuardTest, SameChangeAskedAgain_IsTheSameRow) {
  let(0);
  const auto users = make_users(2);
  let_them_grow_old();
  ASSERT_FALSE(deactivate(users[0]));
  advance_clock();
  ASSERT_FALSE(done(replace("User", users[0], R"({"userName":"u0@acme.example","active":false})")))
      << "said by PUT, it is the same change";
  ASSERT_EQ(held().size(), 1u);
  EXPECT_EQ(held().front().asked, 2);
  EXPECT_EQ(held().front().last_asked, clock_.now());
  ASSERT_FALSE(deactivate(users[1]));
  EXPECT_EQ(held().size(), 2u);
  EXPECT_EQ(trips_.size(), 1u) << "one wave, one alarm";
  EXPECT_THAT(guard_rows(), ElementsAre("guard.tripped", "guard.held", "guard.held"));
}

TEST_F(GuardTest, Percentage_IsOfThoseWhoWereActiveBefore) {
  access::GuardSettings settings;
  settings.minimum = 0;
  settings.percent = 30;
  set(settings);
  const auto users = make_users(10);
  let_them_grow_old();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(deactivate(users[i])) << i;
  EXPECT_EQ(deactivate(users[3]).error().code, ErrorCode::held);
  EXPECT_EQ(guard().limit, 3);
  EXPECT_EQ(guard().active_users, 10);
  clock_.advance(std::chrono::minutes(60));
  EXPECT_EQ(guard().active_users, 7);
  ASSERT_TRUE(deactivate(users[4])) << "the window is over";
}

TEST_F(GuardTest, HeldChange_StaysHeldWhenTheWindowIsOver) {
  let(1);
  const auto users = make_users(3);
  let_them_grow_old();
  ASSERT_TRUE(deactivate(users[0]));
  ASSERT_FALSE(deactivate(users[1]));
  clock_.advance(std::chrono::minutes(61));
  const auto again = deactivate(users[1]);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::held);
  EXPECT_THAT(again.error().detail, HasSubstr("An earlier change of this user waits"));
  EXPECT_FALSE(remove("User", users[1])) << "another change of the same user waits as well";
  EXPECT_EQ(held().size(), 2u);
  ASSERT_TRUE(deactivate(users[2]));
}

/// Every path by which SCIM can take something, held and then applied.
TEST_F(GuardTest, EveryPathThatTakesSomething_IsHeldAndCanBeApplied) {
  const auto users = make_users(9);
  const auto& u = users;
  const auto leave = make_group("Leave", {u[2]}, "HR Admin");
  const auto empty = make_group("Empty", {u[3]}, "HR Admin");
  const auto clear = make_group("Clear", {u[4]}, "HR Admin");
  const auto gone = make_group("Gone", {u[5]}, "HR Admin");
  const auto asserted = [&](const std::string& roles) {
    return R"({"userName":"u6@acme.example","roles":[)" + roles + "]}";
  };
  ASSERT_TRUE(replace("User", u[6], asserted(R"({"value":"HR Admin"})")));
  const std::string extension = "urn:ietf:params:scim:schemas:extension:rolecall:2.0:User:defaultRole";
  const auto default_role = [&](const std::string& role_name) {
    return R"({"op":"replace","path":")" + extension + R"(","value":")" + role_name + "\"}";
  };
  ASSERT_TRUE(patch("User", u[7], default_role("HR Admin")));
  let_them_grow_old();
  let(0);
  struct Path {
    const char* what;
    std::function<Result<void>()> ask;
    std::string action;
    ResourceId user;
    std::vector<std::string> roles;  ///< in the end
  };
  const std::vector<std::string> agent{"IT Agent"};
  const Path paths[] = {
      {"PATCH active", [&] { return deactivate(u[0]); }, "deactivate", u[0], {}},
      {"PUT active",
       [&] { return done(replace("User", u[1], R"({"userName":"u1@acme.example","active":false})")); },
       "deactivate",
       u[1],
       {}},
      {"PATCH remove a member", [&] { return done(patch("Group", leave, remove_member(u[2]))); }, "change", u[2],
       agent},
      {"PUT without members", [&] { return done(replace("Group", empty, R"({"displayName":"Empty","members":[]})")); },
       "change", u[3], agent},
      {"PATCH remove all members", [&] { return done(patch("Group", clear, R"({"op":"remove","path":"members"})")); },
       "change", u[4], agent},
      {"DELETE a group", [&] { return remove("Group", gone); }, "delete", u[5], agent},
      {"PUT other roles", [&] { return done(replace("User", u[6], asserted(""))); }, "change", u[6], agent},
      {"PATCH a lower default", [&] { return done(patch("User", u[7], default_role("IT Agent"))); }, "change", u[7],
       agent},
      {"DELETE a user", [&] { return remove("User", u[8]); }, "delete", u[8], {}},
  };
  const auto before = everything();
  for (const Path& path : paths) {
    const auto answer = path.ask();
    ASSERT_FALSE(answer) << path.what;
    EXPECT_EQ(answer.error().code, ErrorCode::held) << path.what << answer.error().detail;
    const auto waiting = held();
    ASSERT_FALSE(waiting.empty()) << path.what;
    EXPECT_EQ(waiting.back().action, path.action) << path.what;
    EXPECT_EQ(waiting.back().due.has_value(), path.action == "deactivate") << path.what;
    EXPECT_THAT(waiting.back().costs, HasSubstr(path.user.value())) << path.what;
  }
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(held().size(), std::size(paths));
  for (const auto& decision : apply_all().made) {
    EXPECT_FALSE(decision.error) << decision.error->detail;
    EXPECT_EQ(decision.change.state, HeldState::applied);
    EXPECT_EQ(decision.change.decided_by, "admin");
  }
  EXPECT_THAT(held(), IsEmpty());
  for (const Path& path : paths) {
    const std::string what = path.what;
    if (what == "DELETE a user") {
      EXPECT_EQ(get("User", path.user).error().code, ErrorCode::not_found);
    } else {
      EXPECT_EQ(roles_of(path.user), path.roles) << what;
    }
    const auto again = path.ask();
    const bool is_gone = path.action == "delete";
    EXPECT_EQ(again.has_value(), !is_gone) << what << ": the retry of the IdP has nothing left to do";
    if (is_gone) {
      EXPECT_EQ(again.error().code, ErrorCode::not_found) << what;
    }
  }
}

TEST_F(GuardTest, WhatGivesOrOnlyMoves_IsNotCounted) {
  let(0);
  const auto users = make_users(3);
  let_them_grow_old();
  const auto group = make_group("Tier 2", {users[0]}, "");
  ASSERT_TRUE(patch("Group", group, add_member(users[1]))) << "the default role ends, and nothing is taken";
  ASSERT_TRUE(patch("Group", group, R"({"op":"replace","path":"displayName","value":"Tier two"})"));
  ASSERT_TRUE(patch("User", users[2], R"({"op":"replace","path":"title","value":"Boss"})"));
  ASSERT_TRUE(replace("User", users[2], R"({"userName":"u2@acme.example","active":true})"));
  EXPECT_EQ(guard().losses, 0);
  EXPECT_THAT(held(), IsEmpty());
}

TEST_F(GuardTest, UserWhoLosesTwice_CountsOnce) {
  let(1);
  const auto users = make_users(2);
  const auto group = make_group("Tier 2", {users[0], users[1]}, "HR Admin");
  let_them_grow_old();
  ASSERT_TRUE(patch("Group", group, remove_member(users[0])));
  ASSERT_TRUE(deactivate(users[0]));
  ASSERT_TRUE(patch("User", users[0], kActivate));
  ASSERT_TRUE(deactivate(users[0]));
  EXPECT_EQ(guard().losses, 1);
  EXPECT_FALSE(deactivate(users[1]));
}

TEST_F(GuardTest, OneChangeThatCostsTooMany_IsHeldAsAWhole) {
  let(2);
  const auto users = make_users(3);
  const auto group = make_group("Tier 2", users, "HR Admin");
  let_them_grow_old();
  EXPECT_FALSE(remove("Group", group));
  ASSERT_EQ(held().size(), 1u);
  EXPECT_EQ(held().front().users, 3);
  ASSERT_TRUE(patch("Group", group, remove_member(users[0]))) << "what is less is done";
  ASSERT_TRUE(patch("Group", group, remove_member(users[1])));
  EXPECT_FALSE(patch("Group", group, remove_member(users[2])));
}

TEST_F(GuardTest, Newcomers_DoNotCount) {
  let(0);
  const auto users = make_users(2);
  clock_.advance(std::chrono::hours(24) - std::chrono::seconds(1));
  ASSERT_TRUE(deactivate(users[0]));
  ASSERT_TRUE(remove("User", users[0]));
  clock_.advance(std::chrono::seconds(1));
  EXPECT_FALSE(deactivate(users[1]));
}

TEST_F(GuardTest, Observe_DoesItAndSaysIt) {
  let(1, GuardMode::observe);
  const auto users = make_users(3);
  let_them_grow_old();
  for (const auto& user : users) ASSERT_TRUE(deactivate(user));
  EXPECT_THAT(held(), IsEmpty());
  ASSERT_EQ(trips_.size(), 1u);
  EXPECT_EQ(trips_[0].mode, GuardMode::observe);
  EXPECT_THAT(guard_rows(), ElementsAre("guard.tripped"));
  EXPECT_EQ(waves().at(0).changes, 3) << "what it let pass can be taken back";
}

TEST_F(GuardTest, Off_CountsNothing) {
  let(0, GuardMode::off);
  const auto users = make_users(2);
  let_them_grow_old();
  ASSERT_TRUE(deactivate(users[0]));
  ASSERT_TRUE(remove("User", users[1]));
  EXPECT_EQ(guard().losses, 0);
  EXPECT_THAT(waves(), IsEmpty());
}

TEST_F(GuardTest, AnswerAccept_IsTheSuccessThatItWouldHaveBeen) {
  access::GuardSettings settings;
  settings.minimum = settings.percent = 0;
  settings.answer = access::GuardAnswer::accept;
  set(settings);
  const auto users = make_users(2);
  let_them_grow_old();
  const auto answer = patch("User", users[0], kDeactivate);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->record.is_active);
  EXPECT_TRUE(is_active(users[0]));
  ASSERT_TRUE(remove("User", users[1]));
  EXPECT_TRUE(get("User", users[1]));
  EXPECT_EQ(held().size(), 2u);
}

TEST_F(GuardTest, AsManyWaitAsMay_AndNoMore) {
  environment_->held_changes = 2;
  access::GuardSettings settings;
  settings.minimum = settings.percent = 0;
  set(settings);
  const auto users = make_users(3);
  let_them_grow_old();
  for (const std::size_t i : {0, 1}) EXPECT_THAT(deactivate(users[i]).error().detail, HasSubstr("The change is held"));
  const auto refused = deactivate(users[2]);
  EXPECT_EQ(refused.error().code, ErrorCode::held);
  EXPECT_THAT(refused.error().detail, HasSubstr("it is not held either: 2 changes wait"));
  EXPECT_EQ(held().size(), 2u);
  EXPECT_THAT(deactivate(users[0]).error().detail, HasSubstr("The change is held")) << "it waits already";
  settings.answer = access::GuardAnswer::accept;
  set(settings);
  EXPECT_TRUE(deactivate(users[0]));
  EXPECT_EQ(deactivate(users[2]).error().code, ErrorCode::held) << "nobody is told a success of what is not kept";
  ASSERT_EQ(reject_all().made.size(), 2u);
  EXPECT_TRUE(deactivate(users[2]));
  EXPECT_EQ(held().size(), 1u);
}

/// In single mode a new group with a role of higher priority and fewer permissions takes something.
TEST_F(GuardTest, WhatMakesSomethingNew_IsRefusedAsAWholeWhateverTheAnswerIsSetTo) {
  ASSERT_TRUE(administration::set_role_mode(*administration_, {}, "default", access::RoleMode::single));
  ASSERT_TRUE(administration::create_role(*administration_, workspace_, {}, {"Watcher", "", {"requests.view"}}));
  ASSERT_TRUE(administration::update_role(*administration_, workspace_, {}, "Watcher", {{}, {}, 1}));
  const auto users = make_users(2);
  for (const auto& user : users) grant_directly(user, "HR Admin");
  let_them_grow_old();
  const auto watcher = find_group("Watcher");
  ASSERT_TRUE(remove("Group", watcher.id)) << "and it is listed anew";
  const std::string body = R"({"displayName":"Watcher","members":[{"value":")" + users[0].value() + R"("},{"value":")" +
                           users[1].value() + "\"}]}";
  for (const auto answer : {access::GuardAnswer::refuse, access::GuardAnswer::accept}) {
    access::GuardSettings settings;
    settings.minimum = 1;
    settings.percent = 0;
    settings.answer = answer;
    set(settings);
    const auto refused = try_create("Group", body);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::held);
    EXPECT_THAT(refused.error().detail, HasSubstr("what makes something new cannot be held"));
    EXPECT_THAT(held(), IsEmpty());
    for (const auto& user : users) EXPECT_EQ(roles_of(user), std::vector<std::string>{"HR Admin"});
  }
  let(2);
  ASSERT_TRUE(try_create("Group", body));
  for (const auto& user : users) EXPECT_EQ(roles_of(user), std::vector<std::string>{"Watcher"});
}

TEST_F(GuardTest, ProtectedRole_IsNeverTakenNorHeld) {
  const auto users = make_users(2);
  for (const auto& user : users) grant_directly(user, "Owner");
  let(100);
  EXPECT_EQ(deactivate(users[0]).error().code, ErrorCode::forbidden) << "whatever the limit, and at any age";
  let(0);
  let_them_grow_old();
  const auto refused = deactivate(users[0]);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
  EXPECT_THAT(refused.error().detail, HasSubstr("the protected role Owner"));
  EXPECT_EQ(remove("User", users[1]).error().code, ErrorCode::forbidden);
  EXPECT_THAT(held(), IsEmpty());
  let(0, GuardMode::observe);
  ASSERT_TRUE(deactivate(users[0])) << "who only looks on does not stand in the way";
  EXPECT_EQ(deactivate(users[1]).error().code, ErrorCode::forbidden) << "but the last holder stays one";
  EXPECT_EQ(roles_of(users[1]), std::vector<std::string>{"Owner"});
}

TEST_F(GuardTest, IdpThatEndsEverybody_LeavesTheOwnersAndWhoIsOverTheLimit) {
  access::GuardSettings settings;
  settings.minimum = 2;
  set(settings);
  const auto users = make_users(8);
  grant_directly(users[0], "Owner");
  grant_directly(users[5], "Owner");
  let_them_grow_old();
  for (const auto& user : users) static_cast<void>(deactivate(user));
  std::vector<bool> active;
  for (const auto& user : users) active.push_back(is_active(user));
  EXPECT_THAT(active, ElementsAre(true, false, false, true, true, true, true, true));
  EXPECT_EQ(held().size(), 4u);
  clock_.advance(std::chrono::hours(4));
  EXPECT_EQ(apply_due(), 4);
  EXPECT_EQ(roles_of(users[0]), std::vector<std::string>{"Owner"});
  EXPECT_EQ(roles_of(users[5]), std::vector<std::string>{"Owner"});
}

TEST_F(GuardTest, Password_IsInNothingThatIsKept) {
  let(0);
  const auto users = make_users(1);
  let_them_grow_old();
  ASSERT_FALSE(done(
      replace("User", users[0], R"({"userName":"u0@acme.example","active":false,"password":"canary-7f3a!Secret"})")));
  ASSERT_EQ(held().size(), 1u);
  EXPECT_THAT(held().front().effect, Not(HasSubstr("canary")));
  EXPECT_THAT(held().front().effect, HasSubstr(R"("active":false)"));
}

TEST_F(GuardTest, GroupOfTheOtherConnection_HasItsOwnGuard) {
  let(0);
  const auto users = make_users(1);
  use_connection(make_connection("entra"));
  const auto other = create_user("other@acme.example").id;
  let_them_grow_old();
  ASSERT_TRUE(deactivate(other)) << "its limit is the default";
  use_connection(administration::get_connection(*administration_, workspace_, "okta").value());
  EXPECT_FALSE(deactivate(users[0]));
}

}  // namespace
}  // namespace rolecall::test
