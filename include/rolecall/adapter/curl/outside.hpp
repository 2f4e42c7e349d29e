#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/http/egress.hpp"

namespace rolecall::adapter::curl {

struct OutsideOptions {
  http::EgressPolicy policy;
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{10'000};  ///< for everything, the name's resolution included
  std::size_t max_head = 32 * 1024;           ///< of the answer, interim ones counted in
  std::size_t max_body = 64 * 1024;           ///< what comes behind is not read
  std::size_t longest_url = http::kLongestUrl;
  std::string ca_file;                 ///< certificates to trust; empty: those of the system
  std::function<bool()> is_cancelled;  ///< asked about every second; may be empty
};

/// Of an answer nothing else is kept: a webhook must not become a way to read what its address shows.
struct OutsideAnswer {
  int status = 0;
  std::optional<std::chrono::seconds> retry_after;
};

/// The one way out of this server: posts a body to an address that somebody typed in. The URL passes
/// http::check_outside_url, and the very address that a connection is about to be opened to passes http::may_connect,
/// so a name that resolves to something else the next time gains nothing. No redirect is followed, no proxy used, no
/// connection kept. `invalid_value` for a refused URL, else `unavailable` with a sentence that names no address.
/// Thread-safe.
[[nodiscard]] Result<OutsideAnswer> post_outside(const std::string& url,
                                                 const std::vector<std::pair<std::string, std::string>>& headers,
                                                 const std::string& body, const OutsideOptions& options);

struct OutsideRequest {
  std::string method;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};
struct OutsideReply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< in the order they came
  std::string body;
};
/// The same way out for an API whose answers are read. One that is longer than `max_body` is no answer: `unavailable`.
[[nodiscard]] Result<OutsideReply> send_outside(const OutsideRequest& request, const OutsideOptions& options);

}  // namespace rolecall::adapter::curl
