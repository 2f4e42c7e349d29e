#pragma once

#include <string>
#include <string_view>

#include "rolecall/base/result.hpp"
#include "rolecall/base/secret.hpp"

namespace rolecall {

/// Signs with private keys that somebody gave us, or that it made itself (a port: `adapter/crypto` implements it). Keys
/// are PKCS #8 or traditional PEM without a password. Thread-safe. `invalid_value`, with a sentence that holds nothing
/// of the key, for what is no such key, and for one of another kind than RSA of 2048 bits or more and EC on P-256.
class Signer {
 public:
  virtual ~Signer() = default;
  /// RS256 or ES256 (RFC 7518 §3.1), as the key is.
  [[nodiscard]] virtual Result<std::string> algorithm_of(const Secret& key) const = 0;
  /// The signature by that algorithm as a JWS has it (RFC 7518 §3.3, §3.4), raw.
  [[nodiscard]] virtual Result<std::string> sign(const Secret& key, std::string_view text) const = 0;

  /// A new key on P-256, in PKCS #8. `internal` when there is no randomness to be had.
  [[nodiscard]] virtual Result<Secret> make_key() const = 0;
  /// The public half of a key on P-256, which may be shown to anybody. `invalid_value` for any other.
  struct PublicPoint {
    std::string x, y;  ///< 32 bytes each, raw (RFC 7518 §6.2.1)
  };
  [[nodiscard]] virtual Result<PublicPoint> public_point(const Secret& key) const = 0;
};

}  // namespace rolecall
