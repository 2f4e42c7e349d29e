#include <deque>

#include "told_org.hpp"

namespace rolecall::administration {
namespace {

using connector::Call;
using connector::Reply;
using store::HookState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string event(const std::string& person, const std::string& uuid = "e-1",
                  const std::string& type = "user.lifecycle.suspend") {
  return R"({"data":{"events":[{"uuid":")" + uuid + R"(","eventType":")" + type +
         R"(","published":"2026-03-03T10:00:00.000Z","target":[{"type":"User","id":")" + person + R"("}]}]}})";
}

class DirectoryEvents : public DirectoryAccess {
 protected:
  static constexpr const char* kUrl = "https://scim.example.com";

  CreatedHook make_hook(bool is_by_hand = true) {
    auto made = create_hook(world.environment, world.workspace, world.admin, "okta-api", {kUrl, is_by_hand});
    EXPECT_TRUE(made) << made.error().detail;
    return made.value_or(CreatedHook());
  }
  Result<Delivered> deliver(const std::string& body, const std::string& presented) {
    return receive_events(world.environment, "okta", directory, presented, body);
  }
  void tell(const std::string& body) {
    const auto taken = deliver(body, secret);
    ASSERT_TRUE(taken) << taken.error().detail;
  }
  std::optional<RereadJob> claim_one() {
    auto job = claim_reread(world.environment, kLease);
    EXPECT_TRUE(job) << job.error().note;
    return job.value_or(std::nullopt);
  }
  /// One read of what is due, by the org's answers; none when nothing is.
  std::optional<Reread> reread(bool is_second_look = false) {
    const auto job = claim_one();
    return job ? std::optional(store(*job, is_second_look)) : std::nullopt;
  }
  Reread store(const RereadJob& job, bool is_second_look = false) {
    const auto& okta = *connector::find_connector("okta");
    const Instant now = world.clock.now();
    ReadAgain read{okta.read_person(answer(okta.get_person(job.wanted.person).target), now)};
    if (read.person && job.wanted.with_sets) {
      read.groups =
          okta.read_groups(answer(okta.list_groups_of(job.wanted.person).target), "acme.okta.com", now)->items;
      const auto held = okta.list_applications_of(job.wanted.person).target;
      if (org.contains(held)) read.applications = okta.read_applications_of(answer(held), "acme.okta.com", now)->items;
    }
    const auto stored = store_reread(world.environment, job, read, is_second_look);
    EXPECT_TRUE(stored) << stored.error().note;
    return stored.value_or(Reread::done);
  }
  std::string secret;
};

TEST_F(DirectoryEvents, Delivery_NeedsTheSecretOfItsDirectory) {
  EXPECT_EQ(deliver(event(kMaya), "").error().code, ErrorCode::unauthenticated) << "there is no hook";
  secret = make_hook().secret.expose();
  EXPECT_THAT(secret, testing::StartsWith("rolecall_hook_"));
  for (const std::string& wrong : {std::string(), secret + "x", secret.substr(1), std::string("x")}) {
    const auto refused = deliver(event(kMaya), wrong);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unauthenticated);
  }
  for (const DirectoryId& other : {DirectoryId("x"), DirectoryId("00000000-0000-7000-8000-000000000999")}) {
    const auto refused = receive_events(world.environment, "okta", other, secret, event(kMaya));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().detail, deliver("", "").error().detail) << "absent and not yours look the same";
  }
  EXPECT_FALSE(receive_events(world.environment, "entra", directory, secret, event(kMaya)));
  EXPECT_EQ(deliver("{}", secret).error().code, ErrorCode::invalid_syntax);
  EXPECT_FALSE(claim_one()) << "nothing of all that was stored";
  EXPECT_EQ(deliver(event(kMaya), secret)->added, 1U);
  EXPECT_TRUE(get_hook(world.environment, world.workspace, "okta-api")->received);
  EXPECT_TRUE(*has_hook(world.environment, "okta", directory));
  EXPECT_FALSE(*has_hook(world.environment, "okta", DirectoryId("00000000-0000-7000-8000-000000000999")));
}

