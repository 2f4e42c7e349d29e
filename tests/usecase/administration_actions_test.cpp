#include <charconv>
#include <cstdlib>
#include <cstring>
#include <random>

#include "actions_org.hpp"

namespace rolecall::administration {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(AdministrationActions, Suspend_ReadsThenCalls_AndKeepsBoth) {
  const auto action = must_ask(asker, "suspend");
  EXPECT_EQ(action.state, ActionState::approved);
  EXPECT_THAT(run(), ElementsAre("GET /api/v1/users/maya", "POST /api/v1/users/maya/lifecycle/suspend"));
  const auto found = view(action);
  EXPECT_EQ(found.action.state, ActionState::succeeded);
  ASSERT_EQ(found.attempts.size(), 2U);
  EXPECT_EQ(found.attempts[0].kind, store::AttemptKind::read);
  EXPECT_EQ(found.attempts[1].status, 200);
  EXPECT_EQ(found.attempts[1].vendor_request, "v1");
  EXPECT_TRUE(found.attempts[1].finished);
  EXPECT_THAT(rows(), ElementsAre("action.requested", "action.succeeded"));
  EXPECT_THAT(run(), IsEmpty());
}

TEST_F(AdministrationActions, WhatIsSoAlready_IsNotSent) {
  set_status("maya", "SUSPENDED");
  const auto action = must_ask(asker, "suspend");
  EXPECT_THAT(run(), ElementsAre("GET /api/v1/users/maya"));
  EXPECT_EQ(state(action), ActionState::succeeded);
  EXPECT_THAT(view(action).action.note, HasSubstr("nothing was sent"));
  set_status("tom", "STAGED");
  const auto refused = must_ask(asker, "suspend", "tom");
  EXPECT_THAT(run(), ElementsAre("GET /api/v1/users/tom"));
  EXPECT_EQ(state(refused), ActionState::failed);
}

TEST_F(AdministrationActions, RestoreSessions_IsTheCallThatLetsThePersonIn_OrNone) {
  set_status("maya", "SUSPENDED");
  const auto suspended = must_ask(asker, "restore_sessions");
  EXPECT_THAT(run(), ElementsAre("GET /api/v1/users/maya", "POST /api/v1/users/maya/lifecycle/unsuspend"));
  EXPECT_EQ(state(suspended), ActionState::succeeded);
  org["POST /api/v1/users/tom/lifecycle/unlock"] = kDone;
  set_status("tom", "LOCKED_OUT");
  const auto locked = must_ask(asker, "restore_sessions", "tom");
  EXPECT_THAT(run(), ElementsAre("GET /api/v1/users/tom", "POST /api/v1/users/tom/lifecycle/unlock"));
  EXPECT_EQ(state(locked), ActionState::succeeded);
  const auto nothing = must_ask(asker, "restore_sessions", "ana");
  EXPECT_THAT(run(), ElementsAre("GET /api/v1/users/ana"));
  EXPECT_EQ(state(nothing), ActionState::succeeded);
  EXPECT_THAT(view(nothing).action.note, HasSubstr("brought back by nobody"));
}

TEST_F(AdministrationActions, OnlyPeopleWhoWereRead_AndWhatTheProviderKnows) {
  EXPECT_EQ(ask(asker, "suspend", "nobody").error().code, ErrorCode::not_found);
  const auto unknown = ask(asker, "suspnd");
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().detail, HasSubstr("suspend"));
  EXPECT_EQ(ask(asker, "suspend", "").error().code, ErrorCode::invalid_value);
  WantedAction wanted{"suspend", "maya@acme.example", "", "", {{"loud", true}}, ""};
  EXPECT_EQ(request_action(world.environment, world.workspace, asker, wanted).error().code, ErrorCode::invalid_value);
  wanted = {"suspend", "maya@acme.example", "", "", {}, std::string(kLongestReason + 1, 'x')};
  EXPECT_EQ(request_action(world.environment, world.workspace, asker, wanted).error().code, ErrorCode::invalid_value);
  wanted.reason.pop_back();
  EXPECT_TRUE(request_action(world.environment, world.workspace, asker, wanted));
}

