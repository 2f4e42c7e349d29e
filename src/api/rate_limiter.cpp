#include "rate_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace rolecall::api {

std::optional<std::chrono::seconds> RateLimiter::take(const TokenId& token, std::chrono::steady_clock::time_point now) {
  if (per_second_ <= 0) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= kLimit && buckets_.find(token) == buckets_.end()) buckets_.clear();
  const auto [entry, is_new] = buckets_.try_emplace(token, Bucket{burst_, now});
  Bucket& bucket = entry->second;
  if (!is_new && now > bucket.filled) {
    const double seconds = std::chrono::duration<double>(now - bucket.filled).count();
    bucket.level = std::min(burst_, bucket.level + seconds * per_second_);
    bucket.filled = now;
  }
  if (bucket.level >= 1) {
    bucket.level -= 1;
    return std::nullopt;
  }
  const double wait = std::ceil((1 - bucket.level) / per_second_);
  return std::chrono::seconds(std::max<std::int64_t>(1, static_cast<std::int64_t>(std::min(wait, 3600.0))));
}

}  // namespace rolecall::api
