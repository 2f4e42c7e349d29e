#pragma once

#include <string>
#include <string_view>

namespace rolecall {

/// Message digests (a port: `adapter/crypto` implements it). Thread-safe.
class Digest {
 public:
  virtual ~Digest() = default;
  /// The 32 raw bytes of SHA-256. `to_hex` (base/encoding.hpp) makes them printable.
  [[nodiscard]] virtual std::string sha256(std::string_view bytes) const = 0;
};

/// The 32 raw bytes of HMAC-SHA-256 (RFC 2104).
[[nodiscard]] std::string hmac_sha256(const Digest& digest, std::string_view key, std::string_view message);

/// Equality whose duration depends on the lengths only, for comparing digests of secrets. Lengths are not hidden.
[[nodiscard]] bool constant_time_equal(std::string_view a, std::string_view b);

}  // namespace rolecall
