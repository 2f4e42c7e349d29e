#include "rolecall/event/delivery.hpp"

#include <algorithm>

#include "rolecall/base/encoding.hpp"

namespace rolecall::event {
namespace {

/// Further steps would only be cut to the longest wait.
constexpr std::int64_t kSteps = 16;

std::string reason_of(const Outcome& outcome) {
  if (outcome.is_gone()) return "The receiver says that it is gone (410).";
  if (outcome.status >= 300 && outcome.status < 400) return "The receiver redirects, which is not followed.";
  return outcome.status == 0 ? outcome.reason : "The receiver answered " + std::to_string(outcome.status) + ".";
}

}  // namespace

std::string signature_of(const Digest& digest, const std::vector<Secret>& keys, std::string_view id,
                         std::int64_t seconds, std::string_view body) {
  std::string signed_text(id);
  signed_text.append(".").append(std::to_string(seconds)).append(".").append(body);
  std::string signature;
  for (const Secret& key : keys) {
    signature.append(signature.empty() ? "v1," : " v1,");
    signature += to_base64(hmac_sha256(digest, key.expose(), signed_text));
  }
  return signature;
}

std::chrono::milliseconds backoff(const Policy& policy, std::int64_t failures, double chance) {
  std::chrono::milliseconds wait = policy.first_retry;
  for (std::int64_t step = 1; step < std::min(failures, kSteps) && wait < policy.longest_retry; ++step) wait *= 4;
  wait = std::min(wait, policy.longest_retry);
  constexpr double kLeast = 0.8;
  constexpr double kSpread = 0.4;
  const double factor = kLeast + kSpread * std::clamp(chance, 0.0, 1.0);
  return std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(wait.count()) * factor));
}

void settle(const Policy& policy, const Outcome& outcome, Instant now, double chance, store::DeliveryRecord& delivery,
            store::WebhookRecord& webhook) {
  ++delivery.attempts;
  if (!delivery.first_attempt) delivery.first_attempt = now;
  delivery.last_attempt = now;
  delivery.status = outcome.status;
  delivery.micros = outcome.took.count();
  delivery.reason.clear();
  delivery.due = Instant();
  if (outcome.is_delivered()) {
    delivery.state = store::DeliveryState::delivered;
    webhook.failures = 0;
    webhook.rests_until = Instant();
    return;
  }
  delivery.reason = reason_of(outcome);
  ++webhook.failures;
  if (outcome.is_gone()) {
    delivery.state = store::DeliveryState::failed;
    webhook.is_paused = true;
    webhook.paused_because = delivery.reason;
    return;
  }
  const std::chrono::milliseconds asked = outcome.retry_after.value_or(std::chrono::seconds(0));
  const auto wait_of = [&](std::int64_t failures) {
    return std::max(backoff(policy, failures, chance), std::min(asked, policy.give_up));
  };
  const bool steps_aside = delivery.attempts >= kPatience;
  // Who comes next has to be tried before this one is due again, or it would still stand in the way.
  webhook.rests_until = now + wait_of(steps_aside ? 1 : webhook.failures);
  if (steps_aside) delivery.due = now + wait_of(delivery.attempts);
  if (now - *delivery.first_attempt >= policy.give_up) delivery.state = store::DeliveryState::failed;
}

void redeliver(store::DeliveryRecord& delivery) {
  delivery.state = store::DeliveryState::pending;
  delivery.attempts = 0;
  delivery.due = Instant();
  delivery.first_attempt.reset();
}

}  // namespace rolecall::event
