#include "head.hpp"

#include "rolecall/base/text.hpp"

namespace rolecall::adapter::beast {

void HeadScanner::reset() {
  position_ = 0;
  line_start_ = 0;
  lines_ = 0;
  refusal_.reset();
}

void HeadScanner::refuse(int status, std::string detail, std::string_view buffer) {
  const std::string_view target = request_line_of(buffer).target.substr(0, options_.max_target_bytes);
  refusal_ = http::Refusal{status, std::move(detail), std::string(target.substr(0, target.find('?')))};
}

void HeadScanner::end_line(std::string_view buffer, std::size_t line_end) {
  if (lines_ == 0) {
    if (request_line_of(buffer.substr(0, line_end)).target.size() > options_.max_target_bytes) {
      refuse(414, "The URL is longer than " + std::to_string(options_.max_target_bytes) + " bytes.", buffer);
    }
  } else if (buffer[line_start_] == ' ' || buffer[line_start_] == '\t') {
    refuse(400, "A header is folded over several lines, which HTTP/1.1 no longer allows.", buffer);
  } else if (lines_ > options_.max_header_count) {
    refuse(431, "The request has more than " + std::to_string(options_.max_header_count) + " headers.", buffer);
  }
  ++lines_;
}

std::optional<std::size_t> HeadScanner::scan(std::string_view buffer) {
  for (; position_ < buffer.size(); ++position_) {
    if (refusal_) return std::nullopt;
    if (position_ >= options_.max_head_bytes) {
      if (lines_ == 0 && request_line_of(buffer).target.size() > options_.max_target_bytes) {
        refuse(414, "The URL is longer than " + std::to_string(options_.max_target_bytes) + " bytes.", buffer);
      } else {
        refuse(431, "The request's headers are larger than " + std::to_string(options_.max_head_bytes) + " bytes.",
               buffer);
      }
      return std::nullopt;
    }
    const char c = buffer[position_];
    const bool after_cr = position_ > 0 && buffer[position_ - 1] == '\r';
    if (c == '\n') {
      if (!after_cr) {
        refuse(400, "A line of the request's head ends in LF instead of CR LF.", buffer);
        return std::nullopt;
      }
      if (position_ - 1 == line_start_) return position_ + 1;
      end_line(buffer, position_ - 1);
      line_start_ = position_ + 1;
    } else if (after_cr || c == '\0') {
      refuse(400, "The request's head holds a control character.", buffer);
      return std::nullopt;
    }
  }
  return std::nullopt;
}

RequestLine request_line_of(std::string_view head) {
  const std::string_view line = head.substr(0, head.find('\r'));
  const auto first = line.find(' ');
  if (first == std::string_view::npos) return {};
  const auto second = line.find(' ', first + 1);
  const auto length = second == std::string_view::npos ? std::string_view::npos : second - first - 1;
  return {line.substr(0, first), line.substr(first + 1, length),
          second == std::string_view::npos ? std::string_view() : line.substr(second + 1)};
}

bool is_http_version(std::string_view text) {
  constexpr std::string_view kName = "HTTP/";
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() == kName.size() + 3 && text.starts_with(kName) && is_digit(text[5]) && text[6] == '.' &&
         is_digit(text[7]);
}

std::optional<std::string> origin_form_of(std::string_view method, std::string_view target) {
  if (target.starts_with('/') || (target == "*" && method == "OPTIONS")) return std::string(target);
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!starts_with_ignoring_ascii_case(target, scheme)) continue;
    const auto path = target.find_first_of("/?", scheme.size());
    if (path == scheme.size()) return std::nullopt;  // no authority
    if (path == std::string_view::npos) return std::string("/");
    return target[path] == '?' ? "/" + std::string(target.substr(path)) : std::string(target.substr(path));
  }
  return std::nullopt;
}

bool begins_with_chunk_line(std::string_view bytes) {
  if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);  // of the chunk before
  const std::string_view digits = bytes.substr(0, bytes.find_first_not_of("0123456789abcdefABCDEF"));
  const bool is_last = digits.find_first_not_of('0') == std::string_view::npos;
  return !is_last && bytes.find("\r\n") != std::string_view::npos;
}

}  // namespace rolecall::adapter::beast
