#include "rolecall/administration/deliveries.hpp"

#include <array>

#include "rolecall/audit/trail.hpp"
#include "webhook_secret.hpp"

namespace rolecall::administration {
namespace {

/// Webhooks looked at for one claim. Others who deliver may have taken the first ones.
constexpr std::int64_t kLookedAt = 8;

/// 0 to 1.
double chance_of(RandomSource& random) {
  std::array<std::byte, 2> bytes{};
  random.fill(bytes);
  constexpr double kRange = 65535.0;
  return (std::to_integer<int>(bytes[0]) * 256 + std::to_integer<int>(bytes[1])) / kRange;
}

/// None when they were sealed with a key that is no longer there.
std::vector<Secret> keys_of(const Environment& environment, const WorkspaceId& workspace,
                            const store::WebhookRecord& webhook, Instant now) {
  std::vector<Secret> keys;
  if (environment.sealer == nullptr) return keys;
  const auto open = [&](const std::string& sealed) {
    auto key = environment.sealer->open(sealed, context_of(workspace, webhook.id));
    if (key) keys.emplace_back(std::move(*key));
  };
  open(webhook.secret);
  if (webhook.old_secret_ends && now < *webhook.old_secret_ends) open(webhook.old_secret);
  return keys;
}

std::int64_t seconds_of(Instant now) {
  return std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
}

Result<std::optional<DeliveryJob>> claim(const Environment& environment, store::UnitOfWork& unit,
                                         const store::DueWebhook& due, const std::string& lease,
                                         std::chrono::milliseconds lasts) {
  const Instant now = environment.clock.now();
  store::Workspace& workspace = unit.workspace(due.workspace);
  ROLECALL_TRY_ASSIGN(const bool is_mine, workspace.webhooks().lease(due.webhook, lease, now, now + lasts));
  if (!is_mine) return std::optional<DeliveryJob>();
  ROLECALL_TRY_ASSIGN(auto next, workspace.outbox().next_due(due.webhook, now));
  ROLECALL_TRY_ASSIGN(auto webhook, workspace.webhooks().find(due.webhook));
  if (!next || !webhook) {
    ROLECALL_TRY(workspace.webhooks().release(due.webhook, lease));
    return std::optional<DeliveryJob>();
  }
  return std::optional(DeliveryJob{due.workspace,
                                   std::move(*webhook),
                                   std::move(next->delivery),
                                   lease,
                                   next->event.id,
                                   std::move(next->event.payload),
                                   seconds_of(now),
                                   {}});
}

}  // namespace

Result<std::optional<DeliveryJob>> claim_delivery(const Environment& environment, std::chrono::milliseconds lease) {
  ROLECALL_TRY_ASSIGN(const auto due, store::read(environment.store, [&](store::UnitOfWork& unit) {
                        return unit.due_webhooks(environment.clock.now(), kLookedAt);
                      }));
  for (const store::DueWebhook& one : due) {
    const std::string name = environment.ids.next();
    ROLECALL_TRY_ASSIGN(auto job, store::write(environment.store, [&](store::UnitOfWork& unit) {
                          return claim(environment, unit, one, name, lease);
                        }));
    if (!job) continue;
    const auto keys = keys_of(environment, job->workspace, job->webhook, environment.clock.now());
    job->signature = event::signature_of(environment.digest, keys, job->event.value(), job->seconds, job->body);
    return job;
  }
  return std::optional<DeliveryJob>();
}

Result<void> settle_delivery(const Environment& environment, const DeliveryJob& job, const event::Policy& policy,
                             const event::Outcome& outcome) {
  const double chance = chance_of(environment.random);
  return environment.store.write([&](store::UnitOfWork& unit) -> Result<void> {
    const Instant now = environment.clock.now();
    store::Workspace& workspace = unit.workspace(job.workspace);
    ROLECALL_TRY_ASSIGN(const bool was_mine, workspace.webhooks().release(job.webhook.id, job.lease));
    if (!was_mine) return {};
    ROLECALL_TRY_ASSIGN(auto webhook, workspace.webhooks().find(job.webhook.id));
    if (!webhook) return {};
    store::DeliveryRecord delivery = job.delivery;
    const bool was_paused = webhook->is_paused;
    event::settle(policy, outcome, now, chance, delivery, *webhook);
    ROLECALL_TRY(workspace.outbox().update(delivery));
    ROLECALL_TRY(workspace.webhooks().update(*webhook));
    if (was_paused || !webhook->is_paused) return {};
    audit::Trail trail(workspace, environment.digest, now, "system", RequestId());
    return trail.record("webhook.paused", "Webhook/" + webhook->id.value(), {{"status", outcome.status}});
  });
}

Result<void> abandon_delivery(const Environment& environment, const DeliveryJob& job) {
  return environment.store.write([&](store::UnitOfWork& unit) -> Result<void> {
    ROLECALL_TRY(unit.workspace(job.workspace).webhooks().release(job.webhook.id, job.lease));
    return {};
  });
}

Result<void> prune_events(const Environment& environment, std::int64_t keep, std::chrono::hours age) {
  return environment.store.write([&](store::UnitOfWork& unit) -> Result<void> {
    ROLECALL_TRY_ASSIGN(const auto workspaces, unit.workspaces());
    const Instant oldest = environment.clock.now() - age;
    for (const auto& workspace : workspaces) {
      ROLECALL_TRY(unit.workspace(workspace.id).outbox().prune(keep, oldest));
    }
    return {};
  });
}

}  // namespace rolecall::administration
