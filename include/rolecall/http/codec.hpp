#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "rolecall/http/message.hpp"
#include "rolecall/http/server.hpp"

namespace rolecall::http {

/// Why a connection's bytes are not a request this server answers. The connection closes after the answer.
struct Refusal {
  int status = 400;
  std::string detail;
  std::string path;  ///< as far as it was read
};

/// What is left to know of a request when its response is written.
struct Exchange {
  bool is_head = false;     ///< HEAD: everything but the body
  bool keep_alive = false;  ///< the client would go on
};

/// Turns one connection's bytes into requests, one after the other. Not thread-safe; lives in the reactor thread.
class RequestParser {
 public:
  enum class State {
    idle,      ///< no byte of a request yet
    in_head,   ///< waiting for the rest of a head
    in_body,   ///< waiting for the rest of a body
    complete,  ///< `take` gives the request; further bytes wait
    refused,   ///< `refusal` says why; nothing is read any more
  };

  virtual ~RequestParser() = default;
  /// Reads as far as one request goes; what lies behind it is kept for `resume`. Cost is linear in all bytes of a
  /// connection, however they are cut.
  [[nodiscard]] virtual State feed(std::string_view bytes) = 0;
  /// True once per request whose client waits for "100 Continue" and whose head is acceptable.
  [[nodiscard]] virtual bool take_continue() = 0;
  /// After `complete`: the request (without id, peer and deadline), and the parser is ready for the next.
  [[nodiscard]] virtual Request take(Exchange& exchange) = 0;
  /// Goes on with bytes kept behind the last request.
  [[nodiscard]] virtual State resume() = 0;
  [[nodiscard]] virtual const Refusal& refusal() const = 0;
  /// Bytes kept and not yet read.
  [[nodiscard]] virtual std::size_t pending() const = 0;
};

/// The codec port: `adapter/beast` implements it, `adapter/pistache` carries its bytes; the two never see each other.
struct Codec {
  std::function<std::unique_ptr<RequestParser>()> make_parser;
  /// Status line, headers and body as bytes. Adds Content-Length, Date and Connection. Thread-safe.
  std::function<std::string(const Response&, const Exchange&)> serialize;
};

}  // namespace rolecall::http
