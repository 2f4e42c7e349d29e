#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <utility>

#include "admission.hpp"
#include "drain_gate.hpp"
#include "job_queue.hpp"
#include "rolecall/http/codec.hpp"
#include "rolecall/http/server.hpp"

namespace rolecall::adapter::pistache {

using Instant = std::chrono::steady_clock::time_point;

struct Counters {
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> refused_framing{0};
  std::atomic<std::uint64_t> refused_overload{0};
  std::atomic<std::uint64_t> answers_dropped{0};
  std::atomic<std::uint64_t> timeouts{0};
};

inline void count(std::atomic<std::uint64_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }

/// What all threads of one server share. Outlives every one of them.
struct Shared {
  Shared(http::ServerOptions server_options, http::ServerHooks server_hooks, http::Codec server_codec,
         http::Handler server_handler)
      : options(std::move(server_options)),
        hooks(std::move(server_hooks)),
        codec(std::move(server_codec)),
        handler(std::move(server_handler)),
        admission(options.max_connections, options.max_connections_per_peer),
        queue(options.queue_length) {}

  const http::ServerOptions options;
  const http::ServerHooks hooks;
  const http::Codec codec;
  const http::Handler handler;
  Counters counters;
  Admission admission;
  JobQueue queue;
  DrainGate drain;
  std::atomic<bool> is_leaving{false};   ///< nobody new is let in, and each answer is the last of its connection
  std::atomic<bool> is_draining{false};  ///< what is not queued yet is answered 503
};

}  // namespace rolecall::adapter::pistache