TEST_F(AdministrationActions, Groups_AreFoundByName_AndHaveToTakeMembers) {
  const auto put = [&](const std::string& id, const std::string& name, bool accepts) {
    ASSERT_TRUE(world.environment.store.write([&](store::UnitOfWork& unit) {
      return unit.workspace(world.workspace)
          .people()
          .insert_set({directory, store::SetKind::group, id, name, "", "APP_GROUP", "", accepts, {}, {}, 1});
    }));
  };
  put("g1", "Finance", true);
  put("g2", "Everyone", false);
  put("g3", "Twin", true);
  put("g4", "Twin", true);
  const auto add = [&](const std::string& group) {
    return request_action(world.environment, world.workspace, asker,
                          {"add_to_group", "maya@acme.example", "", group, {}, ""});
  };
  const auto added = add("Finance");
  ASSERT_TRUE(added) << added.error().detail;
  EXPECT_EQ(added->object, "g1");
  EXPECT_EQ(added->object_name, "Finance");
  org["PUT /api/v1/groups/g1/users/maya"] = {204, {}, ""};
  EXPECT_THAT(run(), ElementsAre("PUT /api/v1/groups/g1/users/maya")) << "what may be repeated needs no look";
  EXPECT_EQ(add("Everyone").error().code, ErrorCode::conflict);
  EXPECT_EQ(add("Twin").error().code, ErrorCode::conflict);
  EXPECT_EQ(add("Nowhere").error().code, ErrorCode::not_found);
  EXPECT_TRUE(add("g4"));
}

TEST_F(AdministrationActions, MissingScope_IsNamed) {
  ASSERT_TRUE(reauthorize_directory(world.environment, world.workspace, world.admin, "okta-api",
                                    {"client_secret", "0oa1", Secret("secret")}));
  const auto refused = ask(asker, "suspend");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
  EXPECT_THAT(refused.error().detail, HasSubstr("okta.users.manage"));
  const auto all = directory_capabilities(world.environment, world.workspace, "okta-api");
  ASSERT_TRUE(all);
  for (const auto& one : *all) EXPECT_FALSE(one.is_available) << one.type->name;
}

TEST_F(AdministrationActions, Deprovision_IsLookedAtUntilItHasEnded) {
  const auto action = must_ask(asker, "deprovision");
  EXPECT_EQ(action.state, ActionState::awaiting_approval);
  EXPECT_THAT(run(), IsEmpty());
  ASSERT_TRUE(approve(boss, action));
  EXPECT_THAT(run(), ElementsAre("GET /api/v1/users/maya", "POST /api/v1/users/maya/lifecycle/deactivate"));
  EXPECT_EQ(state(action), ActionState::sent);
  set_status("maya", "ACTIVE", "DEPROVISIONED");
  world.clock.advance(std::chrono::seconds(2));
  EXPECT_THAT(run(), ElementsAre("GET /api/v1/users/maya"));
  EXPECT_EQ(state(action), ActionState::sent);
  set_status("maya", "DEPROVISIONED");
  world.clock.advance(std::chrono::seconds(2));
  EXPECT_THAT(run(), ElementsAre("GET /api/v1/users/maya"));
  EXPECT_EQ(state(action), ActionState::succeeded);
}

