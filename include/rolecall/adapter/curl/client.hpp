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
  std::string ca_file = {};  ///< PEM, of who vouches for the server; empty: those that the machine trusts
};

/// Sends one request to a server on this machine: `origin` is "http://127.0.0.1:8080", the request names method,
/// target, headers and body. Only loopback addresses are connected to, whatever a name resolves to; no proxy, no
/// redirect. `unavailable` when nobody answers.
[[nodiscard]] Result<http::Response> call_loopback(const std::string& origin, const http::Request& request,
                                                   const ClientOptions& options = {});
/// Sends one request to a server that an administrator named: `origin` is "https://desk.example.com". Its certificate
/// has to be valid for that name; no proxy, no redirect. `unavailable` when nobody answers, or somebody else does.
[[nodiscard]] Result<http::Response> call_https(const std::string& origin, const http::Request& request,
                                                const ClientOptions& options = {});

}  // namespace rolecall::adapter::curl
