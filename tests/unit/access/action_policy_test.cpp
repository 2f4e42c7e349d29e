#include "rolecall/access/action_policy.hpp"

#include <gtest/gtest.h>

#include <array>

#include "rolecall/access/action_state.hpp"

namespace rolecall::access {
namespace {

const DirectoryId kOkta("d1");
const RoleId kAgent("r1");
const RoleId kAdmin("r2");

ActionParty user(const std::string& id, bool may_request = true, bool may_approve = true) {
  ActionParty party;
  party.identity = "user:" + id;
  party.is_person = true;
  party.may_request = may_request;
  party.may_approve = may_approve;
  party.roles = {kAgent};
  return party;
}

ActionParty token(const std::string& id, const std::string& made_by) {
  ActionParty party;
  party.identity = "api-token:" + id;
  party.stands_for = {made_by};
  return party;
}

ActionParty admin() {
  ActionParty party;
  party.identity = "admin";
  party.is_operator = true;
  party.is_person = true;
  return party;
}

TEST(ActionPolicy, ThatWhichNamesMost_Counts) {
  std::array<ActionPolicy, 4> all;
  all[0].approvals = 1;
  all[1].directory = kOkta;
  all[2].action = "suspend";
  all[3].directory = kOkta;
  all[3].action = "suspend";
  EXPECT_EQ(find_policy(all, kOkta, "suspend"), &all[3]);
  EXPECT_EQ(find_policy(all, DirectoryId("d2"), "suspend"), &all[2]);
  EXPECT_EQ(find_policy(all, kOkta, "delete"), &all[1]);
  EXPECT_EQ(find_policy(all, DirectoryId("d2"), "delete"), &all[0]);
  EXPECT_EQ(find_policy(std::span(all).subspan(3), kOkta, "delete"), nullptr);
}

TEST(ActionPolicy, WithoutOne_WhatDestroysNeedsSomebodyElse) {
  EXPECT_EQ(default_action_policy(false).approvals, 0);
  EXPECT_FALSE(default_action_policy(false).needs_reason);
  EXPECT_EQ(default_action_policy(true).approvals, 1);
  EXPECT_TRUE(default_action_policy(true).needs_reason);
  EXPECT_GT(default_action_policy(false).hourly, 0);
}

TEST(ActionPolicy, WhoMayAsk) {
  ActionPolicy policy;
  EXPECT_FALSE(refusal_to_request(policy, admin()));
  EXPECT_FALSE(refusal_to_request(policy, user("a")));
  EXPECT_FALSE(refusal_to_request(policy, token("t", "admin"))) << "by its scope";
  EXPECT_TRUE(refusal_to_request(policy, user("a", false)));
  EXPECT_TRUE(refusal_to_request(policy, ActionParty())) << "nobody knows who";
  auto gone = user("a");
  gone.is_present = false;
  EXPECT_TRUE(refusal_to_request(policy, gone));
  policy.roles = {kAdmin};
  EXPECT_TRUE(refusal_to_request(policy, user("a")));
  EXPECT_TRUE(refusal_to_request(policy, token("t", "admin"))) << "it has no role";
  EXPECT_FALSE(refusal_to_request(policy, admin()));
  policy.roles = {kAdmin, kAgent};
  EXPECT_FALSE(refusal_to_request(policy, user("a", false))) << "the role is what counts";
}

TEST(ActionPolicy, WhoMayApprove) {
  ActionPolicy policy;
  const auto maya = user("maya");
  EXPECT_FALSE(refusal_to_approve(policy, user("tom"), maya));
  EXPECT_FALSE(refusal_to_approve(policy, admin(), maya));
  EXPECT_TRUE(refusal_to_approve(policy, user("tom", true, false), maya)) << "without the permission";
  EXPECT_TRUE(refusal_to_approve(policy, maya, maya)) << "for oneself";
  EXPECT_TRUE(refusal_to_approve(policy, admin(), admin()));
  EXPECT_TRUE(refusal_to_approve(policy, ActionParty(), maya)) << "missing identity";
  EXPECT_TRUE(refusal_to_approve(policy, user("tom"), ActionParty()));
  EXPECT_TRUE(refusal_to_approve(policy, token("t", "admin"), maya)) << "a token that stands for nobody";
  auto gone = user("tom");
  gone.is_present = false;
  EXPECT_TRUE(refusal_to_approve(policy, gone, maya));
  policy.approvers = {kAdmin};
  EXPECT_TRUE(refusal_to_approve(policy, user("tom"), maya));
  policy.approvers = {kAgent};
  EXPECT_FALSE(refusal_to_approve(policy, user("tom", true, false), maya));
}

TEST(ActionPolicy, WhoMadeTheTokenThatAsked_IsWhoAsked) {
  const ActionPolicy policy;
  EXPECT_TRUE(refusal_to_approve(policy, admin(), token("t", "admin")));
  EXPECT_TRUE(refusal_to_approve(policy, user("maya"), token("t", "user:maya")));
  EXPECT_FALSE(refusal_to_approve(policy, user("tom"), token("t", "user:maya")));
}

constexpr std::array kStates{ActionState::requested, ActionState::awaiting_approval,
                             ActionState::held,      ActionState::approved,
                             ActionState::leased,    ActionState::sent,
                             ActionState::succeeded, ActionState::failed,
                             ActionState::unknown,   ActionState::rejected,
                             ActionState::expired,   ActionState::cancelled};

TEST(ActionState, NothingFollowsAnEnd_AndNothingIsSentThatWasNotTaken) {
  for (const auto from : kStates) {
    for (const auto to : kStates) {
      EXPECT_FALSE(is_final(from) && may_become(from, to)) << name_of(from) << " " << name_of(to);
      EXPECT_FALSE(may_become(from, ActionState::requested));
    }
    EXPECT_EQ(may_become(from, ActionState::sent), from == ActionState::leased) << name_of(from);
    EXPECT_EQ(may_become(from, ActionState::unknown), from == ActionState::sent) << name_of(from);
    EXPECT_EQ(may_become(from, ActionState::leased), from == ActionState::approved) << name_of(from);
    EXPECT_FALSE(can_be_cancelled(from) && (is_final(from) || from == ActionState::sent)) << name_of(from);
  }
  EXPECT_FALSE(may_become(ActionState::unknown, ActionState::approved)) << "it would be done twice";
  EXPECT_FALSE(may_become(ActionState::awaiting_approval, ActionState::leased));
  EXPECT_FALSE(may_become(ActionState::held, ActionState::leased));
}

}  // namespace
}  // namespace rolecall::access
