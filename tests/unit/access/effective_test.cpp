#include "rolecall/access/effective.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rolecall::access {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

EffectiveInputs active_with_default() {
  EffectiveInputs inputs;
  inputs.is_active = true;
  inputs.default_role = RoleId("default");
  return inputs;
}

Grant by_link(std::string role, std::string link, std::string group) {
  return {RoleId(std::move(role)), CauseKind::link, LinkId(std::move(link)), ResourceId(std::move(group))};
}

TEST(EffectiveGrants, NothingApplies_IsTheDefaultRole) {
  EXPECT_THAT(effective_grants(active_with_default()),
              ElementsAre(Grant{RoleId("default"), CauseKind::default_role, {}, {}}));
}

TEST(EffectiveGrants, Inactive_IsNothingWhateverApplies) {
  auto inputs = active_with_default();
  inputs.is_active = false;
  inputs.linked = {{RoleId("r"), LinkId("l"), ResourceId("g")}};
  inputs.direct = {RoleId("d")};
  inputs.asserted = {RoleId("s")};
  EXPECT_THAT(effective_grants(inputs), IsEmpty());
}

TEST(EffectiveGrants, AnyLink_ReplacesTheDefault) {
  auto inputs = active_with_default();
  inputs.linked = {{RoleId("r"), LinkId("l"), ResourceId("g")}};
  EXPECT_THAT(effective_grants(inputs), ElementsAre(by_link("r", "l", "g")));
}

TEST(EffectiveGrants, DirectGrant_ReplacesTheDefault) {
  auto inputs = active_with_default();
  inputs.direct = {RoleId("d")};
  EXPECT_THAT(effective_grants(inputs), ElementsAre(Grant{RoleId("d"), CauseKind::direct, {}, {}}));
}

TEST(EffectiveGrants, AssertedRole_ReplacesTheDefault) {
  auto inputs = active_with_default();
  inputs.asserted = {RoleId("s"), RoleId("s")};
  EXPECT_THAT(effective_grants(inputs), ElementsAre(Grant{RoleId("s"), CauseKind::asserted, {}, {}}));
}

TEST(EffectiveGrants, AssertedBesideLinkAndDirect_IsACauseOfItsOwn) {
  auto inputs = active_with_default();
  inputs.linked = {{RoleId("r"), LinkId("l"), ResourceId("g")}};
  inputs.direct = {RoleId("r")};
  inputs.asserted = {RoleId("r")};
  EXPECT_THAT(effective_grants(inputs),
              ElementsAre(by_link("r", "l", "g"), Grant{RoleId("r"), CauseKind::direct, {}, {}},
                          Grant{RoleId("r"), CauseKind::asserted, {}, {}}));
}

TEST(EffectiveGrants, LinkToTheDefaultRole_IsALinkNotADefault) {
  auto inputs = active_with_default();
  inputs.linked = {{RoleId("default"), LinkId("l"), ResourceId("g")}};
  EXPECT_THAT(effective_grants(inputs), ElementsAre(by_link("default", "l", "g")));
}

TEST(EffectiveGrants, SeveralCauses_AreAllKeptSortedAndUnique) {
  auto inputs = active_with_default();
  inputs.linked = {{RoleId("b"), LinkId("l2"), ResourceId("g2")},
                   {RoleId("a"), LinkId("l3"), ResourceId("g1")},
                   {RoleId("b"), LinkId("l1"), ResourceId("g1")},
                   {RoleId("b"), LinkId("l2"), ResourceId("g2")}};
  inputs.direct = {RoleId("b"), RoleId("b")};
  EXPECT_THAT(effective_grants(inputs),
              ElementsAre(by_link("a", "l3", "g1"), by_link("b", "l1", "g1"), by_link("b", "l2", "g2"),
                          Grant{RoleId("b"), CauseKind::direct, {}, {}}));
}

TEST(EffectiveGrants, MissingDefault_IsNoAccess) {
  auto inputs = active_with_default();
  inputs.default_role = {};
  EXPECT_THAT(effective_grants(inputs), IsEmpty());
}

TEST(EffectiveGrants, SingleMode_HoldsTheFirstByPriorityByEveryCauseOfIt) {
  auto inputs = active_with_default();
  inputs.mode = RoleMode::single;
  inputs.by_priority = {RoleId("b"), RoleId("a"), RoleId("c")};
  inputs.linked = {{RoleId("b"), LinkId("l1"), ResourceId("g1")}, {RoleId("c"), LinkId("l2"), ResourceId("g1")}};
  inputs.direct = {RoleId("b"), RoleId("a")};
  const auto outcome = effective_outcome(inputs);
  EXPECT_THAT(outcome.held, ElementsAre(by_link("b", "l1", "g1"), Grant{RoleId("b"), CauseKind::direct, {}, {}}));
  EXPECT_THAT(outcome.losing, ElementsAre(Grant{RoleId("a"), CauseKind::direct, {}, {}}, by_link("c", "l2", "g1")));
  EXPECT_EQ(effective_grants(inputs), outcome.held);
}

TEST(EffectiveGrants, SingleMode_WhatHasNoPlaceComesLast) {
  auto inputs = active_with_default();
  inputs.mode = RoleMode::single;
  inputs.by_priority = {RoleId("b")};
  inputs.direct = {RoleId("a"), RoleId("b")};
  EXPECT_THAT(effective_grants(inputs), ElementsAre(Grant{RoleId("b"), CauseKind::direct, {}, {}}));
}

TEST(EffectiveGrants, SingleMode_OneRoleOrNoneIsAsInMulti) {
  auto inputs = active_with_default();
  inputs.mode = RoleMode::single;
  EXPECT_THAT(effective_outcome(inputs).held, ElementsAre(Grant{RoleId("default"), CauseKind::default_role, {}, {}}));
  inputs.is_active = false;
  EXPECT_THAT(effective_outcome(inputs).held, IsEmpty());
  EXPECT_THAT(effective_outcome(inputs).losing, IsEmpty());
}

TEST(EffectiveGrants, MultiMode_LetsNothingLose) {
  auto inputs = active_with_default();
  inputs.by_priority = {RoleId("b"), RoleId("a")};
  inputs.direct = {RoleId("a"), RoleId("b")};
  EXPECT_EQ(effective_outcome(inputs).held.size(), 2U);
  EXPECT_THAT(effective_outcome(inputs).losing, IsEmpty());
}

}  // namespace
}  // namespace rolecall::access
