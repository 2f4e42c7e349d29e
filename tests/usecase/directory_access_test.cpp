#include "rolecall/administration/admin_sessions.hpp"
#include "rolecall/administration/api_tokens.hpp"
#include "rolecall/administration/guard.hpp"
#include "rolecall/administration/timeline.hpp"
#include "told_org.hpp"

namespace rolecall::administration {
namespace {

using store::SyncKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(DirectoryAccess, Suspended_LosesAccessByTheSameCodeAsOverScim) {
  const auto maya = push("maya@elsewhere.example", kMaya);
  const auto tom = push(login_of(kTom));
  read_all();
  EXPECT_THAT(settle(), IsEmpty());
  const auto token = create_api_token(world.environment, world.workspace, world.admin,
                                      {"hers", {"users:read"}, {}, maya.value()}, {"users:read"}, std::nullopt);
  ASSERT_TRUE(token);
  const auto session = begin_session(world.environment, world.workspace, world.admin, token->record, {});
  ASSERT_TRUE(session);
  EXPECT_TRUE(authenticate_session(world.environment, session->secret.expose()));
  show(kMaya, "SUSPENDED");
  read_all();
  EXPECT_TRUE(is_active(maya)) << "the read stores what is to be done and goes on";
  EXPECT_THAT(settle(), ElementsAre(What::ended));
  EXPECT_FALSE(is_active(maya));
  EXPECT_TRUE(is_active(tom));
  EXPECT_THAT(world.roles_of(maya), IsEmpty());
  ASSERT_EQ(rows("user.access_ended").size(), 1U);
  const auto row = rows("user.access_ended").front();
  EXPECT_EQ(row.target, "User/" + maya.value());
  EXPECT_EQ(row.actor, "directory:" + directory.value());
  EXPECT_THAT(row.details, HasSubstr("\"suspended\""));
  EXPECT_THAT(row.details, HasSubstr("SyncRun/"));
  EXPECT_EQ(rows("user.deactivated").size(), 1U);
  EXPECT_EQ(rows("access.revoked").size(), 1U);
  EXPECT_EQ(rows("session.ended").size(), 1U);
  EXPECT_FALSE(authenticate_session(world.environment, session->secret.expose()));
  EXPECT_FALSE(authenticate_api_token(world.environment, token->token.expose()));
  read_all();
  EXPECT_THAT(settle(), IsEmpty()) << "there is nothing more to end";
}

TEST_F(DirectoryAccess, EveryEnd_CountsAndNothingElseDoes) {
  const auto maya = push("maya@x.example", kMaya);
  for (const char* status : {"LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY", "STAGED", "PROVISIONED"}) {
    show(kMaya, status);
    read_all();
    EXPECT_THAT(settle(), IsEmpty()) << status;
  }
  show(kMaya, "DEPROVISIONED");
  read_all();
  EXPECT_THAT(settle(), ElementsAre(What::ended));
  say_active(maya, true);
  statuses.erase(kMaya);
  show(kTom, "ACTIVE");
  org["/api/v1/users/" + std::string(kMaya)] = {500, {}, ""};
  request();
  auto job = claim();
  while (read(*job)) {
  }
  EXPECT_TRUE(release_sync(world.environment, *job));
  EXPECT_THAT(settle(), IsEmpty()) << "a failed read is nobody's end";
  org["/api/v1/users/" + std::string(kMaya)] = kAbsent;
  world.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(go_on().people.gone, 1);
  EXPECT_THAT(settle(), ElementsAre(What::ended));
  EXPECT_EQ(ending(kMaya)->status, "deleted");
}

TEST_F(DirectoryAccess, WhoIsNotKept_IsStillThere) {
  const auto maya = push("maya@x.example", kMaya);
  read_all();
  change({{}, {}, {}, std::vector<std::string>{"00gNobody"}, {}, {}});
  org["/api/v1/groups"] = page({group("00gNobody")});
  org["/api/v1/groups/00gNobody/users"] = page({});
  go_on();
  EXPECT_THAT(people(), IsEmpty());
  EXPECT_THAT(settle(), IsEmpty());
  EXPECT_TRUE(is_active(maya));
  show(kMaya, "SUSPENDED");
  read_all();
  EXPECT_THAT(settle(), ElementsAre(What::ended)) << "suspended is suspended, whoever is kept";
}

TEST_F(DirectoryAccess, Account_IsFoundByTheProvidersIdElseByLoginAndNeverByChance) {
  NewConnection entra;
  entra.name = "entra";
  entra.dialect = "entra";
  const auto elsewhere = create_connection(world.environment, world.workspace, world.admin, entra);
  ASSERT_TRUE(elsewhere) << elsewhere.error().detail;
  struct Case {
    const char* what;
    ConnectionId connection;
    std::string name;
    std::string external_id;
    bool is_theirs;
  };
  const std::string login = login_of(kMaya);
  const std::vector<Case> cases{
      {"by id", world.okta, "other@x.example", kMaya, true},
      {"by id, of whatever connection", elsewhere->id, "other@x.example", kMaya, true},
      {"by login", world.okta, login, "", true},
      {"by login in other letters", world.okta, "00U1AB2CD3ef4gh5ij6K@ACME.example", "E00001", true},
      {"by login, pushed by another provider", elsewhere->id, login, "", false},
      {"by login, of somebody whom the provider knows by another id", world.okta, login, kTom, false},
      {"by another login", world.okta, "x" + login, "", false},
      {"by an id in other letters", world.okta, "other@x.example", "00U1ab2cd3EF4gh5IJ6k", false},
  };
  for (const Case& one : cases) {
    const auto account = push_to(one.connection, one.name, one.external_id);
    show(kMaya, "SUSPENDED");
    read_all();
    settle();
    EXPECT_EQ(is_active(account), !one.is_theirs) << one.what;
    show(kMaya, "ACTIVE");
    read_all();
    settle();
    EXPECT_TRUE(is_active(account)) << one.what;
    provisioning::Notices notices;
    ASSERT_TRUE(provisioning::remove(*provisioning, caller_of(one.connection), *registry->find_type("User"), account,
                                     std::nullopt, notices));
  }
}

TEST_F(DirectoryAccess, SeveralThatMayBeMeant_LoseNothingAndAreTold) {
  const auto first = push("first@x.example", kMaya);
  const auto second = push("second@x.example", kMaya);
  show(kMaya, "SUSPENDED");
  read_all();
  read_all();
  EXPECT_THAT(settle(), IsEmpty());
  EXPECT_TRUE(is_active(first) && is_active(second));
  EXPECT_EQ(rows("user.access_not_ended").size(), 1U) << "once";
}

TEST_F(DirectoryAccess, LoginThatSomebodyElseHasNow_EndsNobody) {
  const auto account = push(login_of(kMaya));
  read_all();
  // Made anew under the same login; the old one is deleted.
  org["/api/v1/users"] = page({user(kTom), R"({"id":"00u9ab2cd3EF4gh5IJ6k","status":"ACTIVE","profile":{"login":")" +
                                               login_of(kMaya) + R"("}})"});
  org["/api/v1/users/" + std::string(kMaya)] = kAbsent;
  read_all();
  EXPECT_THAT(settle(), IsEmpty());
  EXPECT_TRUE(is_active(account));
}