TEST_F(AdministrationActions, RevokedCredential_HoldsTheQueue_UntilItIsReauthorized) {
  const auto first = must_ask(asker, "suspend");
  const auto second = must_ask(asker, "suspend", "tom");
  org["GET /api/v1/users/maya"] = kRevoked;
  EXPECT_THAT(run(), ElementsAre("GET /api/v1/users/maya")) << "one call finds out, and no other is made";
  EXPECT_EQ(get_directory(world.environment, world.workspace, "okta-api")->state,
            store::DirectoryState::needs_reauthorization);
  EXPECT_EQ(state(first), ActionState::approved);
  EXPECT_EQ(state(second), ActionState::approved);
  world.clock.advance(std::chrono::minutes(4));
  EXPECT_THAT(run(), IsEmpty());
  ASSERT_TRUE(reauthorize_directory(world.environment, world.workspace, world.admin, "okta-api",
                                    {"", "", Secret("00another")}));
  EXPECT_THAT(run(), IsEmpty()) << "until it was tried";
  settle_test();
  set_status("maya", "ACTIVE");
  run();
  EXPECT_EQ(state(first), ActionState::succeeded);
  EXPECT_EQ(state(second), ActionState::succeeded);
}

TEST_F(AdministrationActions, Throttled_NothingIsSentBeforeTheTime) {
  const auto first = must_ask(asker, "suspend");
  const auto second = must_ask(asker, "suspend", "tom");
  org["POST /api/v1/users/maya/lifecycle/suspend"] = {429, {{"Retry-After", "60"}}, R"({"errorCode":"E0000047"})"};
  EXPECT_EQ(run().size(), 2U);
  EXPECT_EQ(state(first), ActionState::approved);
  world.clock.advance(std::chrono::seconds(59));
  EXPECT_THAT(run(), IsEmpty());
  org["POST /api/v1/users/maya/lifecycle/suspend"] = kDone;
  world.clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(run().size(), 4U);
  EXPECT_EQ(state(first), ActionState::succeeded);
  EXPECT_EQ(state(second), ActionState::succeeded);
}

TEST_F(AdministrationActions, WhatAnotherWorkerHeard_HoldsWhatIsNotSentYet) {
  for (const bool is_throttled : {true, false}) {
    const auto first = must_ask(asker, "suspend");
    const auto second = must_ask(asker, "suspend", "tom");
    auto job = claim();
    auto other = claim();
    ASSERT_TRUE(job && other);
    EXPECT_TRUE(step(*job)) << "read, and about to be sent";
    org["GET /api/v1/users/tom"] =
        is_throttled ? connector::Reply{429, {{"Retry-After", "60"}}, R"({"errorCode":"E0000047"})"} : kRevoked;
    EXPECT_FALSE(step(*other));
    asked.clear();
    EXPECT_FALSE(*begin_step(world.environment, *job, kActionLease));
    EXPECT_EQ(state(first), ActionState::approved);
    EXPECT_EQ(view(first).attempts.size(), 1U);
    world.clock.advance(std::chrono::seconds(60));
    set_status("tom", "ACTIVE");
    if (!is_throttled) {
      ASSERT_TRUE(reauthorize_directory(world.environment, world.workspace, world.admin, "okta-api",
                                        {"", "", Secret("00another")}));
      settle_test();
    }
    run();
    EXPECT_EQ(state(first), ActionState::succeeded);
    EXPECT_EQ(state(second), ActionState::succeeded);
  }
}

TEST_F(AdministrationActions, NearlyUsedUpLimit_IsLeftToOthers) {
  const auto reset =
      std::chrono::duration_cast<std::chrono::seconds>(world.clock.now().time_since_epoch()).count() + 30;
  connector::Reply nearly = org["GET /api/v1/users/maya"];
  nearly.headers = {
      {"X-Rate-Limit-Limit", "100"}, {"X-Rate-Limit-Remaining", "3"}, {"X-Rate-Limit-Reset", std::to_string(reset)}};
  org["GET /api/v1/users/maya"] = nearly;
  must_ask(asker, "suspend");
  must_ask(asker, "suspend", "tom");
  EXPECT_THAT(run(), ElementsAre("GET /api/v1/users/maya", "POST /api/v1/users/maya/lifecycle/suspend"))
      << "what was begun is ended, and nothing else is begun";
  world.clock.advance(std::chrono::seconds(31));
  EXPECT_EQ(run().size(), 2U);
}