TEST_F(DirectoryEvents, Event_CountsOnceAndTheReadDecides) {
  secret = make_hook().secret.expose();
  const auto maya = push("maya@x.example", kMaya);
  tell(event(kMaya));
  tell(event(kMaya));
  EXPECT_EQ(reread(), Reread::done);
  EXPECT_EQ(reread(), std::nullopt) << "told twice, read once";
  EXPECT_EQ(person(kMaya).person.status, "active") << "whatever the event says";
  EXPECT_THAT(settle(), IsEmpty());
  show(kMaya, "SUSPENDED");
  tell(event(kMaya, "e-2", "user.account.update_profile"));
  EXPECT_EQ(reread(), Reread::done);
  EXPECT_THAT(settle(), ElementsAre(What::ended));
  EXPECT_FALSE(is_active(maya));
  EXPECT_THAT(rows("user.access_ended").front().details, HasSubstr("DirectoryEvent/e-2"));
  EXPECT_EQ(rows("user.access_ended").front().request, RequestId("e-2"));
  org["/api/v1/users/" + std::string(kMaya)] = kAbsent;
  say_active(maya, true);
  tell(event(kMaya, "e-3", "user.lifecycle.delete.initiated"));
  EXPECT_EQ(reread(), Reread::done);
  EXPECT_THAT(settle(), ElementsAre(What::ended));
  EXPECT_TRUE(person(kMaya).person.gone);
  tell(event("00u9ab2cd3EF4gh5IJ6k", "e-4"));
  EXPECT_EQ(reread(), Reread::done) << "somebody of whom nobody knows";
}

TEST_F(DirectoryEvents, WhatIsToldWhileItIsRead_IsReadOnceMore) {
  secret = make_hook().secret.expose();
  tell(event(kMaya));
  const auto job = claim_one();
  ASSERT_TRUE(job);
  tell(event(kMaya, "e-2"));
  EXPECT_FALSE(claim_one()) << "it is somebody's";
  EXPECT_EQ(store(*job), Reread::done);
  EXPECT_EQ(reread(), Reread::done);
  EXPECT_FALSE(claim_one());
}

TEST_F(DirectoryEvents, ReadThatFails_IsTriedAgainAndRemovesNobody) {
  secret = make_hook().secret.expose();
  const auto maya = push("maya@x.example", kMaya);
  const std::string target = "/api/v1/users/" + std::string(kMaya);
  for (const Reply& bad : {Reply{500, {}, ""}, Reply{404, {}, "<html>"}, Reply{200, {}, ""}, Reply{429, {}, ""},
                           Reply{401, {}, ""}, Reply{200, {}, user(kTom, "SUSPENDED")}}) {
    org[target] = bad;
    tell(event(kMaya, "e-" + std::to_string(bad.status) + std::to_string(bad.body.size())));
    EXPECT_EQ(reread(), Reread::postponed) << bad.status;
    EXPECT_EQ(reread(), std::nullopt) << "it waits";
    world.clock.advance(std::chrono::hours(1));
  }
  EXPECT_TRUE(is_active(maya));
  show(kMaya, "SUSPENDED");
  EXPECT_EQ(reread(), Reread::done);
  EXPECT_THAT(settle(), ElementsAre(What::ended));
  org[target] = {500, {}, ""};
  tell(event(kMaya, "e-9"));
  int tries = 0;
  for (; tries < 100 && claim_one(); ++tries) world.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(tries, 100) << "a claim that nobody ends runs out and comes back";
  tries = 0;
  for (auto outcome = reread(); outcome; outcome = reread()) {
    ++tries;
    world.clock.advance(std::chrono::hours(1));
    if (*outcome == Reread::done) break;
  }
  EXPECT_EQ(tries, 16) << "then the next run has to find out";
}

TEST_F(DirectoryEvents, WhileTheProviderIsAtIt_ThePersonIsReadAgain) {
  secret = make_hook().secret.expose();
  const auto maya = push("maya@x.example", kMaya);
  std::string text = user(kMaya);
  text.insert(1, R"("transitioningToStatus":"DEPROVISIONED",)");
  org["/api/v1/users/" + std::string(kMaya)] = {200, {}, text};
  tell(event(kMaya, "e-1", "user.lifecycle.deactivate"));
  EXPECT_EQ(reread(), Reread::postponed);
  EXPECT_THAT(settle(), IsEmpty());
  show(kMaya, "DEPROVISIONED");
  world.clock.advance(std::chrono::seconds(3));
  EXPECT_EQ(reread(), Reread::done);
  EXPECT_THAT(settle(), ElementsAre(What::ended));
  EXPECT_FALSE(is_active(maya));
}

