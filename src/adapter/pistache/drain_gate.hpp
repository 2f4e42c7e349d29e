#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace rolecall::adapter::pistache {

/// Knows whether anything is in flight: a request with a worker, an answer not yet written, a closing handshake.
class DrainGate {
 public:
  void enter() { busy_.fetch_add(1); }
  void leave();

  /// A reactor has seen that the server drains: whatever it queued before is counted by now.
  void acknowledge();
  /// Until so many reactors have acknowledged and nothing is in flight.
  void wait(std::size_t reactors, std::chrono::steady_clock::time_point until);

 private:
  std::atomic<std::size_t> busy_{0};
  std::atomic<bool> is_waited_for_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t acknowledged_ = 0;
};

}  // namespace rolecall::adapter::pistache
