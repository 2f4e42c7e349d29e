#include <gmock/gmock.h>

#include "rolecall/administration/deliveries.hpp"
#include "rolecall/administration/webhooks.hpp"
#include "rolecall/json/parse.hpp"
#include "world/administration_world.hpp"

namespace rolecall::administration {
namespace {

using rolecall::testing_support::World;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class AdministrationWebhooks : public testing::Test {
 protected:
  WebhookId make(std::vector<std::string> events = {}) {
    const auto made = create_webhook(world.environment, world.workspace, world.admin,
                                     {"https://hooks.example.com/", std::move(events), ""});
    EXPECT_TRUE(made) << made.error().detail << made.error().note;
    return made->view.record.id;
  }
  std::vector<std::string> types(const WebhookId& id) {
    const auto page = list_deliveries(world.environment, world.workspace, id, 0, std::nullopt, 1000);
    EXPECT_TRUE(page);
    std::vector<std::string> found;
    for (auto row = page->deliveries.rbegin(); row != page->deliveries.rend(); ++row) found.push_back(row->event.type);
    return found;
  }
  std::optional<DeliveryJob> claim() {
    auto job = claim_delivery(world.environment, std::chrono::seconds(30));
    EXPECT_TRUE(job) << job.error().detail << job.error().note;
    return std::move(*job);
  }
  void settle(const DeliveryJob& job, std::int64_t status) {
    event::Outcome outcome;
    outcome.status = status;
    const auto done = settle_delivery(world.environment, job, {}, outcome);
    EXPECT_TRUE(done) << done.error().note;
  }
  World world;
};

TEST_F(AdministrationWebhooks, Events_AreOfTheRowsThatWereWritten) {
  const auto all = make();
  const auto roles = make({"role.*"});
  const auto none = make({"guard.*"});
  const auto maya = world.add_user("maya@example.com");
  ASSERT_TRUE(grant_direct(world.environment, world.workspace, world.admin, "maya@example.com", "IT Admin"));
  ASSERT_TRUE(world.set_active(maya, false));
  EXPECT_THAT(types(all),
              ElementsAre("role.granted", "role.revoked", "role.granted", "role.revoked", "access.revoked"));
  EXPECT_THAT(types(roles), ElementsAre("role.granted", "role.revoked", "role.granted", "role.revoked"));
  EXPECT_THAT(types(none), ElementsAre());
}

TEST_F(AdministrationWebhooks, RoleHeldOtherwise_IsNeitherGrantedNorRevoked) {
  const auto maya = world.add_user("maya@example.com");
  ASSERT_TRUE(grant_direct(world.environment, world.workspace, world.admin, "maya@example.com", "IT Admin"));
  const auto group = world.add_group("admins");
  ASSERT_TRUE(create_link(world.environment, world.workspace, world.admin, {"admins", {}, "IT Admin"}));
  const auto hook = make({"role.*"});
  ASSERT_TRUE(world.join(maya, group));
  ASSERT_TRUE(revoke_direct(world.environment, world.workspace, world.admin, "maya@example.com", "IT Admin"));
  EXPECT_THAT(types(hook), ElementsAre()) << "the role was held all the time";
  ASSERT_TRUE(world.leave(maya, group));
  EXPECT_THAT(types(hook), ElementsAre("role.revoked", "role.granted"));
}

TEST_F(AdministrationWebhooks, RolledBackChange_LeavesNoEvent) {
  const auto hook = make();
  const auto failed = world.push([&](store::Workspace&, audit::Trail& trail) -> Result<void> {
    ROLECALL_TRY(trail.record("user.deleted", "User/x", {}));
    return fail(ErrorCode::conflict, "No.");
  });
  EXPECT_FALSE(failed);
  EXPECT_THAT(types(hook), ElementsAre());
}

TEST_F(AdministrationWebhooks, Payload_HoldsNamesAndIdsAndNoValues) {
  const auto hook = make();
  ASSERT_TRUE(world.push([&](store::Workspace&, audit::Trail& trail) {
    return trail.record("user.updated", "User/0190",
                        {{"attributes", json::Array{json::Value("title")}},
                         {"cause", "link"},
                         {"secret", "hunter2"},
                         {"member", "maya@example.com"},
                         {"group", "Group/0191"},
                         {"count", 3}});
  }));
  const auto job = claim();
  ASSERT_TRUE(job);
  EXPECT_EQ(job->webhook.id, hook);
  EXPECT_THAT(job->body, Not(HasSubstr("hunter2")));
  EXPECT_THAT(job->body, Not(HasSubstr("maya@example.com")));
  const auto body = json::parse(job->body);
  ASSERT_TRUE(body);
  EXPECT_EQ(json::write(*body->as_object()->find("data")),
            R"({"attributes":["title"],"cause":"link","group":{"type":"Group","id":"0191"},"count":3})");
  EXPECT_EQ(json::write(*body->as_object()->find("subject")), R"({"type":"User","id":"0190"})");
  EXPECT_EQ(*body->as_object()->find("id")->as_string(), job->event.value());
  EXPECT_THAT(job->signature, testing::StartsWith("v1,"));
}

TEST_F(AdministrationWebhooks, Claimed_IsNobodyElsesUntilItsLeaseEnds) {
  make();
  world.add_user("maya@example.com");
  const auto first = claim();
  ASSERT_TRUE(first);
  EXPECT_FALSE(claim());
  world.clock.advance(std::chrono::seconds(31));
  const auto second = claim();
  ASSERT_TRUE(second) << "whoever had it was killed";
  EXPECT_EQ(second->event, first->event);
  settle(*first, 500);
  settle(*second, 204);
  const auto view = get_delivery(world.environment, world.workspace, second->webhook.id, second->event);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->delivery.state, store::DeliveryState::delivered);
  EXPECT_EQ(view->delivery.attempts, 1) << "the word of one whose lease had ended does not count";
}

TEST_F(AdministrationWebhooks, Abandoned_IsAsIfItHadNotBeenClaimed) {
  make();
  world.add_user("maya@example.com");
  const auto first = claim();
  ASSERT_TRUE(first);
  ASSERT_TRUE(abandon_delivery(world.environment, *first));
  const auto second = claim();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->delivery.attempts, 0);
}

