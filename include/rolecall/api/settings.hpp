#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "rolecall/base/secret.hpp"
#include "rolecall/filter/parse.hpp"
#include "rolecall/http/egress.hpp"

namespace rolecall::api {

/// What the HTTP faces need from the configuration.
struct Settings {
  std::string version;
  std::string public_url;          ///< "https://scim.example.com"; empty: from the Host header of each request
  Secret admin_token;              ///< empty: nobody is admin
  std::string_view admin_openapi;  ///< schemas/openapi/admin.json; lives as long as the program

  std::string default_dialect = "generic";  ///< of connections made without naming one

  std::int64_t page_default = 100;
  std::int64_t page_max = 1000;
  std::chrono::milliseconds cursor_timeout{3'600'000};
  std::size_t user_body = 1024 * 1024;
  std::size_t group_body = 8 * 1024 * 1024;
  std::size_t bulk_body = 8 * 1024 * 1024;
  std::size_t bulk_operations = 1000;
  std::size_t admin_body = 256 * 1024;
  std::size_t hook_body = 1024 * 1024;
  std::size_t evaluations = 1000;
  std::size_t json_depth = 32;
  filter::Limits filter;

  http::EgressPolicy egress;  ///< where webhooks may lead

  double rate_per_second = 0;  ///< requests of one token; 0: no limit
  double rate_burst = 200;

  /// A clock that never goes back, for durations and rates.
  std::function<std::chrono::steady_clock::time_point()> ticks;
};

}  // namespace rolecall::api
