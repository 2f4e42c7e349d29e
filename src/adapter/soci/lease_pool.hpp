#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "session.hpp"

namespace rolecall::adapter::soci {

class LeasePool;

/// A session on loan. Going back it is rolled back, and replaced when an error left doubt about it.
class Lease {
 public:
  Lease(LeasePool& pool, std::unique_ptr<Session> session) : pool_(&pool), session_(std::move(session)) {}
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease();

  [[nodiscard]] Session& session() { return *session_; }

 private:
  LeasePool* pool_;
  std::unique_ptr<Session> session_;
};

/// A fixed number of sessions, opened when first wanted. Thread-safe.
class LeasePool {
 public:
  LeasePool(const Engine& engine, std::size_t size, std::chrono::milliseconds timeout)
      : engine_(engine), timeout_(timeout), idle_(size) {}

  /// Waits for a free session; `unavailable` when the time is over or the database cannot be opened.
  [[nodiscard]] Result<Lease> lease();

 private:
  friend class Lease;
  void give_back(std::unique_ptr<Session> session);

  const Engine& engine_;
  std::chrono::milliseconds timeout_;
  std::mutex mutex_;
  std::condition_variable returned_;
  /// A null stands for a session that is not open.
  std::vector<std::unique_ptr<Session>> idle_;
};

}  // namespace rolecall::adapter::soci
