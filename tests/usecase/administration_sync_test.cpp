#include "rolecall/json/parse.hpp"
#include "sync_org.hpp"

namespace rolecall::administration {
namespace {

using connector::Reply;
using store::SyncCounts;
using store::SyncKind;
using store::SyncState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST_F(AdministrationSync, WholeRun_StoresEverybodyAndCounts) {
  org["/api/v1/users"] = page({user("u1")}, "/api/v1/users?after=x");
  org["/api/v1/users?after=x"] = page({user("u2"), user("u1")});
  const auto run = sync();
  EXPECT_EQ(run.state, SyncState::succeeded) << run.reason;
  EXPECT_EQ(run.people, (SyncCounts{2, 2, 0, 0})) << "somebody on two pages counts once";
  EXPECT_EQ(run.groups, (SyncCounts{1, 1, 0, 0}));
  EXPECT_EQ(run.members, (SyncCounts{2, 2, 0, 0}));
  EXPECT_EQ(run.applications, (SyncCounts{1, 1, 0, 0}));
  EXPECT_EQ(run.assignments, (SyncCounts{2, 2, 0, 0}));
  EXPECT_THAT(people(), ElementsAre("u1", "u2"));
  EXPECT_THAT(groups_of("u1@acme.example"), ElementsAre("g1"));
  ASSERT_EQ(person("U1@work.EXAMPLE").applications.size(), 1U);
  EXPECT_TRUE(person("u1").applications.front().is_direct);
  EXPECT_FALSE(person("u2").applications.front().is_direct);
  EXPECT_THAT(asked, ElementsAre(StartsWith("/api/v1/users?search="), "/api/v1/users?after=x",
                                 "/api/v1/groups?limit=200", "/api/v1/groups/g1/users?limit=200",
                                 "/api/v1/apps?limit=200", "/api/v1/apps/a1/users?limit=500"));
}

TEST_F(AdministrationSync, Summary_IsThatOfItsRowsOfTheAudit) {
  sync();
  org["/api/v1/users"] = page({user("u1", "SUSPENDED"), user("u3")});
  org["/api/v1/groups/g1/users"] = page({user("u3")});
  org["/api/v1/apps"] = page({});
  const auto run = sync();
  std::map<std::string, std::map<std::string, std::size_t>> told;
  const auto rows = store::read(world.environment.store, [&](store::UnitOfWork& unit) {
    return unit.workspace(world.workspace).audit().of_request(RequestId(run.id.value()), 100);
  });
  for (const auto& row : *rows) {
    if (row.action != "directory.read") continue;
    const auto details = json::parse(row.details);
    const json::Object& object = *details->as_object();
    for (const auto& [name, value] : object) {
      if (value.is_array()) told[*object.find("what")->as_string()][name] += value.as_array()->size();
    }
  }
  const auto counts = [&](const std::string& what) {
    auto& one = told[what];
    return SyncCounts{0, static_cast<std::int64_t>(one["added"]), static_cast<std::int64_t>(one["changed"]),
                      static_cast<std::int64_t>(one["gone"])};
  };
  const auto unseen = [](SyncCounts of) { return of.seen = 0, of; };
  EXPECT_EQ(counts("people"), (SyncCounts{0, 1, 1, 1}));
  EXPECT_EQ(counts("people"), unseen(run.people));
  EXPECT_EQ(counts("members"), (SyncCounts{0, 1, 0, 2}));
  EXPECT_EQ(counts("members"), unseen(run.members));
  EXPECT_EQ(counts("applications"), (SyncCounts{0, 0, 0, 1}));
  EXPECT_EQ(counts("applications"), unseen(run.applications));
}

TEST_F(AdministrationSync, SomebodyNotInTheList_IsGoneWhenTheProviderSaysSo) {
  sync();
  org["/api/v1/users"] = page({user("u1")});
  org["/api/v1/users/u2"] = page({});
  org["/api/v1/users/u2"].body = user("u2", "SUSPENDED");
  const auto there = sync();
  EXPECT_EQ(there.people, (SyncCounts{2, 0, 1, 0})) << "the list was cut, and well-formed";
  EXPECT_EQ(person("u2").person.status, "suspended");
  org["/api/v1/users/u2"] = {404, {}, "<html>"};
  request();
  auto job = claim();
  while (read(*job)) {
  }
  EXPECT_EQ(job->run.phase, store::SyncPhase::missing) << "a 404 of anybody else is waited out";
  EXPECT_TRUE(release_sync(world.environment, *job));
  world.clock.advance(std::chrono::seconds(5));
  org["/api/v1/users/u2"] = kAbsent;
  const auto gone = go_on();
  EXPECT_EQ(gone.people, (SyncCounts{1, 0, 0, 1}));
  EXPECT_THAT(people(), ElementsAre("u1"));
  EXPECT_TRUE(person("u2").person.gone);
  org["/api/v1/users"] = page({user("u1"), user("u2", "SUSPENDED")});
  EXPECT_EQ(sync().people, (SyncCounts{2, 0, 1, 0})) << "who comes back has changed";
  EXPECT_FALSE(person("u2").person.gone);
}

TEST_F(AdministrationSync, WhatOneListLacks_IsLookedForOnceMore) {
  sync();
  request();
  auto job = claim();
  bool is_cut = true;
  do {
    const auto target = next_call(*connector::find_connector("okta"), job->run).target;
    const bool is_members = target.starts_with("/api/v1/groups/g1/users");
    if (!read(*job, is_members && is_cut ? page({}) : answer(target))) break;
    if (is_members) is_cut = false;
  } while (true);
  EXPECT_TRUE(release_sync(world.environment, *job));
  EXPECT_FALSE(is_cut);
  EXPECT_EQ(job->run.members, (SyncCounts{2, 0, 0, 0}));
  EXPECT_THAT(groups_of("u1"), ElementsAre("g1"));
  org["/api/v1/groups/g1/users"] = page({user("u2")});
  EXPECT_EQ(sync().members, (SyncCounts{1, 0, 0, 1}));
  EXPECT_THAT(groups_of("u1"), IsEmpty());
  org["/api/v1/groups"] = page({group("g2")});
  org["/api/v1/groups/g2/users"] = page({});
  EXPECT_EQ(sync().groups, (SyncCounts{1, 1, 0, 1}));
  EXPECT_THAT(groups_of("u2"), IsEmpty());
}

TEST_F(AdministrationSync, EmptyList_IsAFault) {
  sync();
  org["/api/v1/users"] = page({});
  EXPECT_EQ(sync().state, SyncState::failed);
  EXPECT_THAT(people(), ElementsAre("u1", "u2"));
  org["/api/v1/users"] = page({user("u1"), user("u2")});
  org["/api/v1/groups"] = page({});
  EXPECT_EQ(sync().state, SyncState::partial);
  EXPECT_THAT(groups_of("u1"), ElementsAre("g1"));
}

TEST_F(AdministrationSync, ListThatLeadsToItself_IsAFault) {
  org["/api/v1/users"] = page({user("u1")}, "/api/v1/users?after=u1");
  const auto run = sync();
  EXPECT_EQ(run.state, store::SyncState::running);
  EXPECT_THAT(run.reason, testing::HasSubstr("the same again"));
  EXPECT_EQ(asked.size(), 2U);
}

TEST_F(AdministrationSync, Faults_AreWaitedOutAndThenGivenUp) {
  sync();
  org["/api/v1/users"] = {500, {}, ""};
  request();
  int calls = 0;
  for (int second = 0; second < 2 * 3600; ++second) {
    auto job = claim();
    if (job) {
      ++calls;
      EXPECT_FALSE(read(*job)) << "it waits";
      EXPECT_TRUE(release_sync(world.environment, *job));
    }
    world.clock.advance(std::chrono::seconds(1));
  }
  EXPECT_EQ(calls, 16);
  const auto runs = list_sync_runs(world.environment, world.workspace, "okta-api", {}, 1);
  EXPECT_EQ(runs->front().state, SyncState::failed);
  EXPECT_THAT(runs->front().reason, HasSubstr("500"));
  EXPECT_THAT(people(), ElementsAre("u1", "u2"));
}

TEST_F(AdministrationSync, Limit_IsWaitedForAsLongAsItTakes) {
  request();
  const auto reset_in = [&](int seconds) {
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(world.clock.now().time_since_epoch()).count();
    return std::to_string(now + seconds);
  };
  for (int count = 0; count < 50; ++count) {
    auto job = claim();
    ASSERT_TRUE(job) << count;
    EXPECT_FALSE(read(*job, {429, {{"X-Rate-Limit-Reset", reset_in(60)}}, ""}));
    EXPECT_TRUE(release_sync(world.environment, *job));
    EXPECT_FALSE(claim()) << "before the time that was named";
    world.clock.advance(std::chrono::seconds(62));
  }
  auto job = claim();
  ASSERT_TRUE(job);
  Reply nearly = page({user("u1"), user("u2")}, "/api/v1/users?after=x");
  nearly.headers.insert(
      nearly.headers.end(),
      {{"X-Rate-Limit-Limit", "600"}, {"X-Rate-Limit-Remaining", "60"}, {"X-Rate-Limit-Reset", reset_in(30)}});
  EXPECT_FALSE(read(*job, nearly)) << "a tenth is left to others";
  EXPECT_THAT(job->run.reason, HasSubstr("limit"));
  EXPECT_TRUE(release_sync(world.environment, *job));
  EXPECT_FALSE(claim());
  world.clock.advance(std::chrono::seconds(32));
  org["/api/v1/users?after=x"] = page({user("u3")});
  EXPECT_EQ(go_on().people.seen, 3);
}

TEST_F(AdministrationSync, WhoLostTheLease_StoresNothing_AndTheNextGoesOn) {
  request();
  auto first = claim();
  ASSERT_TRUE(first);
  EXPECT_TRUE(read(*first, page({user("u1")}, "/api/v1/users?after=x")));
  world.clock.advance(std::chrono::minutes(2));
  auto second = claim();
  ASSERT_TRUE(second);
  EXPECT_FALSE(read(*first, page({user("u2")}, "/api/v1/users?after=y")));
  EXPECT_THAT(people(), ElementsAre("u1"));
  EXPECT_EQ(next_call(*connector::find_connector("okta"), second->run).target, "/api/v1/users?after=x");
  EXPECT_TRUE(read(*second, page({user("u3")})));
  EXPECT_THAT(people(), ElementsAre("u1", "u3"));
}

TEST_F(AdministrationSync, GroupThatGoesMeanwhile_IsPassedOver) {
  org["/api/v1/groups"] = page({group("g0"), group("g1")});
  const auto run = sync();
  EXPECT_EQ(run.state, SyncState::succeeded);
  EXPECT_THAT(groups_of("u1"), ElementsAre("g1"));
}

TEST_F(AdministrationSync, RefusedCredential_EndsTheRunAndAsksForATest) {
  sync();
  const auto test = claim_directory_test(world.environment, kLease);
  ASSERT_TRUE(test && *test);
  ASSERT_TRUE(settle_directory_test(world.environment, **test, {}));
  world.clock.advance(std::chrono::minutes(1));
  EXPECT_FALSE(*claim_directory_test(world.environment, kLease));
  const Reply users = org["/api/v1/users"];
  org["/api/v1/users"] = {401, {}, R"({"errorCode":"E0000011"})"};
  EXPECT_EQ(sync().state, SyncState::failed);
  EXPECT_TRUE(*claim_directory_test(world.environment, kLease));
  org["/api/v1/users"] = users;
  org["/api/v1/groups"] = {403, {}, R"({"errorCode":"E0000006"})"};
  EXPECT_EQ(sync().state, SyncState::partial);
  EXPECT_THAT(groups_of("u1"), ElementsAre("g1"));
}

TEST_F(AdministrationSync, OneAtATime_AndNothingStaysOfADirectoryThatIsRemoved) {
  request();
  EXPECT_EQ(request_sync(world.environment, world.workspace, world.admin, "okta-api", SyncKind::whole).error().code,
            ErrorCode::conflict);
  auto job = claim();
  ASSERT_TRUE(job);
  EXPECT_TRUE(read(*job, page({user("u1")}, "/api/v1/users?after=x")));
  ASSERT_TRUE(remove_directory(world.environment, world.workspace, world.admin, "okta-api"));
  EXPECT_FALSE(read(*job, page({user("u2")}))) << "its run is gone, and the lease with it";
  EXPECT_THAT(people(), IsEmpty());
  EXPECT_THAT(*list_sync_runs(world.environment, world.workspace, "", {}, 10), IsEmpty());
}

}  // namespace
}  // namespace rolecall::administration
