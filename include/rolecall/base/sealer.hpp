#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rolecall {

/// Hands bytes to a client that must neither read nor change them, and takes them back (a port: `adapter/crypto`
/// implements it). Thread-safe.
class Sealer {
 public:
  virtual ~Sealer() = default;
  /// Text of unreserved URI characters (RFC 3986 §2.3), another one each time. `context` is not in it, but without the
  /// same context it cannot be opened.
  [[nodiscard]] virtual std::string seal(std::string_view bytes, std::string_view context) const = 0;
  /// None for any text that `seal` did not make with this key and this context; all of those are the same to the
  /// caller.
  [[nodiscard]] virtual std::optional<std::string> open(std::string_view text, std::string_view context) const = 0;
};

}  // namespace rolecall
