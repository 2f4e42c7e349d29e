#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/administration/environment.hpp"
#include "rolecall/base/secret.hpp"

namespace rolecall::administration {

inline constexpr std::size_t kWebhooks = 20;  ///< of one workspace
inline constexpr std::size_t kLongestDescription = 200;

struct WebhookView {
  store::WebhookRecord record;  ///< secrets stay sealed
  store::DeliveryCounts counts;
};

struct WantedWebhook {
  std::string url;  ///< checked by the caller: http/egress.hpp
  std::vector<std::string> events;
  std::string description;
};
struct CreatedWebhook {
  WebhookView view;
  Secret secret;  ///< shown once, stored sealed
};
/// `invalid_value` for an event that there is none of, `conflict` when there are as many as there can be, `unavailable`
/// without a key to seal with.
[[nodiscard]] Result<CreatedWebhook> create_webhook(const Environment& environment, const WorkspaceId& workspace,
                                                    const Actor& actor, const WantedWebhook& wanted);
[[nodiscard]] Result<std::vector<WebhookView>> list_webhooks(const Environment& environment,
                                                             const WorkspaceId& workspace);
[[nodiscard]] Result<WebhookView> get_webhook(const Environment& environment, const WorkspaceId& workspace,
                                              const WebhookId& id);

/// What is not set stays. Resuming forgets past failures.
struct WebhookChange {
  std::optional<std::string> url;
  std::optional<std::vector<std::string>> events;
  std::optional<std::string> description;
  std::optional<bool> is_paused;
};
[[nodiscard]] Result<WebhookView> change_webhook(const Environment& environment, const WorkspaceId& workspace,
                                                 const Actor& actor, const WebhookId& id, const WebhookChange& change);
/// With its deliveries.
[[nodiscard]] Result<void> remove_webhook(const Environment& environment, const WorkspaceId& workspace,
                                          const Actor& actor, const WebhookId& id);

inline constexpr std::chrono::seconds kSecretOverlap = std::chrono::hours(24);
inline constexpr std::chrono::seconds kLongestSecretOverlap = std::chrono::hours(24 * 30);
/// Both secrets sign until the overlap is over; a third one ends the first. `invalid_value` for a longer overlap.
[[nodiscard]] Result<CreatedWebhook> rotate_webhook_secret(const Environment& environment, const WorkspaceId& workspace,
                                                           const Actor& actor, const WebhookId& id,
                                                           std::chrono::seconds overlap);

/// Queues an event of the type webhook.test for this webhook alone.
[[nodiscard]] Result<store::DeliveryOfEvent> test_webhook(const Environment& environment, const WorkspaceId& workspace,
                                                          const Actor& actor, const WebhookId& id);
struct DeliveryPage {
  std::vector<store::DeliveryOfEvent> deliveries;  ///< newest first, without payloads
  std::int64_t next = 0;                           ///< pass as `before`; 0 on the last page
};
/// `before` 0: from the newest on.
[[nodiscard]] Result<DeliveryPage> list_deliveries(const Environment& environment, const WorkspaceId& workspace,
                                                   const WebhookId& id, std::int64_t before,
                                                   const std::optional<store::DeliveryState>& state,
                                                   std::int64_t limit);
[[nodiscard]] Result<store::DeliveryOfEvent> get_delivery(const Environment& environment, const WorkspaceId& workspace,
                                                          const WebhookId& id, const EventId& event);
/// Sends it once more, under the id it has; `conflict` when it is on its way already.
[[nodiscard]] Result<store::DeliveryOfEvent> redeliver(const Environment& environment, const WorkspaceId& workspace,
                                                       const Actor& actor, const WebhookId& id, const EventId& event);

}  // namespace rolecall::administration
