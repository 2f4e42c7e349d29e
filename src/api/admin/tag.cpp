#include "tag.hpp"

#include "rolecall/base/encoding.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::api::admin {

std::string strong_tag(const Digest& digest, const json::Value& body) {
  // 128 bits: nobody gains by finding two texts of one tag, and chance does not.
  constexpr std::size_t kBytes = 16;
  return '"' + to_hex(digest.sha256(json::write(body)).substr(0, kBytes)) + '"';
}

bool is_matched(const http::Request& request, std::string_view tag) {
  for (const auto& [name, value] : request.headers.fields()) {
    if (!equals_ignoring_ascii_case(name, "If-Match")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto comma = rest.find(',');
      std::string_view one = rest.substr(0, comma);
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
      const auto first = one.find_first_not_of(" \t");
      if (first == std::string_view::npos) continue;
      one = one.substr(first, one.find_last_not_of(" \t") - first + 1);
      // A tag of ours holds no comma, so what is cut at one inside another server's tag matches nothing.
      if (one == "*" || one == tag) return true;
    }
  }
  return false;
}

}  // namespace rolecall::api::admin
