#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "rolecall/base/text.hpp"
#include "rolecall/store/store.hpp"
#include "session.hpp"

namespace rolecall::adapter::soci {

/// The one thread that writes. It takes everything that waits, gives each request a savepoint, commits once, and then
/// answers all: requests that arrive together share one sync to disk, and a lone one waits for nobody.
class Writer {
 public:
  struct Options {
    std::size_t queue = 1024;
    std::chrono::milliseconds timeout{5000};
    std::function<void(std::string)> on_fatal;
    /// Asked after each commit: a note of a fatal error that no statement reported, empty for none.
    std::function<std::string()> failure_beside;
  };

  Writer(const Engine& engine, std::unique_ptr<Session> session, const TextFolder& folder, Options options);
  /// Finishes what is queued.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Returns when the effects of `work` are durable, or with an error when nothing of it remains.
  [[nodiscard]] Result<void> write(const store::Store::Work& work);
  [[nodiscard]] bool has_failed() const;

 private:
  struct Job {
    const store::Store::Work* work = nullptr;
    Result<void> outcome;
    bool is_done = false;
    std::condition_variable done;
  };

  /// Of a job among those that are committed together.
  enum class Place { alone, followed, last };

  void loop();
  void tend();
  void process(const std::vector<Job*>& batch);
  [[nodiscard]] Result<void> begin();
  [[nodiscard]] Result<void> connect();
  [[nodiscard]] Result<void> run_in_savepoint(Job& job, Place place);
  [[nodiscard]] Result<void> run_work(Job& job);
  [[nodiscard]] Result<void> commit();
  [[nodiscard]] bool was_committed();
  void give_up(const std::string& note);
  void abandon();

  const Engine& engine_;
  const TextFolder& folder_;
  const Options options_;
  std::unique_ptr<Session> session_;  ///< the thread's own
  std::chrono::steady_clock::time_point tended_next_;
  std::chrono::milliseconds tending_pause_{500};
  WriteMark mark_;  ///< of the transaction that is open, or was last
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job*> queue_;
  bool is_stopping_ = false;
  bool has_failed_ = false;
  std::thread thread_;
};

}  // namespace rolecall::adapter::soci
