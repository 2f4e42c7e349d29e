#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "rolecall/log/logger.hpp"
#include "rolecall/provisioning/provisioning.hpp"

namespace rolecall::app {

/// Looks every half minute, and at once when it begins, for held deactivations whose time has come, and every hour for
/// what can be forgotten. What is due is said by rows, so nothing is lost with the thread.
class GuardTimer {
 public:
  /// Both outlive it.
  GuardTimer(const provisioning::Environment& environment, log::Logger& log);
  ~GuardTimer();
  GuardTimer(const GuardTimer&) = delete;
  GuardTimer& operator=(const GuardTimer&) = delete;

 private:
  void run();
  void look(bool is_full_hour);

  const provisioning::Environment& environment_;
  log::Logger& log_;
  std::mutex mutex_;
  std::condition_variable stops_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace rolecall::app