TEST_F(DirectoryEvents, Membership_BringsTheGroupsAndNoShortListTakesOne) {
  secret = make_hook().secret.expose();
  org["/api/v1/groups"] = page({group("g1"), group("g2")});
  org["/api/v1/groups/g1/users"] = page({user(kMaya)});
  org["/api/v1/groups/g2/users"] = page({});
  read_all();
  const std::string target = "/api/v1/users/" + std::string(kMaya) + "/groups";
  const auto told = [&](const char* uuid) { tell(event(kMaya, uuid, "group.user_membership.add")); };
  org[target] = page({group("g1"), group("g2"), group("g3")});
  told("e-1");
  EXPECT_EQ(reread(), Reread::done);
  EXPECT_THAT(groups_of(kMaya), ElementsAre("g1", "g2")) << "g3 is for the next run";
  org[target] = page({});
  told("e-2");
  EXPECT_EQ(reread(), Reread::done) << "nobody is in no group";
  EXPECT_THAT(groups_of(kMaya), ElementsAre("g1", "g2"));
  org[target] = page({group("g1")});
  told("e-3");
  const auto job = claim_one();
  ASSERT_TRUE(job);
  EXPECT_EQ(store(*job), Reread::look_again);
  EXPECT_THAT(groups_of(kMaya), ElementsAre("g1", "g2"));
  EXPECT_EQ(store(*job, true), Reread::done);
  EXPECT_THAT(groups_of(kMaya), ElementsAre("g1"));
  EXPECT_FALSE(claim_one());
}

TEST_F(DirectoryEvents, Paused_ReadsNobodyAndForgetsNothing) {
  secret = make_hook().secret.expose();
  DirectoryChange pause;
  pause.is_paused = true;
  change(pause);
  tell(event(kMaya));
  EXPECT_FALSE(claim_one());
  pause.is_paused = false;
  change(pause);
  EXPECT_EQ(reread(), Reread::done);
  ASSERT_TRUE(remove_directory(world.environment, world.workspace, world.admin, "okta-api"));
  EXPECT_FALSE(deliver(event(kMaya, "e-2"), secret));
}

/// An Okta that answers from a list.
struct Script {
  std::deque<Reply> replies;
  std::vector<std::string> asked;

  connector::Session session(const Clock& clock) {
    return {*connector::find_connector("okta"),
            {"ssws", "", Secret("00token-of-a-test")},
            {},
            clock,
            [this](const Call& call) -> connector::Answer<Reply> {
              asked.push_back(call.method + " " + call.target);
              if (replies.empty()) return tl::unexpected(connector::no_reply("Nobody answers."));
              Reply reply = std::move(replies.front());
              replies.pop_front();
              return reply;
            }};
  }
};
std::string hook_text(const std::string& id, const std::string& url, bool is_verified) {
  return R"({"id":")" + id + R"(","status":"ACTIVE","verificationStatus":")" +
         (is_verified ? "VERIFIED" : "UNVERIFIED") + R"(","channel":{"config":{"uri":")" + url + R"("}}})";
}

