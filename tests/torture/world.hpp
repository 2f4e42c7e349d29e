#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "client.hpp"
#include "rolecall/http/server.hpp"

namespace rolecall::torture {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kIsSanitized = true;
#else
inline constexpr bool kIsSanitized = false;
#endif

/// A count for this build: sanitizers cost a factor, and find what they look for in fewer rounds.
constexpr int scaled(int count) { return kIsSanitized ? (count + 9) / 10 : count; }

/// Workers wait at it until the test opens it.
class Gate {
 public:
  void pass();
  void open();
  /// Until so many have come to the gate, those that passed included.
  [[nodiscard]] bool await_arrivals(int count);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;
  bool is_open_ = false;
};

/// What reached the handler, as "METHOD target body-length".
class Log {
 public:
  void add(const http::Request& request);
  [[nodiscard]] std::vector<std::string> lines() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

/// A running server with the real codec. The default handler answers X-Id, or for `/size/N` N bytes of `pattern`.
/// `/slow` takes 2 ms.
class World {
 public:
  using Change = std::function<void(http::ServerOptions&, http::ServerHooks&)>;

  explicit World(const Change& change = {}, http::Handler handler = {});
  ~World();

  [[nodiscard]] Client client(int receive_buffer = 0) const { return Client(server->port(), receive_buffer); }
  /// A fresh connection gets its answer: the server is well.
  [[nodiscard]] bool is_well() const;
  /// True as soon as it is; false when it does not become so in a while.
  [[nodiscard]] bool becomes(const std::function<bool(const http::ServerCounters&)>& condition) const;
  [[nodiscard]] bool becomes_empty() const {
    return becomes([](const http::ServerCounters& now) { return now.open_connections == 0; });
  }

  Log log;
  Gate gate;  ///< for `/wait`
  std::unique_ptr<http::Server> server;

 private:
  http::Response answer(const http::Request& request);
};

/// `size` bytes of which each is known by its place.
[[nodiscard]] std::string pattern(std::size_t size);
[[nodiscard]] std::string get(std::string_view target, std::string_view id = "-");
[[nodiscard]] std::string post(std::string_view target, std::string_view body, std::string_view more_headers = {});
[[nodiscard]] std::string chunked(std::string_view target, std::string_view body, std::size_t chunk);

/// Of this process, from /proc.
[[nodiscard]] std::size_t resident_kib();
[[nodiscard]] std::size_t open_descriptors();
[[nodiscard]] std::chrono::nanoseconds process_cpu();
[[nodiscard]] std::chrono::nanoseconds thread_cpu();

}  // namespace rolecall::torture
