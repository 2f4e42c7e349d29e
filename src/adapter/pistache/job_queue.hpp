#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "rolecall/http/codec.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::adapter::pistache {

class Mailbox;

/// A complete request on its way to a worker.
struct Job {
  http::Request request;
  http::Exchange exchange;
  std::size_t connection = 0;
  Mailbox* mailbox = nullptr;                     ///< of the reactor that owns the connection
  std::shared_ptr<const std::atomic<bool>> gone;  ///< nobody waits for the answer any more
};

/// Bounded, first in first out, any number of threads on both ends.
class JobQueue {
 public:
  explicit JobQueue(std::size_t length) : ring_(length == 0 ? 1 : length) {}

  /// False, and `job` untouched, when the queue is full or closed.
  [[nodiscard]] bool try_push(Job&& job);
  /// Waits; false once the queue is closed. What was queued then is not handed out any more.
  [[nodiscard]] bool pop(Job& job);
  void close();
  [[nodiscard]] bool is_full() const { return size_.load(std::memory_order_relaxed) >= ring_.size(); }

 private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::vector<Job> ring_;
  std::size_t first_ = 0;
  std::atomic<std::size_t> size_{0};  ///< written under the mutex only
  bool is_closed_ = false;
};

}  // namespace rolecall::adapter::pistache
