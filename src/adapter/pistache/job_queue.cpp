#include "job_queue.hpp"

#include <utility>

namespace rolecall::adapter::pistache {

bool JobQueue::try_push(Job&& job) {
  {
    const std::lock_guard lock(mutex_);
    const std::size_t size = size_.load(std::memory_order_relaxed);
    if (is_closed_ || size == ring_.size()) return false;
    ring_[(first_ + size) % ring_.size()] = std::move(job);
    size_.store(size + 1, std::memory_order_relaxed);
  }
  filled_.notify_one();
  return true;
}

bool JobQueue::pop(Job& job) {
  std::unique_lock lock(mutex_);
  filled_.wait(lock, [this] { return is_closed_ || size_.load(std::memory_order_relaxed) > 0; });
  if (is_closed_) return false;
  job = std::move(ring_[first_]);
  first_ = (first_ + 1) % ring_.size();
  size_.fetch_sub(1, std::memory_order_relaxed);
  return true;
}

void JobQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
  }
  filled_.notify_all();
}

}  // namespace rolecall::adapter::pistache
