#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/base/clock.hpp"
#include "rolecall/base/digest.hpp"
#include "rolecall/base/secret.hpp"
#include "rolecall/store/webhooks.hpp"

// How events are sent: signed as Standard Webhooks says (https://www.standardwebhooks.com), and again when it did not
// work. Pure.

namespace rolecall::event {

/// "whsec_" and base64 of 32 bytes.
inline constexpr std::string_view kSecretPrefix = "whsec_";
inline constexpr std::size_t kSecretBytes = 32;

/// The value of webhook-signature: one `v1,…` for each key, with blanks between. `keys` are the raw bytes.
[[nodiscard]] std::string signature_of(const Digest& digest, const std::vector<Secret>& keys, std::string_view id,
                                       std::int64_t seconds, std::string_view body);

/// What became of one attempt.
struct Outcome {
  std::int64_t status = 0;  ///< 0: no answer came
  std::string reason;       ///< in our words, when there was none
  std::optional<std::chrono::seconds> retry_after;
  std::chrono::microseconds took{};

  [[nodiscard]] bool is_delivered() const { return status >= 200 && status < 300; }
  [[nodiscard]] bool is_gone() const { return status == 410; }
};

struct Policy {
  std::chrono::milliseconds first_retry{5'000};
  std::chrono::milliseconds longest_retry{3'600'000};
  std::chrono::milliseconds give_up{86'400'000};  ///< after the first attempt
};

/// An event that cannot be delivered stands in the way of those behind it for so many attempts; then they go first.
inline constexpr std::int64_t kPatience = 3;

/// The wait after so many failures in a row: four times the one before, up to the longest, and by chance up to a fifth
/// shorter or longer, so that many that failed together do not come together. `chance` is 0 to 1.
[[nodiscard]] std::chrono::milliseconds backoff(const Policy& policy, std::int64_t failures, double chance);

/// Puts the outcome into delivery and webhook. A receiver that says "gone" (410) pauses its webhook.
void settle(const Policy& policy, const Outcome& outcome, Instant now, double chance, store::DeliveryRecord& delivery,
            store::WebhookRecord& webhook);

/// A delivery that starts anew because somebody asked for it.
void redeliver(store::DeliveryRecord& delivery);

}  // namespace rolecall::event
