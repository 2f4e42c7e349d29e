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

/// Equality whose duration depends on the lengths only, for comparing digests of secrets. Lengths are not hidden.
[[nodiscard]] bool constant_time_equal(std::string_view a, std::string_view b);

}  // namespace rolecall
