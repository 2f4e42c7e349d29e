#include <gmock/gmock.h>

#include "guard_fixture.hpp"
#include "rolecall/administration/api_tokens.hpp"
#include "rolecall/administration/deliveries.hpp"
#include "rolecall/administration/retention.hpp"
#include "rolecall/administration/tokens.hpp"
#include "rolecall/administration/webhooks.hpp"
#include "world/administration_world.hpp"

// The wall clock is set by others, wrongly at times, and set right again.

namespace rolecall::test {
namespace {

using std::chrono::hours;

constexpr hours kTenYears{24 * 3653};

struct Jump {
  const char* name;
  hours by;
};
constexpr Jump kJumps[] = {{"AnHourBack", -hours(1)}, {"ADayBack", -hours(24)}, {"TenYearsBack", -kTenYears},
                           {"AnHourAhead", hours(1)}, {"ADayAhead", hours(24)}, {"TenYearsAhead", kTenYears}};

class ClockJump : public GuardTest, public testing::WithParamInterface<Jump> {
 protected:
  void jump() { clock_.advance(GetParam().by); }
  void jump_back_again() { clock_.advance(-GetParam().by); }
  store::ResourceRecord record_of(std::string_view type_name, const ResourceId& id) {
    return get(type_name, id).value().record;
  }
};

/// Follows resources; none of them may seem to change before it was made or changed last.
class Followed {
 public:
  void look(const store::ResourceRecord& record) {
    auto [place, is_new] = seen_.try_emplace(record.id, record);
    store::ResourceRecord& before = place->second;
    EXPECT_GE(record.last_modified, record.created) << record.display;
    EXPECT_GE(record.last_modified, before.last_modified) << record.display;
    EXPECT_EQ(record.created, before.created) << record.display;
    if (!is_new && record.version != before.version) ++changes_;
    before = record;
  }
  [[nodiscard]] int changes() const { return changes_; }

