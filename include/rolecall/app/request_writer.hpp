#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "rolecall/audit/request_log.hpp"
#include "rolecall/base/clock.hpp"
#include "rolecall/log/logger.hpp"
#include "rolecall/store/store.hpp"

namespace rolecall::app {

/// Takes entries into a bounded queue and writes them from a thread of its own, of low priority, many at a time, and
/// for a small part of the time. When the queue is full an entry is dropped and counted, a mere read when it is half
/// full: the log of requests never stands in the way of one.
class RequestWriter final : public audit::RequestSink {
 public:
  struct Options {
    std::size_t queue = 1024;
    std::int64_t keep = 100'000;  ///< rows of each workspace
    std::chrono::hours age{24 * 30};
    std::size_t body = 16 * 1024;
  };
  struct Counters {
    std::uint64_t written = 0;
    std::uint64_t dropped = 0;
  };

  RequestWriter(store::Store& store, const Clock& clock, log::Logger& log, const Options& options);
  RequestWriter(const RequestWriter&) = delete;
  RequestWriter& operator=(const RequestWriter&) = delete;
  /// Writes what is left.
  ~RequestWriter() override;

  [[nodiscard]] std::size_t body_limit() const override { return options_.body; }
  void offer(audit::RequestEntry entry) noexcept override;
  void flush() override;
  [[nodiscard]] Counters counters() const { return {written_.load(), dropped_.load()}; }

 private:
  void run();
  void write(std::vector<audit::RequestEntry>& taken);
  [[nodiscard]] Result<void> prune();

  store::Store& store_;
  const Clock& clock_;
  log::Logger& log_;
  Options options_;
  std::mutex mutex_;
  std::condition_variable wakes_;
  std::condition_variable settles_;
  std::vector<audit::RequestEntry> queue_;
  std::size_t queued_bytes_ = 0;
  std::uint64_t offered_ = 0;
  std::uint64_t settled_ = 0;  ///< written or given up
  std::uint64_t wanted_ = 0;   ///< somebody waits for this many to be settled
  bool is_stopping_ = false;
  std::int64_t since_prune_ = 1'000;  ///< rows; the first ones look for what is old from before
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::thread thread_;
};

}  // namespace rolecall::app
