#include "rolecall/app/request_writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <span>
#include <stdexcept>

#include "rolecall/log/logger.hpp"

namespace rolecall::app {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

/// A database in trouble. Whoever takes records must not get into it too.
class TroubledStore final : public store::Store {
 public:
  explicit TroubledStore(std::function<Result<void>()> trouble) : trouble_(std::move(trouble)) {}
  Result<void> read(const Work&) override { return trouble_(); }
  Result<void> write(const Work&) override { return trouble_(); }
  Result<std::vector<std::string>> check() override { return std::vector<std::string>(); }

 private:
  std::function<Result<void>()> trouble_;
};

class CountingLogger final : public log::Logger {
 public:
  void write(log::Event event, std::span<const log::Field>) noexcept override {
    if (event == log::Event::request_log_failed) ++failures;
  }
  std::atomic<int> failures = 0;
};

audit::RequestEntry change(int number) {
  audit::RequestEntry entry;
  entry.request.id = RequestId(std::to_string(number));
  entry.request.method = "PATCH";
  entry.request.status = 200;
  entry.body.assign(4'096, 'x');
  return entry;
}

RequestWriter::Options with_queue(std::size_t queue) {
  RequestWriter::Options options;
  options.queue = queue;
  return options;
}

TEST(RequestWriter, WhileTheDatabaseHangs_RecordsAreTakenOrDroppedAtOnceAndCounted) {
  std::promise<void> recovers;
  const auto recovered = recovers.get_future().share();
  TroubledStore store([&]() -> Result<void> {
    recovered.wait();
    return {};
  });
  SystemClock clock;
  log::NullLogger log;
  constexpr std::size_t kQueue = 64;
  constexpr int kOffered = 10'000;
  RequestWriter writer(store, clock, log, with_queue(kQueue));
  std::vector<microseconds> took;
  for (int i = 0; i < kOffered; ++i) {
    const auto start = steady_clock::now();
    writer.offer(change(i));
    took.push_back(std::chrono::duration_cast<microseconds>(steady_clock::now() - start));
  }
  std::sort(took.begin(), took.end());
  RecordProperty("median_us", static_cast<int>(took[kOffered / 2].count()));
  RecordProperty("p99_us", static_cast<int>(took[kOffered * 99 / 100].count()));
  EXPECT_LT(took[kOffered * 99 / 100], microseconds(200)) << "of what a request takes";
  const auto dropped = writer.counters().dropped;
  EXPECT_GE(dropped, kOffered - 2 * kQueue) << "one queue waits, and one at most is being written";
  EXPECT_LE(dropped, kOffered - kQueue);
  EXPECT_EQ(writer.counters().written, 0U);
  recovers.set_value();
  writer.flush();
  EXPECT_EQ(writer.counters().written + dropped, static_cast<std::uint64_t>(kOffered));
}

TEST(RequestWriter, FailuresOfTheDatabase_AreCountedAndLoggedAndGoNoFurther) {
  for (const bool does_throw : {false, true}) {
    TroubledStore store([&]() -> Result<void> {
      if (does_throw) throw std::runtime_error("broken");
      return internal_error("broken");
    });
    SystemClock clock;
    CountingLogger log;
    RequestWriter writer(store, clock, log, with_queue(64));
    for (int i = 0; i < 10; ++i) writer.offer(change(i));
    writer.flush();
    EXPECT_EQ(writer.counters().dropped, 10U);
    EXPECT_EQ(writer.counters().written, 0U);
    EXPECT_GE(log.failures, 1);
  }
}

TEST(RequestWriter, ReadsMakeRoomForChanges) {
  std::promise<void> recovers;
  const auto recovered = recovers.get_future().share();
  TroubledStore store([&]() -> Result<void> {
    recovered.wait();
    return {};
  });
  SystemClock clock;
  log::NullLogger log;
  RequestWriter writer(store, clock, log, with_queue(64));
  // The first one is taken by the thread, which then hangs.
  writer.offer(change(0));
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  audit::RequestEntry read = change(1);
  read.request.method = "GET";
  for (int i = 0; i < 100; ++i) writer.offer(read);
  EXPECT_EQ(writer.counters().dropped, 68U) << "half of the queue is theirs";
  for (int i = 0; i < 33; ++i) writer.offer(change(2 + i));
  EXPECT_EQ(writer.counters().dropped, 69U);
  recovers.set_value();
}

}  // namespace
}  // namespace rolecall::app
