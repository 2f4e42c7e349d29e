#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "rolecall/administration/retention.hpp"
#include "rolecall/log/logger.hpp"
#include "rolecall/provisioning/provisioning.hpp"

namespace rolecall::app {

/// Looks every half minute, and at once when it begins, for held deactivations whose time has come, and every hour for
/// what can be forgotten. What is due is said by rows, so nothing is lost with the thread.
class Housekeeper {
 public:
  /// All of them outlive it.
  Housekeeper(const provisioning::Environment& provisioning, const administration::Environment& administration,
              const administration::Retention& retention, log::Logger& log);
  ~Housekeeper();
  Housekeeper(const Housekeeper&) = delete;
  Housekeeper& operator=(const Housekeeper&) = delete;

 private:
  void run();
  void apply_held();
  void end_far_times();
  void forget();
  template <typename F>
  void guarded(log::Event failure, F&& work);

  const provisioning::Environment& provisioning_;
  const administration::Environment& administration_;
  const administration::Retention retention_;
  log::Logger& log_;
  std::mutex mutex_;
  std::condition_variable stops_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace rolecall::app
