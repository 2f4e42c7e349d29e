#include "security_headers.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace rolecall::api {

void add_security_headers(http::Response& response) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kHeaders{
      {{"Cache-Control", "no-store"},
       {"Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
       {"Referrer-Policy", "no-referrer"},
       {"X-Content-Type-Options", "nosniff"}}};
  for (const auto& [name, value] : kHeaders) {
    if (response.headers.find(name) == nullptr) response.headers.add(std::string(name), std::string(value));
  }
}

}  // namespace rolecall::api
