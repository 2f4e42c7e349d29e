#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rolecall/base/clock.hpp"
#include "rolecall/base/ids.hpp"
#include "rolecall/base/result.hpp"

namespace rolecall::store {

/// An address that events are sent to.
struct WebhookRecord {
  WebhookId id;
  std::string url;
  std::string description;
  std::vector<std::string> events;  ///< types, in order; empty: all
  bool is_paused = false;
  std::string paused_because;  ///< a sentence, when nobody here paused it
  std::string secret;          ///< sealed
  std::string old_secret;      ///< sealed; it signs as well until it ends
  std::optional<Instant> old_secret_ends;
  std::string made_by;
  Instant created{};
  std::int64_t failures = 0;  ///< attempts that failed since the last one that did not
  Instant rests_until{};      ///< no attempt before
};

struct DueWebhook {
  WorkspaceId workspace;
  WebhookId webhook;
};

/// Who wants to hear of what. Paused ones are among them: what happens meanwhile waits for them.
struct Subscription {
  WebhookId webhook;
  std::vector<std::string> events;  ///< empty: all
};

class WebhookRepository {
 public:
  virtual ~WebhookRepository() = default;
  [[nodiscard]] virtual Result<void> insert(const WebhookRecord& webhook) = 0;
  [[nodiscard]] virtual Result<std::optional<WebhookRecord>> find(const WebhookId& id) = 0;
  /// By creation.
  [[nodiscard]] virtual Result<std::vector<WebhookRecord>> list() = 0;
  /// Everything but id, maker and creation.
  [[nodiscard]] virtual Result<bool> update(const WebhookRecord& webhook) = 0;
  /// With its deliveries; false when there is none.
  [[nodiscard]] virtual Result<bool> remove(const WebhookId& id) = 0;
  [[nodiscard]] virtual Result<std::vector<Subscription>> subscriptions() = 0;
  /// True when nobody else delivers to it, it is not paused and does not rest: it is then the caller's until `until`.
  [[nodiscard]] virtual Result<bool> lease(const WebhookId& id, const std::string& lease, Instant now,
                                           Instant until) = 0;
  /// Ends the lease; false when it is no longer this one.
  [[nodiscard]] virtual Result<bool> release(const WebhookId& id, const std::string& lease) = 0;
};

struct EventRecord {
  std::int64_t seq = 0;  ///< of the entry in the audit that it tells of
  EventId id;
  std::string type;
  Instant at{};
  std::string payload;  ///< the JSON that is sent
};

enum class DeliveryState { pending, delivered, failed };

/// One event on its way to one webhook. Of the receiver's answer no more than the status is kept.
struct DeliveryRecord {
  WebhookId webhook;
  std::int64_t seq = 0;
  DeliveryState state = DeliveryState::pending;
  std::int64_t attempts = 0;
  Instant due{};  ///< no attempt before
  std::optional<Instant> first_attempt;
  std::optional<Instant> last_attempt;
  std::int64_t status = 0;  ///< of the last answer; 0: none came
  std::string reason;       ///< why the last attempt failed, in our words
  std::int64_t micros = 0;  ///< of the last attempt
};

struct DeliveryOfEvent {
  DeliveryRecord delivery;
  EventRecord event;
};

struct DeliveryCounts {
  std::int64_t pending = 0;
  std::int64_t failed = 0;
};

class OutboxRepository {
 public:
  virtual ~OutboxRepository() = default;
  /// The event, and a pending delivery of it to each of these.
  [[nodiscard]] virtual Result<void> put(const EventRecord& event, const std::vector<WebhookId>& webhooks) = 0;
  /// The oldest pending delivery that is due.
  [[nodiscard]] virtual Result<std::optional<DeliveryOfEvent>> next_due(const WebhookId& webhook, Instant now) = 0;
  [[nodiscard]] virtual Result<std::optional<DeliveryOfEvent>> find(const WebhookId& webhook, const EventId& event) = 0;
  /// False when it is gone.
  [[nodiscard]] virtual Result<bool> update(const DeliveryRecord& delivery) = 0;
  /// Newest first, those with seq < `before`; payloads are left out.
  [[nodiscard]] virtual Result<std::vector<DeliveryOfEvent>> page(const WebhookId& webhook, std::int64_t before,
                                                                  const std::optional<DeliveryState>& state,
                                                                  std::int64_t limit) = 0;
  [[nodiscard]] virtual Result<DeliveryCounts> counts(const WebhookId& webhook) = 0;
  /// Leaves the newest `keep` events; of the oldest ten thousand goes what is older than `oldest` as well, whatever
  /// became of it.
  [[nodiscard]] virtual Result<void> prune(std::int64_t keep, Instant oldest) = 0;
};

}  // namespace rolecall::store
