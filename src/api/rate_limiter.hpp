#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "rolecall/base/ids.hpp"

namespace rolecall::api {

/// A token bucket per API token. Off by default: overload is answered by the bounded queue, this is for keeping one
/// noisy client from the others. Thread-safe.
class RateLimiter {
 public:
  /// `per_second` 0 switches it off.
  RateLimiter(double per_second, double burst) : per_second_(per_second), burst_(burst < 1 ? 1 : burst) {}

  /// None when the request may pass; else after how many whole seconds the next one may.
  [[nodiscard]] std::optional<std::chrono::seconds> take(const TokenId& token,
                                                         std::chrono::steady_clock::time_point now);

 private:
  struct Bucket {
    double level = 0;
    std::chrono::steady_clock::time_point filled;
  };
  /// Only authenticated tokens get a bucket. At the limit all start anew, which can only let more through.
  static constexpr std::size_t kLimit = 65536;

  double per_second_;
  double burst_;
  std::mutex mutex_;
  std::unordered_map<TokenId, Bucket> buckets_;
};

}  // namespace rolecall::api
