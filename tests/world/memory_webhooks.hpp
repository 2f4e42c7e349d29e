#pragma once

#include <algorithm>

#include "memory_repositories.hpp"
#include "rolecall/store/webhooks.hpp"

namespace rolecall::testing_support {

class MemoryWebhooks final : public store::WebhookRepository {
 public:
  explicit MemoryWebhooks(MemoryTables& tables_in) : tables(tables_in) {}

  Result<void> insert(const store::WebhookRecord& webhook) override {
    tables.webhooks[webhook.id] = webhook;
    return {};
  }
  Result<std::optional<store::WebhookRecord>> find(const WebhookId& id) override {
    return look_up(tables.webhooks, id);
  }
  Result<std::vector<store::WebhookRecord>> list() override {
    std::vector<store::WebhookRecord> all;
    for (const auto& [id, webhook] : tables.webhooks) all.push_back(webhook);
    return all;
  }
  Result<bool> update(const store::WebhookRecord& webhook) override {
    const auto found = tables.webhooks.find(webhook.id);
    if (found == tables.webhooks.end()) return false;
    found->second = webhook;
    return true;
  }
  Result<bool> remove(const WebhookId& id) override {
    std::erase_if(tables.deliveries, [&](const auto& entry) { return entry.first.first == id; });
    return tables.webhooks.erase(id) != 0;
  }
  Result<std::vector<store::Subscription>> subscriptions() override {
    std::vector<store::Subscription> all;
    for (const auto& [id, webhook] : tables.webhooks) all.push_back({id, webhook.events});
    return all;
  }
  /// Nothing is delivered from memory.
  Result<bool> lease(const WebhookId& /*id*/, const std::string& /*lease*/, Instant /*now*/,
                     Instant /*until*/) override {
    return false;
  }
  Result<bool> release(const WebhookId& /*id*/, const std::string& /*lease*/) override { return false; }

 private:
  MemoryTables& tables;
};

class MemoryOutbox final : public store::OutboxRepository {
 public:
  explicit MemoryOutbox(MemoryTables& tables_in) : tables(tables_in) {}

  Result<void> put(const store::EventRecord& event, const std::vector<WebhookId>& webhooks) override {
    tables.outbox[event.seq] = event;
    for (const WebhookId& webhook : webhooks) {
      store::DeliveryRecord delivery;
      delivery.webhook = webhook;
      delivery.seq = event.seq;
      tables.deliveries[{webhook, event.seq}] = delivery;
    }
    return {};
  }
  Result<std::optional<store::DeliveryOfEvent>> next_due(const WebhookId& webhook, Instant now) override {
    for (const auto& [key, delivery] : tables.deliveries) {
      const bool is_due = delivery.state == store::DeliveryState::pending && delivery.due <= now;
      if (key.first == webhook && is_due) return of(delivery);
    }
    return std::optional<store::DeliveryOfEvent>();
  }
  Result<std::optional<store::DeliveryOfEvent>> find(const WebhookId& webhook, const EventId& event) override {
    for (const auto& [key, delivery] : tables.deliveries) {
      if (key.first == webhook && tables.outbox.at(key.second).id == event) return of(delivery);
    }
    return std::optional<store::DeliveryOfEvent>();
  }
  Result<bool> update(const store::DeliveryRecord& delivery) override {
    const auto found = tables.deliveries.find({delivery.webhook, delivery.seq});
    if (found == tables.deliveries.end()) return false;
    found->second = delivery;
    return true;
  }
  Result<std::vector<store::DeliveryOfEvent>> page(const WebhookId& webhook, std::int64_t before,
                                                   const std::optional<store::DeliveryState>& state,
                                                   std::int64_t limit) override {
    std::vector<store::DeliveryOfEvent> found;
    for (auto entry = tables.deliveries.rbegin(); entry != tables.deliveries.rend(); ++entry) {
      const auto& [key, delivery] = *entry;
      if (key.first != webhook || key.second >= before || (state && delivery.state != *state)) continue;
      if (static_cast<std::int64_t>(found.size()) < limit) found.push_back(*of(delivery));
    }
    return found;
  }
  Result<store::DeliveryCounts> counts(const WebhookId& webhook) override {
    store::DeliveryCounts counts;
    for (const auto& [key, delivery] : tables.deliveries) {
      if (key.first != webhook) continue;
      counts.pending += delivery.state == store::DeliveryState::pending ? 1 : 0;
      counts.failed += delivery.state == store::DeliveryState::failed ? 1 : 0;
    }
    return counts;
  }
  Result<void> prune(std::int64_t /*keep*/, Instant /*oldest*/) override { return {}; }

 private:
  std::optional<store::DeliveryOfEvent> of(const store::DeliveryRecord& delivery) const {
    return store::DeliveryOfEvent{delivery, tables.outbox.at(delivery.seq)};
  }
  MemoryTables& tables;
};

}  // namespace rolecall::testing_support
