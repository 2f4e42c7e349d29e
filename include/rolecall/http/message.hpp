#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rolecall/base/ids.hpp"

namespace rolecall::http {

/// Header fields in the order they came, names compared without ASCII case (RFC 9110 §5.1).
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  /// Replaces every field of that name.
  void set(std::string name, std::string value);
  /// The first field of that name; null when absent.
  [[nodiscard]] const std::string* find(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

/// One complete request, immutable once framed. The codec has already refused everything that is not plain HTTP/1.1.
struct Request {
  std::string method;  ///< as sent: "GET", "PATCH", or any other token
  std::string target;  ///< request target as sent, origin form; an absolute form has been reduced to it
  Headers headers;
  std::string body;
  std::string peer_address;                        ///< of the socket, not of any forwarding header
  RequestId id;                                    ///< made by the server, or taken over from a valid X-Request-Id
  std::chrono::steady_clock::time_point received;  ///< its last byte; the epoch when nobody noted it
  std::chrono::steady_clock::time_point deadline;  ///< after it nobody waits for the answer any more

  /// The target up to `?`, still percent-encoded.
  [[nodiscard]] std::string_view path() const;
  /// The target after `?`, still percent-encoded; empty when there is none.
  [[nodiscard]] std::string_view query() const;
};

struct Response {
  int status = 200;
  Headers headers;     ///< Content-Length, Date and Connection are the codec's
  std::string body;    ///< never sent for HEAD, 204 and 304
  bool close = false;  ///< close the connection after this response
};

/// What answers requests. Called on worker threads, many at once; must not throw.
using Handler = std::function<Response(const Request&)>;

/// Percent-decodes one path segment or query part (RFC 3986 §2.1). Nothing for malformed escapes, NUL or invalid UTF-8.
/// `plus_is_space` for query strings, where clients still form-encode.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

/// The query as decoded name/value pairs in order, nothing when a part does not decode.
[[nodiscard]] std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);

/// The path as decoded segments: "/scim/v2/Users/a%2Fb" → {"scim","v2","Users","a/b"}. Nothing when one does not
/// decode. One trailing slash is passed over; empty inner segments are kept (and match no route).
[[nodiscard]] std::optional<std::vector<std::string>> parse_path(std::string_view path);

}  // namespace rolecall::http
