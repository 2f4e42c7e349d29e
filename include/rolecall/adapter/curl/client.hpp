#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "rolecall/base/result.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::adapter::curl {

struct ClientOptions {
  std::chrono::milliseconds connect_timeout{3'000};
  std::chrono::milliseconds timeout{60'000};
  std::size_t max_body = 64 * 1024 * 1024;
};

/// Sends one request to a server on this machine: `origin` is "http://127.0.0.1:8080", the request names method,
/// target, headers and body. Only loopback addresses are connected to, whatever a name resolves to; no proxy, no
/// redirect. `unavailable` when nobody answers.
[[nodiscard]] Result<http::Response> call_loopback(const std::string& origin, const http::Request& request,
                                                   const ClientOptions& options = {});

}  // namespace rolecall::adapter::curl