TEST_F(AdministrationWebhooks, Poison_StepsAsideAfterThreeAttempts) {
  make({"role.granted"});
  world.add_user("one@example.com");
  world.add_user("two@example.com");
  const auto poison = claim();
  ASSERT_TRUE(poison);
  settle(*poison, 400);
  for (int attempt = 2; attempt <= 3; ++attempt) {
    world.clock.advance(std::chrono::hours(2));
    const auto again = claim();
    ASSERT_TRUE(again);
    EXPECT_EQ(again->event, poison->event) << "in order, as long as there is hope";
    settle(*again, 400);
  }
  EXPECT_FALSE(claim()) << "the webhook rests";
  world.clock.advance(std::chrono::seconds(7));
  const auto next = claim();
  ASSERT_TRUE(next);
  EXPECT_NE(next->event, poison->event);
  settle(*next, 204);
  EXPECT_FALSE(claim()) << "the poison is not due yet";
  world.clock.advance(std::chrono::minutes(2));
  const auto last = claim();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->event, poison->event);
}

TEST_F(AdministrationWebhooks, SecretSealedWithAnotherKey_SignsNothing) {
  make();
  world.add_user("maya@example.com");
  const auto other = adapter::crypto::make_sealer(Secret("another key, which is long enough too"), *world.random);
  world.environment.sealer = other.get();
  const auto job = claim();
  ASSERT_TRUE(job);
  EXPECT_EQ(job->signature, "");
}

TEST_F(AdministrationWebhooks, Limits) {
  for (std::size_t at = 0; at < kWebhooks; ++at) make({"guard.*"});
  const WantedWebhook one_more{"https://hooks.example.com/", {}, ""};
  EXPECT_EQ(create_webhook(world.environment, world.workspace, world.admin, one_more).error().code,
            ErrorCode::conflict);
  const auto all = list_webhooks(world.environment, world.workspace);
  ASSERT_TRUE(all);
  ASSERT_TRUE(remove_webhook(world.environment, world.workspace, world.admin, all->front().record.id));
  WantedWebhook wordy = one_more;
  wordy.description = std::string(kLongestDescription + 1, 'x');
  EXPECT_EQ(create_webhook(world.environment, world.workspace, world.admin, wordy).error().code,
            ErrorCode::invalid_value);
  wordy.description.pop_back();
  EXPECT_TRUE(create_webhook(world.environment, world.workspace, world.admin, wordy));
  const auto unknown = create_webhook(world.environment, world.workspace, world.admin,
                                      {"https://hooks.example.com/", {"user.deactivate"}, ""});
  EXPECT_THAT(unknown.error().detail, HasSubstr("user.deactivated"));
}

}  // namespace
}  // namespace rolecall::administration
