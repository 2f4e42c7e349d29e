#include "rolecall/connector/action_flow.hpp"

#include <gtest/gtest.h>

namespace rolecall::connector {
namespace {

using access::ActionState;
using Kind = Trouble::Kind;

const Instant kNow{std::chrono::seconds(1'772'532'131)};

const ActionType& type(const char* name) { return *find_action(*find_connector("okta"), name); }
Trouble trouble(Kind kind, int status = 0) { return {kind, status, "E1", "Words", "v1"}; }
ActionMove after(const char* name, ActionStep step, Kind kind, const ActionPlace& place = {ActionState::sent}) {
  return after_trouble(type(name), step, place, trouble(kind), false, kNow);
}

TEST(ActionFlow, ReadsFirst_WherePeopleAreAndNothingMayBeRepeatedBlindly) {
  EXPECT_EQ(next_step(type("suspend"), {}), ActionStep::read);
  EXPECT_EQ(next_step(type("reset_password"), {}), ActionStep::read);
  EXPECT_EQ(next_step(type("revoke_sessions"), {}), ActionStep::call);
  EXPECT_EQ(next_step(type("create"), {}), ActionStep::call) << "there is nobody to read";
  EXPECT_EQ(next_step(type("activate"), {ActionState::unknown}), ActionStep::verify);
  EXPECT_EQ(next_step(type("deprovision"), {ActionState::sent, true}), ActionStep::verify);
}

TEST(ActionFlow, WhatIsDoneOnce_IsNeverSentAgain) {
  for (const ActionType& each : find_connector("okta")->actions()) {
    if (each.repeat != Repeat::once) continue;
    const std::string name(each.name);
    for (const Kind kind : {Kind::unavailable, Kind::unreadable, Kind::not_found}) {
      const auto move = after(name.c_str(), ActionStep::call, kind);
      EXPECT_EQ(move.state, ActionState::unknown) << name;
      EXPECT_FALSE(move.next) << name;
      EXPECT_EQ(move.due.has_value(), each.is_told) << name << ": where a read tells, one looks";
    }
    const auto crashed = after_crash(each, {ActionState::sent}, kNow);
    EXPECT_EQ(crashed.state, ActionState::unknown) << name;
    EXPECT_EQ(crashed.has_ended(), !each.is_told) << name;
  }
}

TEST(ActionFlow, WhatMayBeRepeated_IsRepeatedForAWhile) {
  for (const char* name : {"suspend", "revoke_sessions"}) {
    auto move = after(name, ActionStep::call, Kind::unavailable);
    EXPECT_EQ(move.state, ActionState::approved);
    EXPECT_GT(*move.due, kNow);
    EXPECT_EQ(move.failures, 1);
    const auto later = after(name, ActionStep::call, Kind::unavailable, {ActionState::sent, false, 5});
    EXPECT_GT(*later.due, *move.due) << "longer and longer";
    move = after(name, ActionStep::call, Kind::unavailable, {ActionState::sent, false, kActionPatience - 1});
    EXPECT_EQ(move.state, ActionState::unknown);
    EXPECT_TRUE(move.has_ended());
    EXPECT_EQ(after_crash(type(name), {ActionState::sent}, kNow).state, ActionState::approved);
  }
}

TEST(ActionFlow, WhatTheProviderSaysItDidNotDo_Waits) {
  auto throttled = trouble(Kind::throttled, 429);
  throttled.retry_at = kNow + std::chrono::seconds(42);
  const auto move =
      after_trouble(type("reset_password"), ActionStep::call, {ActionState::sent}, throttled, false, kNow);
  EXPECT_EQ(move.state, ActionState::approved);
  EXPECT_EQ(move.due, throttled.retry_at);
  EXPECT_EQ(move.failures, 0);
  EXPECT_EQ(after("reset_password", ActionStep::call, Kind::unauthorized).state, ActionState::approved);
  EXPECT_EQ(after("reset_password", ActionStep::call, Kind::try_again).state, ActionState::approved);
  EXPECT_EQ(after("suspend", ActionStep::read, Kind::unavailable, {}).state, ActionState::approved);
  EXPECT_EQ(after("activate", ActionStep::verify, Kind::throttled, {ActionState::unknown}).state, ActionState::unknown);
}

TEST(ActionFlow, ARefusal_IsAnEnd) {
  for (const Kind kind : {Kind::refused, Kind::missing_scope, Kind::missing_role}) {
    const auto move = after("suspend", ActionStep::call, kind);
    EXPECT_EQ(move.state, ActionState::failed);
    EXPECT_TRUE(move.has_ended());
    EXPECT_NE(move.note.find("Words"), std::string::npos) << move.note;
  }
  const auto absent = after_trouble(type("suspend"), ActionStep::read, {}, trouble(Kind::not_found, 404), true, kNow);
  EXPECT_EQ(absent.state, ActionState::failed);
}

TEST(ActionFlow, APersonWhoWasRead_Decides) {
  const auto read = [](const Decision& decision) {
    return after_person(type("suspend"), ActionStep::read, {}, decision, kNow);
  };
  EXPECT_EQ(read({}).next, ActionStep::call);
  EXPECT_EQ(read({Decision::Kind::already}).state, ActionState::succeeded);
  EXPECT_EQ(read({Decision::Kind::refuse, "No."}).state, ActionState::failed);
  EXPECT_EQ(read({Decision::Kind::refuse, "No."}).note, "No.");
  const auto waits = read({Decision::Kind::waits});
  EXPECT_EQ(waits.state, ActionState::approved);
  EXPECT_GT(*waits.due, kNow);
}

TEST(ActionFlow, WhatEndsLater_IsLookedAtUntilItHas) {
  const auto begun = after_call(type("deprovision"), kNow);
  EXPECT_EQ(begun.state, ActionState::sent);
  EXPECT_TRUE(begun.is_verifying);
  const ActionPlace place{ActionState::sent, true};
  const auto look = [&](const Decision& decision) {
    return after_person(type("deprovision"), ActionStep::verify, place, decision, kNow);
  };
  EXPECT_EQ(look({Decision::Kind::waits}).state, ActionState::sent);
  EXPECT_TRUE(look({Decision::Kind::waits}).is_verifying);
  EXPECT_EQ(look({Decision::Kind::already}).state, ActionState::succeeded);
  EXPECT_EQ(look({}).state, ActionState::sent) << "not yet";
  EXPECT_EQ(after_call(type("suspend"), kNow).state, ActionState::succeeded);
  const auto gone = after_trouble(type("delete"), ActionStep::verify, place, trouble(Kind::not_found, 404), true, kNow);
  EXPECT_EQ(gone.state, ActionState::succeeded);
}

TEST(ActionFlow, AnUnknownEnd_IsFoundOutByReading) {
  ActionPlace place{ActionState::unknown};
  const auto look = [&](const Decision& decision) {
    return after_person(type("activate"), ActionStep::verify, place, decision, kNow);
  };
  EXPECT_EQ(look({Decision::Kind::already}).state, ActionState::succeeded);
  auto move = look({});
  EXPECT_EQ(move.state, ActionState::unknown) << "the call may still be on its way";
  EXPECT_TRUE(move.due);
  place.failures = kLooksForLost - 1;
  move = look({});
  EXPECT_EQ(move.state, ActionState::failed);
  EXPECT_TRUE(move.has_ended());
}

TEST(ActionFlow, EveryStep_IsOneThatThereIs) {
  const auto check = [](ActionState from, const ActionMove& move, const std::string& what) {
    EXPECT_TRUE(from == move.state || access::may_become(from, move.state))
        << what << ": " << access::name_of(from) << " " << access::name_of(move.state);
  };
  const std::vector<std::pair<ActionStep, ActionPlace>> places{{ActionStep::read, {ActionState::leased}},
                                                               {ActionStep::call, {ActionState::sent}},
                                                               {ActionStep::verify, {ActionState::sent, true}},
                                                               {ActionStep::verify, {ActionState::unknown}}};
  for (const ActionType& each : find_connector("okta")->actions()) {
    for (auto [step, place] : places) {
      const std::string what = std::string(each.name) + " step " + std::to_string(static_cast<int>(step));
      for (const std::int64_t failures : {std::int64_t{0}, kActionPatience - 1}) {
        place.failures = failures;
        for (int kind = 0; kind <= static_cast<int>(Kind::unreadable); ++kind) {
          for (const bool is_absent : {false, true}) {
            if (is_absent && step == ActionStep::call) continue;
            check(place.state, after_trouble(each, step, place, trouble(static_cast<Kind>(kind)), is_absent, kNow),
                  what);
          }
        }
        if (step == ActionStep::call) continue;
        for (const auto kind :
             {Decision::Kind::call, Decision::Kind::already, Decision::Kind::waits, Decision::Kind::refuse}) {
          check(place.state, after_person(each, step, place, {kind, ""}, kNow), what);
        }
      }
    }
    check(ActionState::sent, after_call(each, kNow), "call");
    check(ActionState::sent, after_crash(each, {ActionState::sent}, kNow), "crash");
  }
}

TEST(ActionFlow, ASilentProvider_IsLeftAloneForLongerAndLonger) {
  EXPECT_FALSE(rest_after(kBreaksAfter - 1));
  EXPECT_EQ(*rest_after(kBreaksAfter), std::chrono::seconds(5));
  EXPECT_EQ(*rest_after(kBreaksAfter + 1), std::chrono::seconds(10));
  EXPECT_EQ(*rest_after(1'000'000), std::chrono::seconds(300));
  EXPECT_TRUE(is_breakdown(trouble(Kind::unavailable, 503)));
  EXPECT_TRUE(is_breakdown(no_reply("Silence.")));
  EXPECT_FALSE(is_breakdown(trouble(Kind::throttled, 429)));
  EXPECT_FALSE(is_breakdown(trouble(Kind::refused, 400)));
}

}  // namespace
}  // namespace rolecall::connector
