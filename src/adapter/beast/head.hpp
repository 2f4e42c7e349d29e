#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rolecall/http/codec.hpp"

namespace rolecall::adapter::beast {

/// Looks at a head's raw bytes for what Beast accepts or joins silently.
class HeadScanner {
 public:
  explicit HeadScanner(const http::ServerOptions& options) : options_(options) {}

  /// Scans on from where it stopped. Length of the head, its empty line included, once that has come.
  [[nodiscard]] std::optional<std::size_t> scan(std::string_view buffer);
  /// Set when the bytes seen so far cannot become an acceptable head.
  [[nodiscard]] const std::optional<http::Refusal>& refusal() const { return refusal_; }
  void reset();

 private:
  void refuse(int status, std::string detail, std::string_view buffer);
  void end_line(std::string_view buffer, std::size_t line_end);

  const http::ServerOptions& options_;
  std::size_t position_ = 0;
  std::size_t line_start_ = 0;
  std::size_t lines_ = 0;
  std::optional<http::Refusal> refusal_;
};

/// The parts of the request line, as far as it has them; the version is all of the rest.
struct RequestLine {
  std::string_view method;
  std::string_view target;
  std::string_view version;
};
[[nodiscard]] RequestLine request_line_of(std::string_view head);

/// "HTTP/" DIGIT "." DIGIT (RFC 9112 §2.3), of whatever version.
[[nodiscard]] bool is_http_version(std::string_view text);

/// Origin form of a target: itself, or the path and query of an absolute one (RFC 9112 §3.2.2). `*` stays, for OPTIONS
/// alone (§3.2.4). None for anything else.
[[nodiscard]] std::optional<std::string> origin_form_of(std::string_view method, std::string_view target);

/// Do the bytes begin with the whole size line of a chunk that is not the last one? A parser that leaves it unread
/// takes a quoted text of its extensions for longer than the line.
[[nodiscard]] bool begins_with_chunk_line(std::string_view bytes);

}  // namespace rolecall::adapter::beast
