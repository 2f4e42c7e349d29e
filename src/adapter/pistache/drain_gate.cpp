#include "drain_gate.hpp"

namespace rolecall::adapter::pistache {

void DrainGate::leave() {
  if (busy_.fetch_sub(1) != 1 || !is_waited_for_.load()) return;
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
}

void DrainGate::acknowledge() {
  const std::lock_guard lock(mutex_);
  ++acknowledged_;
  changed_.notify_all();
}

void DrainGate::wait(std::size_t reactors, std::chrono::steady_clock::time_point until) {
  std::unique_lock lock(mutex_);
  is_waited_for_.store(true);
  changed_.wait_until(lock, until, [&] { return acknowledged_ >= reactors && busy_.load() == 0; });
}

}  // namespace rolecall::adapter::pistache