TEST_F(AdministrationActions, SilentProvider_IsAskedByOneCallAfterLongerAndLongerRests) {
  for (const char* name : {"maya", "tom", "ana"}) org["GET /api/v1/users/" + std::string(name)] = kBusy;
  const auto action = must_ask(asker, "suspend");
  must_ask(asker, "suspend", "tom");
  must_ask(asker, "suspend", "ana");
  EXPECT_EQ(run().size(), 3U) << "three, and it is left alone";
  world.clock.advance(std::chrono::seconds(4));
  EXPECT_THAT(run(), IsEmpty());
  world.clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(run().size(), 1U) << "one finds out";
  world.clock.advance(std::chrono::seconds(9));
  EXPECT_THAT(run(), IsEmpty());
  for (const char* name : {"maya", "tom", "ana"}) set_status(name, "SUSPENDED");
  world.clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(run().size(), 3U) << "and all go on";
  EXPECT_EQ(state(action), ActionState::succeeded);
}

TEST_F(AdministrationActions, DoneOnce_LostAnswer_IsUnknownAndNotSentAgain) {
  org.erase("POST /api/v1/users/maya/lifecycle/reset_password");
  const auto action = must_ask(asker, "reset_password");
  EXPECT_EQ(run().size(), 2U);
  EXPECT_EQ(state(action), ActionState::unknown);
  EXPECT_TRUE(view(action).action.ended);
  world.clock.advance(std::chrono::hours(1));
  EXPECT_THAT(run(), IsEmpty());
}

TEST_F(AdministrationActions, Unknown_IsResolvedBySomebodysWord_WhenTheProviderIsNotAskedAnyMore) {
  const auto resolve = [&](const ActionRecord& action, bool is_done, std::string comment = "") {
    return resolve_action(world.environment, world.workspace, world.admin, action.id, {is_done, std::move(comment)});
  };
  org.erase("POST /api/v1/users/maya/lifecycle/reset_password");
  const auto action = must_ask(asker, "reset_password");
  EXPECT_EQ(resolve(action, true).error().code, ErrorCode::conflict) << "it was not even sent";
  run();
  ASSERT_EQ(state(action), ActionState::unknown);
  EXPECT_EQ(resolve(action, true, std::string(501, 'x')).error().code, ErrorCode::invalid_value);
  const auto resolved = resolve(action, true, "She has the mail.");
  ASSERT_TRUE(resolved) << resolved.error().detail;
  EXPECT_EQ(state(action), ActionState::succeeded);
  EXPECT_EQ(view(action).action.note, "admin says that it was done. She has the mail.");
  EXPECT_EQ(resolve(action, false).error().code, ErrorCode::conflict) << "said once";

  set_status("maya", "STAGED");
  org.erase("POST /api/v1/users/maya/lifecycle/activate");
  const auto asked_about = must_ask(asker, "activate");
  run();
  ASSERT_EQ(state(asked_about), ActionState::unknown);
  EXPECT_EQ(resolve(asked_about, false).error().code, ErrorCode::conflict) << "the provider is still asked";
}

TEST_F(AdministrationActions, DoneOnce_LostAnswer_IsFoundOutByReading) {
  set_status("maya", "STAGED");
  org.erase("POST /api/v1/users/maya/lifecycle/activate");
  const auto action = must_ask(asker, "activate");
  run();
  EXPECT_EQ(state(action), ActionState::unknown);
  set_status("maya", "PROVISIONED");
  world.clock.advance(std::chrono::seconds(3));
  EXPECT_THAT(run(), ElementsAre("GET /api/v1/users/maya"));
  EXPECT_EQ(state(action), ActionState::succeeded);
  set_status("tom", "STAGED");
  org.erase("POST /api/v1/users/tom/lifecycle/activate");
  const auto lost = must_ask(asker, "activate", "tom");
  run();
  for (int look = 0; look < 3; ++look) {
    world.clock.advance(std::chrono::seconds(3));
    EXPECT_THAT(run(), ElementsAre("GET /api/v1/users/tom"));
  }
  EXPECT_EQ(state(lost), ActionState::failed) << "it never arrived";
}