 private:
  std::map<ResourceId, store::ResourceRecord> seen_;
  int changes_ = 0;
};

TEST_P(ClockJump, LastModified_NeverGoesBackHoweverAResourceChanges) {
  const auto user = create_user("ana@acme.example").id;
  const auto other = create_user("ben@acme.example").id;
  const auto group = make_group("crew", {user, other}, "HR Admin");
  const auto second = make_group("second", {}, "");
  Followed followed;
  const auto look = [&] {
    followed.look(record_of("User", user));
    followed.look(record_of("Group", group));
    followed.look(record_of("Group", second));
  };
  const std::vector<std::function<bool()>> changes{
      [&] { return bool(patch("User", user, R"({"op":"replace","path":"title","value":"Lead"})")); },
      [&] { return bool(patch("Group", second, add_member(user))); },
      [&] {
        return bool(administration::create_link(*administration_, workspace_, {}, {"second", "", "IT Admin"}));
      },
      [&] { return bool(patch("Group", second, R"({"op":"replace","path":"displayName","value":"third"})")); },
      [&] { return bool(patch("Group", second, remove_member(user))); },
      [&] { return bool(remove("User", other)); },
      [&] { return bool(administration::grant_direct(*administration_, workspace_, {}, user.value(), "IT Admin")); },
      [&] { return bool(patch("User", user, kDeactivate)); },
      [&] { return bool(replace("User", user, R"({"userName":"ana@acme.example","active":true})")); }};
  look();
  for (std::size_t i = 0; i < changes.size(); ++i) {
    SCOPED_TRACE("change " + std::to_string(i));
    i % 2 == 0 ? jump() : jump_back_again();
    ASSERT_TRUE(changes[i]());
    look();
  }
  EXPECT_GE(followed.changes(), 10);
}

TEST_P(ClockJump, Audit_IsInTheOrderOfItsNumbersAndIntact) {
  for (int i = 0; i < 6; ++i) {
    i % 2 == 0 ? jump() : jump_back_again();
    create_user("user" + std::to_string(i) + "@acme.example");
  }
  const auto rows = store::read(*store_, [&](store::UnitOfWork& unit) {
                      return unit.workspace(workspace_).audit().page(0, 10'000);
                    }).value();
  std::int64_t expected = 0;
  std::vector<std::string> made;
  for (const auto& row : rows) {
    EXPECT_EQ(row.seq, ++expected);
    if (row.action == "user.created") made.push_back(row.target);
  }
  std::vector<std::string> wanted;
  for (int i = 0; i < 6; ++i) {
    const auto found = store::read(*store_, [&](store::UnitOfWork& unit) {
                         return unit.workspace(workspace_)
                             .resources()
                             .find_by_key("User", folder_->fold("user" + std::to_string(i) + "@acme.example"));
                       }).value();
    wanted.push_back("User/" + found.at(0).id.value());
  }
  EXPECT_EQ(made, wanted);
  expect_audit_holds();
}

TEST_P(ClockJump, HeldChange_IsAppliedOnceWhenItsTimeHasCome) {
  let(0);
  const auto users = make_users(1);
  let_them_grow_old();
  ASSERT_EQ(deactivate(users[0]).error().code, ErrorCode::held);
  const bool is_due = GetParam().by >= hours(4);
  jump();
  EXPECT_EQ(apply_due(), is_due ? 1 : 0);
  reopen();
  jump_back_again();
  EXPECT_EQ(apply_due(), 0);
  EXPECT_EQ(is_active(users[0]), !is_due);
  clock_.advance(hours(4));
  EXPECT_EQ(apply_due(), is_due ? 0 : 1);
  EXPECT_FALSE(is_active(users[0]));
  EXPECT_EQ(apply_due(), 0);
}

TEST_P(ClockJump, DeletedUser_ReturnsAsNobodyElse) {
  const auto user = create("User", R"({"userName":"ana@acme.example","externalId":"00u1"})");
  ASSERT_TRUE(remove("User", user.id));
  jump();
  const auto again = create("User", R"({"userName":"ana@acme.example","externalId":"00u1"})");
  const bool is_forgotten = GetParam().by > hours(24 * 30);
  EXPECT_EQ(again.id == user.id, !is_forgotten);
  if (!is_forgotten) {
    EXPECT_GT(again.version, user.version);
  }
}

INSTANTIATE_TEST_SUITE_P(Each, ClockJump, testing::ValuesIn(kJumps),
                         [](const auto& tested) { return tested.param.name; });

/// Each look at it shows a time far from the one before.
class RestlessClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override {
    static constexpr hours kSteps[] = {hours(0), -hours(1), hours(24), -kTenYears, hours(1), kTenYears, -hours(24)};
    return Instant(std::chrono::seconds(1'790'000'000)) + kSteps[looks_++ % std::size(kSteps)];
  }

 private:
  mutable std::size_t looks_ = 0;
};

class RestlessTime : public ProvisioningTest {};

TEST_F(RestlessTime, DuringRequests_LeavesEverythingInOrder) {
  const RestlessClock clock;
  environment_.emplace(
      provisioning::Environment{*store_, *registry_, *folder_, clock, *ids_, *digest_, resource::ValidationOptions{}});
  administration_.emplace(administration::Environment{*store_, catalogue_, *folder_, clock, *ids_, *random_, *digest_,
                                                      nullptr, nullptr, &confirmed_});
  const auto group = create("Group", R"({"displayName":"crew"})").id;
  link("crew", "HR Admin");
  Followed followed;
  for (int i = 0; i < 8; ++i) {
    const auto user = create_user("user" + std::to_string(i) + "@acme.example").id;
    for (const std::string& operation : {add_member(user), remove_member(user), add_member(user)}) {
      ASSERT_TRUE(patch("Group", group, operation));
      followed.look(get("User", user)->record);
      followed.look(get("Group", group)->record);
    }
    EXPECT_EQ(roles_of(user), (std::vector<std::string>{"HR Admin", "crew"}));
  }
  EXPECT_GE(followed.changes(), 30);
  expect_audit_holds();
}

}  // namespace
}  // namespace rolecall::test

namespace rolecall::administration {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class ClockSetBack : public testing::Test {
 protected:
  auto authenticate(const Secret& token) { return world.tokens.authenticate(token.expose(), world.clock.now()); }
  auto authenticate_api(const Secret& token) { return authenticate_api_token(world.environment, token.expose()); }
  testing_support::World world;
};

TEST_F(ClockSetBack, Token_ThatWasSeenExpiredStaysExpired) {
  const Instant now = world.clock.now();
  const auto created = create_token(world.environment, world.workspace, world.admin, "okta", "", now + hours(1));
  const auto lasting = create_token(world.environment, world.workspace, world.admin, "okta", "", std::nullopt);
  const auto api = create_api_token(world.environment, world.workspace, world.admin,
                                    {"a", {"roles:read"}, now + hours(1)}, {"roles:read"}, std::nullopt);
  ASSERT_TRUE(created && lasting && api);
  EXPECT_TRUE(authenticate(created->token));
  EXPECT_TRUE(authenticate_api(api->token));
  for (const hours by : {hours(2), hours(24), hours(24 * 3653)}) {
    world.clock.set(now + by);
    EXPECT_FALSE(authenticate(created->token));
    EXPECT_FALSE(authenticate_api(api->token));
    EXPECT_TRUE(authenticate(lasting->token));
    for (const hours back : {hours(0), -hours(1), -hours(24), -hours(24 * 3653)}) {
      world.clock.set(now + back);
      EXPECT_EQ(authenticate(created->token).error().code, ErrorCode::unauthenticated);
      EXPECT_EQ(authenticate_api(api->token).error().code, ErrorCode::unauthenticated);
      EXPECT_TRUE(authenticate(lasting->token));
    }
  }
}

TEST_F(ClockSetBack, RevokedToken_StaysRevoked) {
  const auto created = create_token(world.environment, world.workspace, world.admin, "okta", "", std::nullopt);
  ASSERT_TRUE(revoke_token(world.environment, world.workspace, world.admin, created->record.id));
  world.clock.advance(-hours(24 * 3653));
  EXPECT_FALSE(authenticate(created->token));
}

TEST_F(ClockSetBack, Lease_IsNotHeldTwice) {
  ASSERT_TRUE(create_webhook(world.environment, world.workspace, world.admin, {"https://hooks.example.com/", {}, ""}));
  world.add_user("maya@example.com");
  const Instant now = world.clock.now();
  const auto first = claim_delivery(world.environment, seconds(30)).value();
  ASSERT_TRUE(first);
  for (const hours back : {hours(1), hours(24), hours(24 * 3653)}) {
    world.clock.set(now - back);
    EXPECT_FALSE(claim_delivery(world.environment, seconds(30)).value()) << "somebody has it";
  }
  // Ahead the lease is over; then it is another's, and the first one's word counts no more, whatever the clock says.
  world.clock.set(now + hours(24));
  const auto second = claim_delivery(world.environment, seconds(30)).value();
  ASSERT_TRUE(second);
  world.clock.set(now);
  EXPECT_FALSE(claim_delivery(world.environment, seconds(30)).value());
  event::Outcome failed;
  failed.status = 500;
  ASSERT_TRUE(settle_delivery(world.environment, *first, {}, failed));
  EXPECT_FALSE(claim_delivery(world.environment, seconds(30)).value()) << "the second one still has it";
  event::Outcome delivered;
  delivered.status = 204;
  ASSERT_TRUE(settle_delivery(world.environment, *second, {}, delivered));
  const auto view = get_delivery(world.environment, world.workspace, second->webhook.id, second->event);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->delivery.state, store::DeliveryState::delivered);
  EXPECT_EQ(view->delivery.attempts, 1);
}

TEST_F(ClockSetBack, LeaseTakenFarAhead_EndsWithinADay_AndItsHolderIsNotHeard) {
  ASSERT_TRUE(create_webhook(world.environment, world.workspace, world.admin, {"https://hooks.example.com/", {}, ""}));
  world.add_user("maya@example.com");
  const Instant now = world.clock.now();
  for (const hours ahead : {hours(25), hours(24 * 3653)}) {
    world.clock.set(now + ahead);
    const auto first = claim_delivery(world.environment, seconds(30)).value();
    ASSERT_TRUE(first);
    world.clock.set(now);
    EXPECT_FALSE(claim_delivery(world.environment, seconds(30)).value()) << "as if somebody had it";
    EXPECT_EQ(end_far_times(world.environment).value(), 1);
    EXPECT_EQ(end_far_times(world.environment).value(), 0);
    const auto second = claim_delivery(world.environment, seconds(30)).value();
    ASSERT_TRUE(second);
    event::Outcome failed;
    failed.status = 500;
    ASSERT_TRUE(settle_delivery(world.environment, *first, {}, failed));
    EXPECT_FALSE(claim_delivery(world.environment, seconds(30)).value()) << "the second one still has it";
    ASSERT_TRUE(abandon_delivery(world.environment, *second));
  }
}

TEST_F(ClockSetBack, LeasesOfToday_AreLeftAlone) {
  ASSERT_TRUE(create_webhook(world.environment, world.workspace, world.admin, {"https://hooks.example.com/", {}, ""}));
  world.add_user("maya@example.com");
  ASSERT_TRUE(claim_delivery(world.environment, std::chrono::hours(23)).value());
  EXPECT_EQ(end_far_times(world.environment).value(), 0);
}

}  // namespace
}  // namespace rolecall::administration
