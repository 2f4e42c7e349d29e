#pragma once

#include <cstddef>
#include <thread>
#include <vector>

#include "mailbox.hpp"
#include "shared.hpp"

namespace rolecall::adapter::pistache {

/// The threads that run the handler and turn its responses into bytes.
class WorkerPool {
 public:
  WorkerPool(Shared& shared, std::size_t threads);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  /// Waits for the handlers that run; what is queued is dropped.
  ~WorkerPool();

 private:
  void run();
  [[nodiscard]] Answer answer(const Job& job) const;

  Shared& shared_;
  std::vector<std::thread> threads_;
};

}  // namespace rolecall::adapter::pistache