TEST_F(AdministrationActions, KilledAtEveryStep_OnceIsNeverSentTwice) {
  // 0: taken; 1: the read has begun; 2: it is known; 3: the call has begun; 4: it was made and nobody stored that.
  for (int cut = 0; cut <= 4; ++cut) {
    for (const char* what : {"reset_password", "suspend"}) {
      set_status("maya", "ACTIVE");
      const auto action = must_ask(asker, what);
      const std::string call = "POST /api/v1/users/maya/lifecycle/" + action.action;
      asked.clear();
      auto job = claim();
      ASSERT_TRUE(job);
      if (cut >= 1) {
        ASSERT_TRUE(*begin_step(world.environment, *job, kActionLease));
      }
      if (cut >= 2) {
        const auto answer = read_answer(*job, org["GET /api/v1/users/maya"], world.clock.now());
        ASSERT_TRUE(*settle_step(world.environment, *job, answer, kActionLease));
      }
      if (cut >= 3) {
        ASSERT_TRUE(*begin_step(world.environment, *job, kActionLease));
      }
      int effects = 0;
      if (cut >= 4) {
        ++effects;
        if (action.action == "suspend") set_status("maya", "SUSPENDED");
      }
      EXPECT_THAT(run(), IsEmpty()) << "the lease of who was killed still holds";
      world.clock.advance(kActionLease + std::chrono::seconds(1));
      run();
      world.clock.advance(std::chrono::seconds(5));
      const auto more = run();
      effects += static_cast<int>(std::count(asked.begin(), asked.end(), call));
      const std::string at = std::string(what) + ", cut " + std::to_string(cut);
      const auto end = state(action);
      if (action.action == "suspend") {
        EXPECT_EQ(end, ActionState::succeeded) << at;
      } else {
        EXPECT_EQ(end, cut >= 3 ? ActionState::unknown : ActionState::succeeded) << at;
        EXPECT_LE(effects, 1) << at;
      }
      // Whoever comes back from the dead stores nothing.
      const auto late = settle_step(world.environment, *job, read_answer(*job, kDone, world.clock.now()), kActionLease);
      EXPECT_FALSE(late.value_or(false)) << at;
      EXPECT_EQ(state(action), end) << at;
    }
  }
}

TEST_F(AdministrationActions, OfOnePerson_OneByOne_InTheirOrder) {
  const auto first = must_ask(asker, "suspend");
  const auto second = must_ask(asker, "unsuspend");
  const auto third = must_ask(asker, "revoke_sessions");
  auto job = claim();
  ASSERT_TRUE(job);
  EXPECT_EQ(job->action.id, first.id);
  EXPECT_FALSE(claim()) << "the others wait";
  while (step(*job)) {
  }
  set_status("maya", "SUSPENDED");
  run();
  EXPECT_THAT(asked, ElementsAre("GET /api/v1/users/maya", "POST /api/v1/users/maya/lifecycle/unsuspend",
                                 "DELETE /api/v1/users/maya/sessions"));
  EXPECT_EQ(state(second), ActionState::succeeded);
  EXPECT_EQ(state(third), ActionState::succeeded);
}

/// ROLECALL_ACTIONS=10000 for longer.
int actions_wished() {
  int number = 240;
  if (const char* text = std::getenv("ROLECALL_ACTIONS")) std::from_chars(text, text + std::strlen(text), number);
  return number;
}

