#include "rolecall/administration/directories.hpp"

#include <gmock/gmock.h>

#include "world/administration_world.hpp"

namespace rolecall::administration {
namespace {

using connector::Trouble;
using rolecall::testing_support::World;
using store::DirectoryState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kSecret = "very-secret-indeed";

class AdministrationDirectories : public testing::Test {
 protected:
  static WantedDirectory wanted() {
    return {"okta-api", "okta", "acme.okta.com", "client_secret", "0oa1", Secret(kSecret), {}};
  }
  void make() {
    const auto made = create_directory(world.environment, world.workspace, world.admin, wanted());
    ASSERT_TRUE(made) << made.error().detail << made.error().note;
  }
  store::DirectoryRecord get() { return *get_directory(world.environment, world.workspace, "okta-api"); }
  std::optional<DirectoryTest> claim() {
    auto test = claim_directory_test(world.environment, std::chrono::seconds(30));
    EXPECT_TRUE(test) << test.error().note;
    return std::move(*test);
  }
  std::optional<DirectoryState> settle(const DirectoryTest& test, const connector::Tested& found) {
    const auto state = settle_directory_test(world.environment, test, found);
    EXPECT_TRUE(state) << state.error().note;
    return *state;
  }
  static connector::Tested troubled(Trouble::Kind kind, bool is_usable = true) {
    connector::Tested found;
    found.is_usable = is_usable;
    found.trouble = Trouble{kind, 400, "E1", "Words of theirs", "req1"};
    return found;
  }
  /// Claims, and settles with it.
  DirectoryState tested_with(const connector::Tested& found) {
    const auto test = claim();
    EXPECT_TRUE(test);
    return settle(*test, found).value_or(DirectoryState::untested);
  }
  /// Seconds until the next test, each made when it was due and each finding the same.
  std::vector<std::int64_t> waits_after(const connector::Tested& found, int tests) {
    std::vector<std::int64_t> waits;
    for (int count = 0; count < tests; ++count) {
      tested_with(found);
      const auto wait = get().test_due - world.clock.now();
      waits.push_back(std::chrono::duration_cast<std::chrono::seconds>(wait).count());
      world.clock.advance(wait);
    }
    return waits;
  }
  ErrorCode refusal(const WantedDirectory& other) {
    const auto made = create_directory(world.environment, world.workspace, world.admin, other);
    return made ? ErrorCode::internal : made.error().code;
  }
  World world;
};

TEST_F(AdministrationDirectories, Credential_IsSealedAndOpensForWhoTests) {
  make();
  EXPECT_THAT(get().credential, Not(HasSubstr(kSecret)));
  const auto test = claim();
  ASSERT_TRUE(test && test->credential);
  EXPECT_EQ(test->credential->secret.expose(), kSecret);
  EXPECT_EQ(test->credential->client_id, "0oa1");
  EXPECT_FALSE(claim()) << "one test at a time";
}

TEST_F(AdministrationDirectories, SealedCredential_OpensInItsOwnRowOnly) {
  make();
  auto second = wanted();
  second.name = "second";
  ASSERT_TRUE(create_directory(world.environment, world.workspace, world.admin, second));
  const auto first = get();
  ASSERT_TRUE(world.store->write([&](store::UnitOfWork& unit) -> Result<void> {
    auto& directories = unit.workspace(world.workspace).directories();
    ROLECALL_TRY_ASSIGN(auto moved, directories.find_by_name("second"));
    moved->credential = first.credential;
    ROLECALL_TRY(directories.update(*moved));
    return {};
  }));
  for (int count = 0; count < 2; ++count) {
    const auto test = claim();
    ASSERT_TRUE(test);
    EXPECT_EQ(test->credential.has_value(), test->directory.name == "okta-api") << test->directory.name;
  }
}

TEST_F(AdministrationDirectories, WhatAConnectorDoesNotTake_IsRefused) {
  const auto with = [](const std::function<void(WantedDirectory&)>& change) {
    auto other = wanted();
    change(other);
    return other;
  };
  for (const auto& other :
       {with([](auto& w) { w.name = ""; }), with([](auto& w) { w.provider = "nobody"; }),
        with([](auto& w) { w.credential_kind = "password"; }), with([](auto& w) { w.client_id = ""; }),
        with([](auto& w) { w.client_id = "a\r\nX: y"; }), with([](auto& w) { w.client_id = std::string(201, 'x'); }),
        with([](auto& w) { w.credential = Secret(""); }), with([](auto& w) { w.credential = Secret("a b"); }),
        with([](auto& w) { w.credential = Secret("a\r\nX: y"); }),
        with([](auto& w) { w.credential = Secret(std::string(kLongestCredential + 1, 'x')); }),
        with([](auto& w) { w.scopes = {"okta.everything"}; }), with([](auto& w) { w.credential_kind = "ssws"; }),
        with([](auto& w) {
          w.credential_kind = "ssws";
          w.client_id = "";
          w.scopes = {"okta.users.read"};
        })}) {
    EXPECT_EQ(refusal(other), ErrorCode::invalid_value);
  }
  EXPECT_EQ(refusal(with([](auto& w) { w.credential = Secret(std::string(kLongestCredential, 'x')); })),
            ErrorCode::internal)
      << "the longest is taken";
  EXPECT_EQ(refusal(wanted()), ErrorCode::conflict) << "the name is taken";
}

TEST_F(AdministrationDirectories, AsManyAsThereCanBe_AndNoMore) {
  for (std::size_t count = 0; count < kDirectories; ++count) {
    auto other = wanted();
    other.name = "n" + std::to_string(count);
    ASSERT_TRUE(create_directory(world.environment, world.workspace, world.admin, other));
  }
  EXPECT_EQ(refusal(wanted()), ErrorCode::conflict);
}

TEST_F(AdministrationDirectories, Scopes_HoldTheMandatoryOnesAndStandInTheirOrder) {
  make();
  EXPECT_THAT(get().scopes, ElementsAre("okta.users.read", "okta.groups.read"));
  DirectoryChange change;
  change.scopes = {"okta.groups.manage", "okta.users.manage", "okta.groups.manage"};
  const auto changed = change_directory(world.environment, world.workspace, world.admin, "okta-api", change);
  ASSERT_TRUE(changed);
  EXPECT_THAT(changed->scopes, ElementsAre("okta.users.read", "okta.users.manage", "okta.groups.manage"));
}

TEST_F(AdministrationDirectories, States_FollowFromWhatATestFound) {
  make();
  EXPECT_EQ(get().state, DirectoryState::untested);
  connector::Tested fine;
  fine.granted = {"okta.users.read"};
  EXPECT_EQ(tested_with(fine), DirectoryState::active);
  EXPECT_THAT(get().granted, ElementsAre("okta.users.read"));
  EXPECT_THAT(get().reason, IsEmpty());
  EXPECT_FALSE(claim()) << "one that works is left alone for a while";
  const struct {
    connector::Tested found;
    DirectoryState state;
  } cases[] = {
      {troubled(Trouble::Kind::unauthorized, false), DirectoryState::needs_reauthorization},
      {troubled(Trouble::Kind::missing_scope, true), DirectoryState::degraded},
      {troubled(Trouble::Kind::missing_scope, false), DirectoryState::needs_reauthorization},
      {troubled(Trouble::Kind::missing_role, false), DirectoryState::needs_reauthorization},
      {troubled(Trouble::Kind::throttled), DirectoryState::throttled},
      {troubled(Trouble::Kind::unavailable), DirectoryState::degraded},
      {troubled(Trouble::Kind::unreadable), DirectoryState::degraded},
  };
  for (const auto& one : cases) {
    world.clock.advance(std::chrono::hours(2));
    EXPECT_EQ(tested_with(one.found), one.state);
    const auto now = get();
    EXPECT_THAT(now.reason, HasSubstr("Words of theirs"));
    EXPECT_EQ(now.vendor_request, "req1");
    EXPECT_EQ(now.throttled_until.has_value(), one.state == DirectoryState::throttled);
  }
  world.clock.advance(std::chrono::hours(2));
  EXPECT_EQ(tested_with(fine), DirectoryState::active);
  EXPECT_EQ(get().failures, 0);
  EXPECT_EQ(get().vendor_code, "");
}

TEST_F(AdministrationDirectories, RevokedCredential_IsTriedOnceSoonAndThenEveryFiveMinutes) {
  make();
  EXPECT_THAT(waits_after(troubled(Trouble::Kind::unauthorized, false), 4), ElementsAre(15, 300, 300, 300));
}

TEST_F(AdministrationDirectories, ThrottledWithoutSayingUntilWhen_IsTriedAgainWithinTheMinute) {
  make();
  EXPECT_THAT(waits_after(troubled(Trouble::Kind::throttled), 4), ElementsAre(15, 30, 60, 60));
}

TEST_F(AdministrationDirectories, Fault_IsTriedAgainAtGrowingIntervals) {
  make();
  EXPECT_THAT(waits_after(troubled(Trouble::Kind::unavailable), 9),
              ElementsAre(15, 30, 60, 120, 240, 480, 900, 900, 900));
}

TEST_F(AdministrationDirectories, Throttled_WaitsForWhatTheProviderSays) {
  make();
  auto limited = troubled(Trouble::Kind::throttled);
  limited.trouble->retry_at = world.clock.now() + std::chrono::seconds(42);
  tested_with(limited);
  EXPECT_EQ(get().throttled_until, limited.trouble->retry_at);
  world.clock.advance(std::chrono::seconds(41));
  EXPECT_FALSE(claim());
  world.clock.advance(std::chrono::seconds(1));
  EXPECT_TRUE(claim());
}

TEST_F(AdministrationDirectories, TestOfTheOldCredential_SaysNothingOfTheNewOne) {
  make();
  const auto test = claim();
  ASSERT_TRUE(test);
  ASSERT_TRUE(reauthorize_directory(world.environment, world.workspace, world.admin, "okta-api",
                                    {"", "", Secret("another-secret")}));
  EXPECT_FALSE(settle(*test, troubled(Trouble::Kind::unauthorized, false)));
  EXPECT_EQ(get().state, DirectoryState::untested);
  const auto next = claim();
  ASSERT_TRUE(next && next->credential);
  EXPECT_EQ(next->credential->secret.expose(), "another-secret");
}

TEST_F(AdministrationDirectories, LeaseThatRanOut_StoresNothing) {
  make();
  const auto test = claim();
  ASSERT_TRUE(abandon_directory_test(world.environment, *test));
  const auto second = claim();
  ASSERT_TRUE(second);
  EXPECT_FALSE(settle(*test, {}));
  EXPECT_EQ(get().state, DirectoryState::untested);
  EXPECT_EQ(settle(*second, {}), DirectoryState::active);
}

TEST_F(AdministrationDirectories, OtherKindOfCredential_BringsItsOwnScopes) {
  make();
  const auto token =
      reauthorize_directory(world.environment, world.workspace, world.admin, "okta-api", {"ssws", "", Secret("00t")});
  ASSERT_TRUE(token) << token.error().detail;
  EXPECT_THAT(token->scopes, IsEmpty());
  EXPECT_EQ(token->client_id, "");
  const auto app = reauthorize_directory(world.environment, world.workspace, world.admin, "okta-api",
                                         {"client_secret", "0oa2", Secret("s")});
  ASSERT_TRUE(app);
  EXPECT_THAT(app->scopes, ElementsAre("okta.users.read", "okta.groups.read"));
  EXPECT_FALSE(reauthorize_directory(world.environment, world.workspace, world.admin, "okta-api",
                                     {"ssws", "0oa2", Secret("s")}));
}

TEST_F(AdministrationDirectories, Paused_IsNotTested) {
  make();
  DirectoryChange pause;
  pause.is_paused = true;
  ASSERT_TRUE(change_directory(world.environment, world.workspace, world.admin, "okta-api", pause));
  EXPECT_FALSE(claim());
  const auto asked = request_directory_test(world.environment, world.workspace, world.admin, "okta-api");
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().code, ErrorCode::conflict);
  pause.is_paused = false;
  ASSERT_TRUE(change_directory(world.environment, world.workspace, world.admin, "okta-api", pause));
  EXPECT_TRUE(claim());
}

TEST_F(AdministrationDirectories, TestThatIsAskedForMeanwhile_ComesAfterTheOneUnderWay) {
  make();
  const auto test = claim();
  world.clock.advance(std::chrono::seconds(1));
  ASSERT_TRUE(request_directory_test(world.environment, world.workspace, world.admin, "okta-api"));
  settle(*test, {});
  EXPECT_TRUE(claim());
}

TEST_F(AdministrationDirectories, Audit_TellsOfEveryChangeAndOfNoSecret) {
  make();
  tested_with({});
  world.clock.advance(std::chrono::hours(2));
  tested_with({});
  world.clock.advance(std::chrono::hours(2));
  tested_with(troubled(Trouble::Kind::unauthorized, false));
  ASSERT_TRUE(reauthorize_directory(world.environment, world.workspace, world.admin, "okta-api",
                                    {"", "", Secret("another-secret")}));
  ASSERT_TRUE(remove_directory(world.environment, world.workspace, world.admin, "okta-api"));
  EXPECT_FALSE(remove_directory(world.environment, world.workspace, world.admin, "okta-api"));
  std::vector<std::string> actions;
  std::string all;
  ASSERT_TRUE(world.store->read([&](store::UnitOfWork& unit) -> Result<void> {
    ROLECALL_TRY_ASSIGN(const auto rows, unit.workspace(world.workspace).audit().page(0, 1000));
    for (const auto& row : rows) {
      if (!row.action.starts_with("directory.")) continue;
      actions.push_back(row.action);
      all += row.details + " ";
    }
    return {};
  }));
  EXPECT_THAT(actions, ElementsAre("directory.created", "directory.state_changed", "directory.state_changed",
                                   "directory.reauthorized", "directory.removed"));
  EXPECT_THAT(all, HasSubstr(R"("because":"unauthorized")"));
  for (const char* secret : {kSecret, "another-secret", "0oa1", "Words of theirs"}) {
    EXPECT_THAT(all, Not(HasSubstr(secret)));
  }
}

}  // namespace
}  // namespace rolecall::administration
