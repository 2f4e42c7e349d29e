#include "link.hpp"

#include <algorithm>

#include "rolecall/base/text.hpp"

namespace rolecall::connector::okta {
namespace {

/// Where the link that begins here ends: a comma, but none in the target or in a quoted value.
std::size_t end_of_link(std::string_view text) {
  char closes = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (closes == '"' && c == '\\') {
      ++at;
    } else if (closes != 0) {
      if (c == closes) closes = 0;
    } else if (c == '<') {
      closes = '>';
    } else if (c == '"') {
      closes = '"';
    } else if (c == ',') {
      return at;
    }
  }
  return text.size();
}

bool is_next(std::string_view parameters) {
  return parameters.find("rel=\"next\"") != std::string_view::npos ||
         parameters.find("rel=next") != std::string_view::npos;
}

/// What follows the host, if it is ours and nothing but a call of the API.
std::optional<std::string> target_of(std::string_view url, std::string_view domain) {
  const std::string origin = "https://" + std::string(domain);
  const bool is_plain = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!is_plain || !url.starts_with(origin + "/api/v1/")) return std::nullopt;
  return std::string(url.substr(origin.size()));
}

}  // namespace

std::optional<std::string> next_page(const Reply& reply, std::string_view domain) {
  for (const auto& [name, value] : reply.headers) {
    if (!equals_ignoring_ascii_case(name, "link")) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const std::string_view link = rest.substr(0, end_of_link(rest));
      rest.remove_prefix(std::min(link.size() + 1, rest.size()));
      const auto open = link.find('<');
      const auto close = link.find('>', open == std::string_view::npos ? 0 : open);
      if (!is_next(close == std::string_view::npos ? link : link.substr(close))) continue;
      if (open == std::string_view::npos || close == std::string_view::npos) return std::nullopt;
      return target_of(link.substr(open + 1, close - open - 1), domain);
    }
  }
  return std::string();
}

}  // namespace rolecall::connector::okta
