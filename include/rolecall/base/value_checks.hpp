#pragma once

#include <string_view>

namespace rolecall {

/// What takes tables or parsers of a library to tell about a value. A port: `adapter/icu` and `adapter/crypto`
/// implement it. Pure and thread-safe; what is not set is not asked.
struct ValueChecks {
  /// Why the text cannot be a userName (RFC 8265 §3.3), in words that follow "The attribute … "; empty when it can.
  std::string_view (*user_name_fault)(std::string_view text) = nullptr;
  /// A name of the IANA time zone database, such as "Europe/Berlin".
  bool (*is_time_zone)(std::string_view name) = nullptr;
  /// Exactly one X.509 certificate in DER, and nothing behind it.
  bool (*is_certificate)(std::string_view der) = nullptr;
};

}  // namespace rolecall
