#include "sync_org.hpp"

namespace rolecall::administration {
namespace {

using store::SyncCounts;
using store::SyncKind;
using store::SyncState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using AdministrationSyncPlan = AdministrationSync;

TEST_F(AdministrationSyncPlan, Changes_AreReadSinceTheLastRun_AndTakeNobodyAway) {
  EXPECT_EQ(sync(SyncKind::changes).kind, SyncKind::whole) << "nobody knows since when";
  world.clock.advance(std::chrono::hours(1));
  org["/api/v1/users"] = page({user("u2", "SUSPENDED")});
  org["/api/v1/groups"] = page({});
  const auto quiet = sync(SyncKind::changes);
  EXPECT_EQ(quiet.kind, SyncKind::changes);
  EXPECT_EQ(quiet.state, SyncState::succeeded);
  EXPECT_EQ(quiet.people, (SyncCounts{1, 0, 1, 0}));
  EXPECT_EQ(world.clock.now() - *quiet.since, std::chrono::minutes(75)) << "with an overlap";
  EXPECT_THAT(asked, ElementsAre(HasSubstr("/api/v1/users?search=lastUpdated%20gt%20"),
                                 HasSubstr("/api/v1/groups?filter=lastUpdated%20gt%20")));
  EXPECT_THAT(people(), ElementsAre("u1", "u2"));
  org["/api/v1/groups"] = page({group("g1")});
  org["/api/v1/groups/g1/users"] = page({user("u2")});
  EXPECT_EQ(sync(SyncKind::changes).members, (SyncCounts{1, 0, 0, 1}));
  EXPECT_THAT(groups_of("u1"), IsEmpty());
}

TEST_F(AdministrationSyncPlan, Schedule_BeginsWithTheFirstRun_AndReadsEverythingOnceADay) {
  EXPECT_FALSE(claim());
  world.clock.advance(std::chrono::hours(10));
  EXPECT_FALSE(claim()) << "the first is asked for";
  sync();
  int whole = 0;
  int changes = 0;
  for (int minute = 0; minute < 48 * 60; minute += 5) {
    world.clock.advance(std::chrono::minutes(5));
    const auto run = go_on();
    if (run.id.empty()) continue;
    EXPECT_EQ(run.requested_by, "system");
    (run.kind == SyncKind::whole ? whole : changes) += 1;
  }
  EXPECT_GE(whole + changes, 10);
  EXPECT_LE(whole + changes, 14);
  EXPECT_GE(whole, 1);
  EXPECT_LE(whole, 2);
  change({{}, {}, 0, {}, {}, {}});
  world.clock.advance(std::chrono::hours(100));
  EXPECT_FALSE(claim());
}

TEST_F(AdministrationSyncPlan, Person_IsReadAlone_WhileTheDirectoryIs) {
  sync();
  request();
  const auto ask = [&](const std::string& name) {
    const auto run = request_person_sync(world.environment, world.workspace, world.admin, name, "");
    ASSERT_TRUE(run) << run.error().detail;
  };
  auto whole = claim();
  ASSERT_TRUE(whole);
  ask("u1@work.example");
  org["/api/v1/users/u1"].body = user("u1", "SUSPENDED");
  org["/api/v1/users/u1"].status = 200;
  EXPECT_EQ(go_on().state, SyncState::succeeded);
  EXPECT_THAT(asked, ElementsAre("/api/v1/users/u1"));
  EXPECT_EQ(person("u1").person.status, "suspended");
  org["/api/v1/users"] = page({user("u1", "SUSPENDED"), user("u2")});
  while (read(*whole)) {
  }
  EXPECT_EQ(whole->run.people.gone, 0) << "who was seen by a later run is not missing";
  ask("new@acme.example");
  const auto nobody = go_on();
  EXPECT_EQ(nobody.state, SyncState::failed);
  EXPECT_THAT(nobody.reason, HasSubstr("new@acme.example"));
  ask("u2");
  EXPECT_EQ(go_on().people.gone, 1) << "the provider says so";
}

TEST_F(AdministrationSyncPlan, Scope_SaysWhoIsKept) {
  org["/api/v1/users"] = page({user("u1"), user("u2", "ACTIVE", "oty2"), user("u3")});
  sync();
  EXPECT_THAT(people(), ElementsAre("u1", "u2", "u3"));
  change({{}, {}, {}, std::vector<std::string>{"Name of g1"}, {}, std::vector<std::string>{"oty1"}});
  const auto run = go_on();
  EXPECT_EQ(run.requested_by, "system") << "everything is read anew at once";
  EXPECT_EQ(run.state, SyncState::succeeded) << run.reason;
  EXPECT_THAT(people(), ElementsAre("u1")) << "u2 is of another type, u3 in no group";
  EXPECT_EQ(sync(SyncKind::changes).kind, SyncKind::whole);
  org["/api/v1/groups"] = page({group("g2")});
  org["/api/v1/groups/g2/users"] = page({});
  const auto lacking = sync();
  EXPECT_EQ(lacking.state, SyncState::failed);
  EXPECT_THAT(lacking.reason, HasSubstr("Name of g1"));
  EXPECT_THAT(people(), ElementsAre("u1"));
  for (const auto& wrong :
       {DirectoryChange{{}, {}, 899, {}, {}, {}}, DirectoryChange{{}, {}, 30 * 86'400 + 1, {}, {}, {}},
        DirectoryChange{{}, {}, {}, std::vector<std::string>{""}, {}, {}},
        DirectoryChange{{}, {}, {}, {}, std::vector<std::string>{"a\nb"}, {}},
        DirectoryChange{{}, {}, {}, {}, {}, std::vector<std::string>(101, "t")}}) {
    EXPECT_EQ(change_directory(world.environment, world.workspace, world.admin, "okta-api", wrong).error().code,
              ErrorCode::invalid_value);
  }
}

TEST_F(AdministrationSyncPlan, ChangedScope_EndsTheRunThatIsUnderWay) {
  request();
  auto job = claim();
  ASSERT_TRUE(job);
  change({{}, {}, {}, {}, {}, std::vector<std::string>{"oty2"}});
  EXPECT_FALSE(read(*job));
  EXPECT_THAT(people(), IsEmpty());
  EXPECT_EQ(get_sync_run(world.environment, world.workspace, job->run.id)->state, SyncState::failed);
}

TEST_F(AdministrationSyncPlan, Progress_SaysHowFastAndHowLong) {
  store::SyncRunRecord run;
  run.expected = 1000;
  run.people.seen = 250;
  const auto now = run.phase_began + std::chrono::seconds(10);
  auto progress = progress_of(run, now);
  EXPECT_EQ(progress.of, 1000);
  EXPECT_DOUBLE_EQ(progress.per_second, 25.0);
  EXPECT_EQ(progress.seconds_left, 30);
  run.phase = store::SyncPhase::members;
  run.groups.seen = 20;
  run.lists = 0;
  progress = progress_of(run, now);
  EXPECT_EQ(progress.of, 20);
  EXPECT_FALSE(progress.seconds_left) << "nothing is known of how fast it is";
  run.expected = 100;
  run.phase = store::SyncPhase::people;
  EXPECT_FALSE(progress_of(run, now).of) << "more than there were";
}

}  // namespace
}  // namespace rolecall::administration
