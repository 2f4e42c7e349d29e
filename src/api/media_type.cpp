#include "media_type.hpp"

#include <string_view>

#include "rolecall/base/text.hpp"

namespace rolecall::api {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// Cuts `text` at the first `separator` outside a quoted string and returns the part before it.
std::string_view take(std::string_view& text, char separator) {
  bool is_quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && is_quoted) {
      ++at;
    } else if (text[at] == '"') {
      is_quoted = !is_quoted;
    } else if (text[at] == separator && !is_quoted) {
      const std::string_view part = text.substr(0, at);
      text.remove_prefix(at + 1);
      return trim(part);
    }
  }
  const std::string_view part = text;
  text = {};
  return trim(part);
}

bool is_json(std::string_view type) {
  return equals_ignoring_ascii_case(type, "application/scim+json") ||
         equals_ignoring_ascii_case(type, "application/json");
}

/// The value of a parameter among `rest` (`;`-separated), unquoted; empty when absent.
std::string_view parameter(std::string_view rest, std::string_view name) {
  while (!rest.empty()) {
    std::string_view value = take(rest, ';');
    const std::string_view key = take(value, '=');
    if (!equals_ignoring_ascii_case(key, name)) continue;
    value = trim(value);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return value;
  }
  return {};
}

/// `q=0`, `q=0.000`: not acceptable (RFC 9110 §12.4.2).
bool is_zero(std::string_view quality) {
  return !quality.empty() && quality.find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

Result<void> check_content_type(const http::Request& request) {
  const std::string* given = request.headers.find("Content-Type");
  if (given == nullptr || trim(*given).empty()) return {};
  std::string_view rest = *given;
  const std::string_view type = take(rest, ';');
  if (!is_json(type)) {
    return fail(ErrorCode::unsupported_media_type,
                "The body must be sent as application/scim+json or application/json.");
  }
  const std::string_view charset = parameter(rest, "charset");
  if (!charset.empty() && !equals_ignoring_ascii_case(charset, "utf-8") &&
      !equals_ignoring_ascii_case(charset, "utf8")) {
    return fail(ErrorCode::unsupported_media_type, "The body must be UTF-8: JSON has no other encoding.");
  }
  return {};
}

Result<void> check_accept(const http::Request& request, const patch::Dialect& dialect, patch::AppliedRules& applied) {
  bool has_range = false;
  for (const auto& [name, value] : request.headers.fields()) {
    if (!equals_ignoring_ascii_case(name, "Accept")) continue;
    std::string_view ranges = value;
    while (!ranges.empty()) {
      std::string_view rest = take(ranges, ',');
      const std::string_view range = take(rest, ';');
      if (range.empty()) continue;
      has_range = true;
      const bool is_ours = is_json(range) || range == "*/*" || equals_ignoring_ascii_case(range, "application/*");
      if (is_ours && !is_zero(parameter(rest, "q"))) return {};
    }
  }
  if (!has_range) return {};
  if (dialect.any_accept) {
    applied.emplace_back("any_accept");
    return {};
  }
  return fail(ErrorCode::not_acceptable, "Answers are application/scim+json; the Accept header excludes that.");
}

}  // namespace rolecall::api
