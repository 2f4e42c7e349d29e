#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "rolecall/base/result.hpp"

namespace rolecall::app {

/// Threads that do jobs which wait in the database, one after the other, behind whoever answers requests. An idle one
/// looks four times a second, and after a fault only after five seconds. Thread-safe.
class JobThreads {
 public:
  /// Does one job on the thread of that number, from 0 on; false when there was none.
  using Job = std::function<Result<bool>(std::size_t number)>;
  /// Told why a job could not be looked for or stored, exceptions included.
  using Report = std::function<void(const Error&)>;

  JobThreads(std::size_t threads, Job job, Report report);
  JobThreads(const JobThreads&) = delete;
  JobThreads& operator=(const JobThreads&) = delete;
  ~JobThreads();

  /// Waits for the jobs under way, which see by `is_stopping` that they should give up. Idempotent.
  void stop();
  [[nodiscard]] bool is_stopping() const { return is_stopping_.load(); }

 private:
  void run(std::size_t number);

  const Job job_;
  const Report report_;
  std::mutex mutex_;
  std::condition_variable wakes_;
  std::atomic<bool> is_stopping_{false};
  std::vector<std::thread> threads_;
};

}  // namespace rolecall::app
