#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rolecall::torture {

/// What the parser made of some bytes, as the server would have fed it.
struct ParseRun {
  std::vector<std::string> requests;  ///< "METHOD target body-length"
  std::vector<std::string> headers;   ///< of each request, "Name: value\n" and so on
  std::vector<std::string> bodies;
  int refusal = 0;              ///< status, 0 for none
  bool is_idle = false;         ///< nothing half-read is left
  bool wants_continue = false;  ///< it asked for a 100
  bool closed_early = false;    ///< a request said that it is the last; what follows was not looked at

  bool operator==(const ParseRun&) const = default;
};

/// Feeds `bytes` in pieces that end at each of `cuts`, which are ascending.
[[nodiscard]] ParseRun parse(std::string_view bytes, const std::vector<std::size_t>& cuts);
[[nodiscard]] ParseRun parse_in_steps(std::string_view bytes, std::size_t step);

}  // namespace rolecall::torture
