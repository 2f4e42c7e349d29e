#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using store::DeliveryState;

class WebhookContract : public StoreContract {
 protected:
  void SetUp() override {
    StoreContract::SetUp();
    for (const auto& workspace : {home, other}) insert(workspace, webhook("w1"));
  }
  static store::WebhookRecord webhook(const std::string& id, std::vector<std::string> events = {}) {
    store::WebhookRecord record;
    record.id = WebhookId(id);
    record.url = "https://hooks.example.com/Ünal?x=1";
    record.description = "Tickets";
    record.events = std::move(events);
    record.secret = "sealed";
    record.made_by = "admin";
    record.created = at(1);
    return record;
  }
  void insert(const WorkspaceId& workspace, const store::WebhookRecord& record) {
    write_in(workspace, [&](Workspace& reached) { return reached.webhooks().insert(record); });
  }
  void put(const WorkspaceId& workspace, std::int64_t seq, const std::vector<std::string>& webhooks) {
    store::EventRecord event;
    event.seq = seq;
    event.id = EventId("evt_" + std::to_string(seq));
    event.type = "user.created";
    event.at = at(seq);
    event.payload = R"({"n":)" + std::to_string(seq) + "}";
    std::vector<WebhookId> ids;
    for (const std::string& id : webhooks) ids.emplace_back(id);
    write_in(workspace, [&](Workspace& reached) { return reached.outbox().put(event, ids); });
  }
  std::int64_t next(std::int64_t now) {
    const auto due =
        read_in(home, [&](Workspace& reached) { return reached.outbox().next_due(WebhookId("w1"), at(now)); });
    return due ? due->event.seq : 0;
  }
  void settle(std::int64_t seq, DeliveryState state, std::int64_t due = -1) {
    auto found = read_in(home, [&](Workspace& reached) {
      return reached.outbox().find(WebhookId("w1"), EventId("evt_" + std::to_string(seq)));
    });
    ASSERT_TRUE(found);
    found->delivery.state = state;
    found->delivery.attempts += 1;
    if (due >= 0) found->delivery.due = at(due);
    found->delivery.first_attempt = at(10);
    found->delivery.last_attempt = at(20);
    found->delivery.status = 500;
    found->delivery.reason = "The receiver answered 500.";
    found->delivery.micros = 7;
    EXPECT_TRUE(write_in(home, [&](Workspace& reached) { return reached.outbox().update(found->delivery); }));
  }
  std::string page(std::int64_t before, const std::optional<DeliveryState>& state, std::int64_t limit) {
    const auto rows =
        read_in(home, [&](Workspace& reached) { return reached.outbox().page(WebhookId("w1"), before, state, limit); });
    std::string all;
    for (const auto& row : rows) all += row.event.id.value() + " ";
    return all;
  }
  std::vector<store::DueWebhook> due(std::int64_t now) {
    std::vector<store::DueWebhook> found;
    must(store->read([&](UnitOfWork& unit) -> Result<void> {
      ROLECALL_TRY_ASSIGN(found, unit.due_webhooks(at(now), 10));
      return {};
    }));
    return found;
  }
  bool lease(const std::string& name, std::int64_t now, std::int64_t until) {
    return write_in(
        home, [&](Workspace& reached) { return reached.webhooks().lease(WebhookId("w1"), name, at(now), at(until)); });
  }
};
ROLECALL_ON_EVERY_ENGINE(WebhookContract);