TEST_F(DirectoryAccess, Unsuspended_GetsBackWhatThisTook) {
  const auto maya = push("maya@x.example", kMaya);
  show(kMaya, "SUSPENDED");
  read_all();
  EXPECT_THAT(settle(), ElementsAre(What::ended));
  show(kMaya, "ACTIVE");
  read_all();
  EXPECT_THAT(settle(), ElementsAre(What::returned));
  EXPECT_TRUE(is_active(maya));
  EXPECT_FALSE(world.roles_of(maya).empty());
  EXPECT_EQ(rows("user.access_returned").size(), 1U);
  EXPECT_FALSE(ending(kMaya));
  read_all();
  EXPECT_THAT(settle(), IsEmpty());
}

TEST_F(DirectoryAccess, WhatScimSaidSince_IsNotGivenBack) {
  const auto maya = push("maya@x.example", kMaya);
  const auto suspend = [&] {
    show(kMaya, "SUSPENDED");
    read_all();
    return settle();
  };
  const auto unsuspend = [&] {
    show(kMaya, "ACTIVE");
    read_all();
    return settle();
  };
  EXPECT_THAT(suspend(), ElementsAre(What::ended));
  say_active(maya, false);
  EXPECT_FALSE(ending(kMaya)) << "the account was inactive already, and yet it was said";
  EXPECT_THAT(unsuspend(), IsEmpty());
  EXPECT_FALSE(is_active(maya));
  say_active(maya, true);
  EXPECT_THAT(suspend(), ElementsAre(What::ended));
  say_active(maya, true);
  EXPECT_TRUE(is_active(maya)) << "the word of the identity provider over SCIM counts, until the next read";
  read_all();
  EXPECT_THAT(settle(), ElementsAre(What::ended));
  say_active(maya, true);
  say_active(maya, false);
  EXPECT_THAT(unsuspend(), IsEmpty());
  EXPECT_FALSE(is_active(maya)) << "it was not this that ended it the last time";
}