TEST_F(DirectoryEvents, Hook_IsMadeOnceWhateverAnAttemptLeftBehind) {
  const auto made = make_hook(false);
  EXPECT_EQ(made.hook.state, HookState::making) << "the token has the rights of its owner";
  EXPECT_TRUE(made.secret.empty()) << "nobody has to paste it";
  EXPECT_EQ(made.hook.url, std::string(kUrl) + "/hooks/v1/okta/" + directory.value());
  const auto again = create_hook(world.environment, world.workspace, world.admin, "okta-api", {kUrl, false});
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  auto job = *claim_hook(world.environment, kLease);
  ASSERT_TRUE(job);
  EXPECT_FALSE(*claim_hook(world.environment, kLease)) << "it is somebody's";
  Script okta;
  okta.replies = {{503, {}, ""}};
  auto session = okta.session(world.clock);
  auto outcome = work_on_hook(session, *job);
  ASSERT_TRUE(outcome.trouble);
  EXPECT_EQ(*settle_hook(world.environment, *job, outcome), HookState::making);
  EXPECT_THAT(get_hook(world.environment, world.workspace, "okta-api")->reason, HasSubstr("503"));
  EXPECT_FALSE(*claim_hook(world.environment, kLease)) << "it waits";
  world.clock.advance(std::chrono::minutes(10));
  job = *claim_hook(world.environment, kLease);
  ASSERT_TRUE(job);
  okta.asked.clear();
  okta.replies = {
      {200,
       {},
       "[" + hook_text("whoOther", "https://other", true) + "," + hook_text("whoLost", made.hook.url, false) + "]"},
      {200, {}, hook_text("whoLost", made.hook.url, false)},
      {204, {}, ""},
      {200, {}, hook_text("whoNew", made.hook.url, false)},
      {200, {}, hook_text("whoNew", made.hook.url, true)}};
  outcome = work_on_hook(session, *job);
  EXPECT_FALSE(outcome.trouble);
  EXPECT_THAT(okta.asked, ElementsAre("GET /api/v1/eventHooks", "POST /api/v1/eventHooks/whoLost/lifecycle/deactivate",
                                      "DELETE /api/v1/eventHooks/whoLost", "POST /api/v1/eventHooks",
                                      "POST /api/v1/eventHooks/whoNew/lifecycle/verify"));
  EXPECT_EQ(*settle_hook(world.environment, *job, outcome), HookState::verified);
  const auto hook = *get_hook(world.environment, world.workspace, "okta-api");
  EXPECT_EQ(hook.vendor_id, "whoNew");
  EXPECT_EQ(hook.reason, "");
  EXPECT_TRUE(hook.verified);
  EXPECT_FALSE(*claim_hook(world.environment, kLease));

  const auto removing = *remove_hook(world.environment, world.workspace, world.admin, "okta-api");
  ASSERT_TRUE(removing);
  EXPECT_EQ(removing->state, HookState::removing);
  job = *claim_hook(world.environment, kLease);
  ASSERT_TRUE(job);
  EXPECT_FALSE(deliver(event(kMaya), job->secret.expose())) << "nothing that comes counts any more";
  okta.asked.clear();
  okta.replies = {{200, {}, "[" + hook_text("whoNew", "https://moved", true) + "]"}, {200, {}, "{}"}, {204, {}, ""}};
  outcome = work_on_hook(session, *job);
  EXPECT_FALSE(outcome.trouble);
  EXPECT_EQ(okta.asked.back(), "DELETE /api/v1/eventHooks/whoNew");
  EXPECT_EQ(*settle_hook(world.environment, *job, outcome), std::nullopt);
  EXPECT_EQ(get_hook(world.environment, world.workspace, "okta-api").error().code, ErrorCode::not_found);
}

TEST_F(DirectoryEvents, HookThatCannotBeTakenAway_IsForgottenWhenAskedASecondTime) {
  make_hook(false);
  ASSERT_TRUE(*remove_hook(world.environment, world.workspace, world.admin, "okta-api"));
  EXPECT_FALSE(*remove_hook(world.environment, world.workspace, world.admin, "okta-api"));
  EXPECT_FALSE(get_hook(world.environment, world.workspace, "okta-api"));
  EXPECT_THAT(rows("directory.hook_removed").front().details, HasSubstr(R"("stays_there":true)"));
  EXPECT_EQ(create_hook(world.environment, world.workspace, world.admin, "okta-api", {"", true}).error().code,
            ErrorCode::conflict)
      << "without an address there is nothing to tell the provider";
}

TEST_F(DirectoryEvents, Hook_IsMadeByUsWhereTheScopeIsGranted) {
  ASSERT_TRUE(create_directory(world.environment, world.workspace, world.admin,
                               {"apps",
                                "okta",
                                "acme.okta.com",
                                "client_secret",
                                "0oa1",
                                Secret("s"),
                                {"okta.users.read", "okta.eventHooks.manage"}}));
  ASSERT_TRUE(create_directory(world.environment, world.workspace, world.admin,
                               {"none", "okta", "acme.okta.com", "client_secret", "0oa1", Secret("s"), {}}));
  const auto state = [&](const char* name) {
    return create_hook(world.environment, world.workspace, world.admin, name, {kUrl, false})->hook.state;
  };
  EXPECT_EQ(state("apps"), HookState::making);
  EXPECT_EQ(state("none"), HookState::by_hand);
}

}  // namespace
}  // namespace rolecall::administration
