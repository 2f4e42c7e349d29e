#include "job_threads.hpp"

#include <sys/resource.h>

#include <chrono>
#include <exception>
#include <utility>

namespace rolecall::app {
namespace {

/// The look is one read of a small table.
constexpr auto kPause = std::chrono::milliseconds(250);
constexpr auto kAfterFault = std::chrono::milliseconds(5000);

Result<bool> without_exceptions(const JobThreads::Job& job, std::size_t number) {
  try {
    return job(number);
  } catch (const std::exception& error) {
    return internal_error(error.what());
  }
}

}  // namespace

JobThreads::JobThreads(std::size_t threads, Job job, Report report) : job_(std::move(job)), report_(std::move(report)) {
  for (std::size_t number = 0; number < threads; ++number) {
    threads_.emplace_back([this, number] { run(number); });
  }
}

JobThreads::~JobThreads() { stop(); }

void JobThreads::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_.store(true);
  }
  wakes_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void JobThreads::run(std::size_t number) {
  // Of this thread alone on Linux: whoever answers requests goes first.
  static_cast<void>(::setpriority(PRIO_PROCESS, 0, 10));
  while (!is_stopping()) {
    const auto done = without_exceptions(job_, number);
    if (done && *done) continue;
    if (!done) report_(done.error());
    std::unique_lock lock(mutex_);
    wakes_.wait_for(lock, done ? kPause : kAfterFault, [&] { return is_stopping(); });
  }
}

}  // namespace rolecall::app