TEST_F(DirectoryAccess, SwitchedOff_EndsNothing) {
  DirectoryChange off;
  off.ends_access = false;
  change(off);
  const auto maya = push("maya@x.example", kMaya);
  show(kMaya, "SUSPENDED");
  read_all();
  EXPECT_THAT(settle(), IsEmpty());
  DirectoryChange on;
  on.ends_access = true;
  change(on);
  read_all();
  EXPECT_THAT(settle(), ElementsAre(What::ended));
  EXPECT_FALSE(is_active(maya));
  EXPECT_EQ(rows("directory.access_end_off").size(), 1U);
}

TEST_F(DirectoryAccess, TooManyAtOnce_AreHeldAsThoseOfAPush) {
  access::GuardSettings settings;
  settings.minimum = 1;
  settings.percent = 0;
  ASSERT_TRUE(set_guard(world.environment, world.workspace, world.admin, "okta", settings));
  const auto maya = push("maya@x.example", kMaya);
  const auto tom = push("tom@x.example", kTom);
  world.clock.advance(std::chrono::hours(25));
  show(kMaya, "SUSPENDED");
  show(kTom, "SUSPENDED");
  int trips = 0;
  provisioning->on_trip = [&](const provisioning::GuardTrip&) { ++trips; };
  read_all();
  EXPECT_THAT(settle(), testing::UnorderedElementsAre(What::ended, What::held));
  EXPECT_EQ(trips, 1);
  EXPECT_NE(is_active(maya), is_active(tom));
  const auto held = [&] {
    return list_held(world.environment, world.workspace, {store::HeldState::held, {}, {}, {}, {}}, 10)->size();
  };
  EXPECT_EQ(held(), 1U);
  read_all();
  EXPECT_THAT(settle(), IsEmpty()) << "it waits for an administrator";
  show(kMaya, "ACTIVE");
  show(kTom, "ACTIVE");
  read_all();
  EXPECT_THAT(settle(), testing::UnorderedElementsAre(What::returned, What::nothing));
  EXPECT_TRUE(is_active(maya) && is_active(tom));
  EXPECT_EQ(held(), 0U) << "what is held of somebody who is active again is out of date";
}

TEST_F(DirectoryAccess, LastOwner_StaysAndItIsToldOnce) {
  const auto maya = push("maya@x.example", kMaya);
  ASSERT_TRUE(grant_direct(world.environment, world.workspace, world.admin, "maya@x.example", "Owner"));
  show(kMaya, "SUSPENDED");
  read_all();
  EXPECT_THAT(settle(), ElementsAre(What::refused));
  EXPECT_TRUE(is_active(maya));
  read_all();
  EXPECT_THAT(settle(), ElementsAre(What::refused)) << "tried again, because somebody may have made room";
  EXPECT_EQ(rows("user.access_not_ended").size(), 1U);
  push("tom@x.example", kTom);
  ASSERT_TRUE(grant_direct(world.environment, world.workspace, world.admin, "tom@x.example", "Owner"));
  ASSERT_TRUE(revoke_direct(world.environment, world.workspace, world.admin, "maya@x.example", "Owner"));
  read_all();
  EXPECT_THAT(settle(), ElementsAre(What::ended));
}

TEST_F(DirectoryAccess, OneWhoWasReadByThemselves_IsFollowedToo) {
  const auto maya = push("maya@x.example", kMaya);
  read_all();
  show(kMaya, "SUSPENDED");
  ASSERT_TRUE(request_person_sync(world.environment, world.workspace, world.admin, kMaya, ""));
  go_on();
  EXPECT_THAT(settle(), ElementsAre(What::ended));
  org["/api/v1/users/" + std::string(kMaya)] = kAbsent;
  say_active(maya, true);
  ASSERT_TRUE(request_person_sync(world.environment, world.workspace, world.admin, kMaya, ""));
  go_on();
  EXPECT_THAT(settle(), ElementsAre(What::ended));
}

}  // namespace
}  // namespace rolecall::administration
