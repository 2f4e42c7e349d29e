#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "rolecall/administration/environment.hpp"
#include "rolecall/event/delivery.hpp"

// What a thread that delivers events does: take one, send it, say what became of it. Between the first and the last
// nothing is locked, and a process that ends in between leaves a lease that runs out.

namespace rolecall::administration {

/// One request to be sent, and how to say what became of it.
struct DeliveryJob {
  WorkspaceId workspace;
  store::WebhookRecord webhook;
  store::DeliveryRecord delivery;
  std::string lease;
  EventId event;
  std::string body;
  std::int64_t seconds = 0;  ///< since 1970, as it is signed
  std::string signature;     ///< empty when no key opens the secret: it cannot be sent then
};

/// The oldest due event of a webhook that nobody else delivers to, which is the caller's until the lease ends. None
/// when nothing is due.
[[nodiscard]] Result<std::optional<DeliveryJob>> claim_delivery(const Environment& environment,
                                                                std::chrono::milliseconds lease);
/// Stores what became of it, unless the lease has gone to somebody else.
[[nodiscard]] Result<void> settle_delivery(const Environment& environment, const DeliveryJob& job,
                                           const event::Policy& policy, const event::Outcome& outcome);
/// As if it had not been claimed.
[[nodiscard]] Result<void> abandon_delivery(const Environment& environment, const DeliveryJob& job);
/// Forgets the events of all workspaces beyond the newest `keep`, and those that are older than `age`.
[[nodiscard]] Result<void> prune_events(const Environment& environment, std::int64_t keep, std::chrono::hours age);

}  // namespace rolecall::administration
