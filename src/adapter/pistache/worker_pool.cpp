#include "worker_pool.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "refusal.hpp"

namespace rolecall::adapter::pistache {

WorkerPool::WorkerPool(Shared& shared, std::size_t threads) : shared_(shared) {
  threads_.reserve(threads);
  for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i) threads_.emplace_back([this] { run(); });
}

WorkerPool::~WorkerPool() {
  shared_.queue.close();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::run() {
  for (;;) {
    Job job;
    if (!shared_.queue.pop(job)) return;
    // Under overload the oldest work is the least wanted: doing it all the same would make everybody late.
    if (job.gone->load(std::memory_order_relaxed) || job.request.deadline < std::chrono::steady_clock::now()) {
      count(shared_.counters.answers_dropped);
      continue;
    }
    try {
      job.mailbox->post(answer(job));
    } catch (...) {
      // Out of memory; the deadline of the request answers the client.
      count(shared_.counters.answers_dropped);
    }
  }
}

Answer WorkerPool::answer(const Job& job) const {
  Answer answer;
  answer.connection = job.connection;
  answer.close = true;
  const auto refuse = [&](std::string_view detail) {
    answer.bytes = refusal_bytes(shared_, 500, detail, job.request.path(), job.exchange.is_head);
  };
  try {
    http::Response response = shared_.handler(job.request);
    if (shared_.is_leaving.load(std::memory_order_relaxed)) response.close = true;
    answer.bytes = shared_.codec.serialize(response, job.exchange);
    answer.close = response.close || !job.exchange.keep_alive;
  } catch (...) {
    refuse("The server could not complete the request.");
    return answer;
  }
  if (answer.bytes.size() > shared_.options.max_write_buffer) {
    answer.close = true;
    refuse("The answer is larger than this server sends; ask for less at a time.");
  }
  return answer;
}

}  // namespace rolecall::adapter::pistache