TEST_P(WebhookContract, Stored_IsFoundAndChangedInItsWorkspaceOnly) {
  auto changed = webhook("w1", {"group.*", "user.created"});
  changed.url = "https://other.example.com/";
  changed.is_paused = true;
  changed.paused_because = "gone";
  changed.old_secret = "before";
  changed.old_secret_ends = at(99);
  changed.failures = 3;
  changed.rests_until = at(50);
  EXPECT_TRUE(write_in(home, [&](Workspace& reached) { return reached.webhooks().update(changed); }));
  const auto found = read_in(home, [](Workspace& reached) { return reached.webhooks().find(WebhookId("w1")); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->url, changed.url);
  EXPECT_EQ(found->events, changed.events);
  EXPECT_TRUE(found->is_paused);
  EXPECT_EQ(found->paused_because, "gone");
  EXPECT_EQ(found->old_secret, "before");
  EXPECT_EQ(found->old_secret_ends, at(99));
  EXPECT_EQ(found->failures, 3);
  EXPECT_EQ(found->rests_until, at(50));
  const auto theirs = read_in(other, [](Workspace& reached) { return reached.webhooks().find(WebhookId("w1")); });
  ASSERT_TRUE(theirs);
  EXPECT_EQ(theirs->url, webhook("w1").url);
  EXPECT_TRUE(theirs->events.empty());
  EXPECT_FALSE(theirs->old_secret_ends);
  EXPECT_FALSE(write_in(home, [&](Workspace& reached) { return reached.webhooks().update(webhook("nobody")); }));
}

TEST_P(WebhookContract, Subscriptions_AreOfOneWorkspaceAndPausedOnesToo) {
  auto second = webhook("w2", {"guard.*"});
  second.is_paused = true;
  insert(home, second);
  auto all = read_in(home, [](Workspace& reached) { return reached.webhooks().subscriptions(); });
  std::sort(all.begin(), all.end(), [](const auto& one, const auto& two) { return one.webhook < two.webhook; });
  ASSERT_EQ(all.size(), 2U);
  EXPECT_TRUE(all[0].events.empty());
  EXPECT_EQ(all[1].events, std::vector<std::string>{"guard.*"});
  EXPECT_EQ(read_in(other, [](Workspace& reached) { return reached.webhooks().subscriptions(); }).size(), 1U);
}

TEST_P(WebhookContract, NextDue_IsTheOldestThatMayGo) {
  for (const std::int64_t seq : {4, 2, 9}) put(home, seq, {"w1"});
  put(other, 1, {"w1"});
  EXPECT_EQ(next(0), 2);
  settle(2, DeliveryState::delivered);
  EXPECT_EQ(next(0), 4);
  settle(4, DeliveryState::pending, 100);
  EXPECT_EQ(next(99), 9) << "the one that waits lets those behind it go";
  EXPECT_EQ(next(100), 4);
  settle(4, DeliveryState::failed);
  settle(9, DeliveryState::delivered);
  EXPECT_EQ(next(1'000), 0);
}

TEST_P(WebhookContract, Delivery_KeepsWhatBecameOfIt) {
  put(home, 5, {"w1"});
  settle(5, DeliveryState::failed);
  const auto found =
      read_in(home, [](Workspace& reached) { return reached.outbox().find(WebhookId("w1"), EventId("evt_5")); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->delivery.state, DeliveryState::failed);
  EXPECT_EQ(found->delivery.attempts, 1);
  EXPECT_EQ(found->delivery.first_attempt, at(10));
  EXPECT_EQ(found->delivery.last_attempt, at(20));
  EXPECT_EQ(found->delivery.status, 500);
  EXPECT_EQ(found->delivery.reason, "The receiver answered 500.");
  EXPECT_EQ(found->delivery.micros, 7);
  EXPECT_EQ(found->event.type, "user.created");
  EXPECT_EQ(found->event.at, at(5));
  EXPECT_EQ(found->event.payload, R"({"n":5})");
  EXPECT_FALSE(
      read_in(other, [](Workspace& reached) { return reached.outbox().find(WebhookId("w1"), EventId("evt_5")); }));
}

TEST_P(WebhookContract, Pages_AreNewestFirstAndFiltered) {
  for (std::int64_t seq = 1; seq <= 5; ++seq) put(home, seq, {"w1"});
  settle(2, DeliveryState::failed);
  settle(3, DeliveryState::delivered);
  EXPECT_EQ(page(1'000, std::nullopt, 10), "evt_5 evt_4 evt_3 evt_2 evt_1 ");
  EXPECT_EQ(page(1'000, std::nullopt, 2), "evt_5 evt_4 ");
  EXPECT_EQ(page(4, std::nullopt, 2), "evt_3 evt_2 ");
  EXPECT_EQ(page(1'000, DeliveryState::failed, 10), "evt_2 ");
  EXPECT_EQ(page(1'000, DeliveryState::pending, 10), "evt_5 evt_4 evt_1 ");
  const auto counts = read_in(home, [](Workspace& reached) { return reached.outbox().counts(WebhookId("w1")); });
  EXPECT_EQ(counts.pending, 3);
  EXPECT_EQ(counts.failed, 1);
}

TEST_P(WebhookContract, Lease_IsOneHoldersUntilItEnds) {
  put(home, 1, {"w1"});
  ASSERT_EQ(due(0).size(), 1U);
  EXPECT_EQ(due(0).front().workspace, home);
  EXPECT_TRUE(lease("a", 0, 100));
  EXPECT_FALSE(lease("b", 99, 200));
  EXPECT_TRUE(due(99).empty());
  EXPECT_TRUE(lease("b", 100, 200)) << "whoever held it is gone";
  EXPECT_FALSE(write_in(home, [](Workspace& reached) { return reached.webhooks().release(WebhookId("w1"), "a"); }));
  EXPECT_TRUE(write_in(home, [](Workspace& reached) { return reached.webhooks().release(WebhookId("w1"), "b"); }));
  EXPECT_EQ(due(100).size(), 1U);
}

TEST_P(WebhookContract, Due_NeitherPausedNorRestingNorDone) {
  put(home, 1, {"w1"});
  auto record = webhook("w1");
  record.is_paused = true;
  write_in(home, [&](Workspace& reached) { return reached.webhooks().update(record); });
  EXPECT_TRUE(due(0).empty());
  EXPECT_FALSE(lease("a", 0, 100));
  record.is_paused = false;
  record.rests_until = at(50);
  write_in(home, [&](Workspace& reached) { return reached.webhooks().update(record); });
  EXPECT_TRUE(due(49).empty());
  EXPECT_FALSE(lease("a", 49, 100));
  EXPECT_EQ(due(50).size(), 1U);
  settle(1, DeliveryState::delivered);
  EXPECT_TRUE(due(50).empty());
}

TEST_P(WebhookContract, Removed_TakesItsDeliveriesAlong) {
  insert(home, webhook("w2"));
  put(home, 1, {"w1", "w2"});
  EXPECT_TRUE(write_in(home, [](Workspace& reached) { return reached.webhooks().remove(WebhookId("w1")); }));
  EXPECT_FALSE(write_in(home, [](Workspace& reached) { return reached.webhooks().remove(WebhookId("w1")); }));
  EXPECT_EQ(page(100, std::nullopt, 10), "");
  EXPECT_TRUE(
      read_in(home, [](Workspace& reached) { return reached.outbox().find(WebhookId("w2"), EventId("evt_1")); }));
  EXPECT_TRUE(read_in(other, [](Workspace& reached) { return reached.webhooks().find(WebhookId("w1")); }));
}

TEST_P(WebhookContract, Prune_LeavesTheNewestAndWhatIsYoung) {
  for (std::int64_t seq = 1; seq <= 6; ++seq) put(home, seq, {"w1"});
  put(other, 1, {"w1"});
  write_in(home, [](Workspace& reached) { return reached.outbox().prune(4, at(0)); });
  EXPECT_EQ(page(100, std::nullopt, 10), "evt_6 evt_5 evt_4 evt_3 ");
  write_in(home, [](Workspace& reached) { return reached.outbox().prune(100, at(5)); });
  EXPECT_EQ(page(100, std::nullopt, 10), "evt_6 evt_5 ");
  EXPECT_TRUE(
      read_in(other, [](Workspace& reached) { return reached.outbox().find(WebhookId("w1"), EventId("evt_1")); }));
}

}  // namespace
}  // namespace rolecall::contract