TEST_F(AdministrationActions, FiveWorkers_KeepTheOrderOfEveryPerson) {
  // Who is next is chosen at random, what each of them gets is not.
  constexpr int kPeople = 12;
  const int each = actions_wished() / kPeople;
  set_policy({.hourly = 0});
  std::map<std::string, std::vector<ActionId>> wanted;
  std::map<std::string, std::vector<ActionId>> done;
  for (int number = 0; number < kPeople; ++number) {
    const std::string id = "p" + std::to_string(number);
    add_person(id);
    org["DELETE /api/v1/users/" + id + "/sessions"] = {204, {}, ""};
  }
  for (int turn = 0; turn < each; ++turn) {
    for (int number = 0; number < kPeople; ++number) {
      const std::string id = "p" + std::to_string(number);
      wanted[id].push_back(must_ask(asker, "revoke_sessions", id).id);
    }
  }
  std::vector<std::optional<ActionJob>> workers(5);
  std::mt19937 dice(7);
  for (int left = kPeople * each, turns = 0; left > 0; ++turns) {
    ASSERT_LT(turns, 20 * kPeople * each);
    auto& worker = workers[dice() % workers.size()];
    if (!worker) {
      worker = claim();
      continue;
    }
    // Some answers are lost: what may be repeated is, and the next one waits for it.
    const std::string path = "DELETE /api/v1/users/" + worker->action.person + "/sessions";
    const bool is_lost = dice() % 8 == 0;
    if (is_lost) org[path] = {504, {}, ""};
    const std::string person = worker->action.person;
    step(*worker);
    org[path] = {204, {}, ""};
    if (worker->action.state == ActionState::succeeded) {
      done[person].push_back(worker->action.id);
      --left;
    }
    worker.reset();
    world.clock.advance(std::chrono::seconds(is_lost ? 30 : 0));
  }
  EXPECT_EQ(done, wanted);
}

TEST_F(AdministrationActions, Cancel_AsLongAsNothingCanHaveBeenSent) {
  const auto action = must_ask(asker, "suspend");
  const auto cancel = [&](const ActionRecord& one) {
    return cancel_action(world.environment, world.workspace, asker, one.id);
  };
  ASSERT_TRUE(cancel(action));
  EXPECT_EQ(state(action), ActionState::cancelled);
  EXPECT_FALSE(cancel(action));
  EXPECT_THAT(run(), IsEmpty());
  const auto taken = must_ask(asker, "suspend");
  auto job = claim();
  ASSERT_TRUE(job);
  EXPECT_EQ(cancel(taken).error().code, ErrorCode::conflict);
  ASSERT_TRUE(release_action(world.environment, *job));
  EXPECT_TRUE(cancel(taken));
}

TEST_F(AdministrationActions, TemporaryPassword_IsShownOnceToWhoAsked_AndSealedUntilThen) {
  org["POST /api/v1/users/maya/lifecycle/expire_password_with_temp_password"] = {
      200, {}, R"({"tempPassword":"Xy7-secret"})"};
  const auto action = must_ask(asker, "temporary_password");
  run();
  const auto found = view(action).action;
  EXPECT_EQ(found.state, ActionState::succeeded);
  EXPECT_EQ(found.secret.find("Xy7"), std::string::npos);
  const auto take = [&](const Actor& actor) {
    return take_action_secret(world.environment, world.workspace, actor, action.id);
  };
  EXPECT_EQ(take(boss).error().code, ErrorCode::forbidden);
  const auto shown = take(asker);
  ASSERT_TRUE(shown && *shown);
  EXPECT_EQ((*shown)->expose(), "Xy7-secret");
  EXPECT_FALSE(*take(asker)) << "once";
  EXPECT_EQ(view(action).action.secret, "");

  const auto late = must_ask(asker, "temporary_password");
  run();
  world.clock.advance(kSecretLasts);
  EXPECT_FALSE(*take_action_secret(world.environment, world.workspace, asker, late.id));
  run();
  EXPECT_EQ(view(late).action.secret, "") << "erased, although nobody saw it";
  EXPECT_EQ(state(late), ActionState::succeeded);
}

TEST_F(AdministrationActions, RemovedDirectory_TakesThemWithIt) {
  const auto action = must_ask(asker, "suspend");
  ASSERT_TRUE(remove_directory(world.environment, world.workspace, world.admin, "okta-api"));
  EXPECT_EQ(get_action(world.environment, world.workspace, action.id).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace rolecall::administration
