#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "rolecall/base/result.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::http {

/// Every bound of the byte layer, each a configuration key under `[server]` or `[limits]`.
struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  ///< 0: any free port, see Server::port()
  std::size_t reactor_threads = 1;
  std::size_t worker_threads = 4;
  std::size_t queue_length = 256;  ///< complete requests waiting for a worker; over it 503 + Retry-After
  std::size_t max_connections = 4096;
  std::size_t max_connections_per_peer = 4096;  ///< per address; a proxy is one address
  std::size_t max_head_bytes = 32 * 1024;       ///< request line and headers; over it 431 and close
  std::size_t max_header_count = 100;
  std::size_t max_target_bytes = 16 * 1024;  ///< over it 414 and close
  std::size_t max_trailer_bytes = 8 * 1024;  ///< chunk extensions and trailers of one message
  std::size_t max_write_buffer = 64 * 1024 * 1024;
  std::chrono::milliseconds head_timeout{10'000};
  std::chrono::milliseconds body_idle_timeout{10'000};
  std::chrono::milliseconds idle_timeout{75'000};     ///< keep-alive connection without a request
  std::chrono::milliseconds write_timeout{30'000};    ///< without progress
  std::chrono::milliseconds request_timeout{55'000};  ///< Okta hangs up after 60 s
  std::chrono::milliseconds drain_timeout{10'000};
  std::chrono::milliseconds drain_grace{0};  ///< in which open connections may bring one request more
};

/// What the byte layer needs to know of the application, called from reactor threads: must be fast, must not throw.
struct ServerHooks {
  /// The largest body accepted for this method and path, asked before the body is read; over it 413 and close.
  std::function<std::size_t(std::string_view method, std::string_view path)> body_limit;
  /// The answer to a request that never reached the handler (framing error, too large, overload, draining): status and
  /// a sentence in, a complete response in the format of that path (SCIM error or problem+json) out. `path` may be
  /// empty.
  std::function<Response(int status, std::string_view detail, std::string_view path)> refusal;
  /// A fresh request id.
  std::function<RequestId()> next_request_id;
};

/// Counters since start; monotonic.
struct ServerCounters {
  std::uint64_t accepted = 0, requests = 0, refused_framing = 0, refused_overload = 0, answers_dropped = 0,
                timeouts = 0;
  std::uint64_t open_connections = 0;  ///< now
};

/// The port that `adapter/pistache` implements. Life: start → (serve) → drain → stop; thread-safe.
class Server {
 public:
  virtual ~Server() = default;
  /// Listens and serves; the handler runs on worker threads.
  [[nodiscard]] virtual Result<void> start() = 0;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// Stops accepting. For `drain_grace`, or until no connection is open, requests on open connections are served and
  /// their answers close the connection; then those that are not yet queued get 503 and close. Waits until what is in
  /// flight has been *written*, or `drain_timeout`.
  virtual void drain() = 0;
  /// Ends the threads. Idempotent; implied by the destructor.
  virtual void stop() = 0;
  [[nodiscard]] virtual ServerCounters counters() const = 0;
};

}  // namespace rolecall::http
