#pragma once

#include "rolecall/store/store.hpp"
#include "session.hpp"

namespace rolecall::adapter::soci {

struct Scope;

class WebhookRepository final : public store::WebhookRepository {
 public:
  explicit WebhookRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] static Result<std::vector<store::DueWebhook>> due(Session& session, Instant now, std::int64_t limit);
  [[nodiscard]] Result<void> insert(const store::WebhookRecord& webhook) override;
  [[nodiscard]] Result<std::optional<store::WebhookRecord>> find(const WebhookId& id) override;
  [[nodiscard]] Result<std::vector<store::WebhookRecord>> list() override;
  [[nodiscard]] Result<bool> update(const store::WebhookRecord& webhook) override;
  [[nodiscard]] Result<bool> remove(const WebhookId& id) override;
  [[nodiscard]] Result<std::vector<store::Subscription>> subscriptions() override;
  [[nodiscard]] Result<bool> lease(const WebhookId& id, const std::string& lease, Instant now, Instant until) override;
  [[nodiscard]] Result<bool> release(const WebhookId& id, const std::string& lease) override;

 private:
  const Scope& scope_;
};

class OutboxRepository final : public store::OutboxRepository {
 public:
  explicit OutboxRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] Result<void> put(const store::EventRecord& event, const std::vector<WebhookId>& webhooks) override;
  [[nodiscard]] Result<std::optional<store::DeliveryOfEvent>> next_due(const WebhookId& webhook, Instant now) override;
  [[nodiscard]] Result<std::optional<store::DeliveryOfEvent>> find(const WebhookId& webhook,
                                                                   const EventId& event) override;
  [[nodiscard]] Result<bool> update(const store::DeliveryRecord& delivery) override;
  [[nodiscard]] Result<std::vector<store::DeliveryOfEvent>> page(const WebhookId& webhook, std::int64_t before,
                                                                 const std::optional<store::DeliveryState>& state,
                                                                 std::int64_t limit) override;
  [[nodiscard]] Result<store::DeliveryCounts> counts(const WebhookId& webhook) override;
  [[nodiscard]] Result<void> prune(std::int64_t keep, Instant oldest) override;

 private:
  const Scope& scope_;
};

}  // namespace rolecall::adapter::soci
