#pragma once

#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace rolecall::api {

/// The idempotency keys of requests that are being worked on in this process. Who finds his key here comes back when
/// the first request has been answered, instead of waiting on a worker for it. Thread-safe.
class KeysInFlight {
 public:
  /// Holds a key as long as it lives; empty when somebody else does.
  class Hold {
   public:
    Hold() = default;
    Hold(KeysInFlight& keys, std::string key) : keys_(&keys), key_(std::move(key)) {}
    Hold(Hold&& other) noexcept : keys_(std::exchange(other.keys_, nullptr)), key_(std::move(other.key_)) {}
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    Hold& operator=(Hold&&) = delete;
    ~Hold() {
      if (keys_ != nullptr) keys_->release(key_);
    }
    [[nodiscard]] explicit operator bool() const { return keys_ != nullptr; }

   private:
    KeysInFlight* keys_ = nullptr;
    std::string key_;
  };

  /// The empty key is nobody's: everybody may hold it.
  [[nodiscard]] Hold take(const std::string& key) {
    if (key.empty()) return Hold(*this, key);
    const std::scoped_lock lock(mutex_);
    return keys_.insert(key).second ? Hold(*this, key) : Hold();
  }

 private:
  void release(const std::string& key) {
    const std::scoped_lock lock(mutex_);
    keys_.erase(key);
  }

  std::mutex mutex_;
  std::set<std::string> keys_;  ///< as many as there are workers, at most
};

}  // namespace rolecall::api
