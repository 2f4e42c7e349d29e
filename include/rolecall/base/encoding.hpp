#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rolecall {

/// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(std::string_view bytes);
/// Either case is read; an odd length or another character is refused.
[[nodiscard]] std::optional<std::string> parse_hex(std::string_view text);

/// base64url without padding (RFC 4648 §5).
[[nodiscard]] std::string to_base64url(std::string_view bytes);
/// Strict: padding, line breaks, the other alphabet and non-zero trailing bits are refused, so that every byte string
/// has exactly one spelling.
[[nodiscard]] std::optional<std::string> parse_base64url(std::string_view text);

/// base64 with padding (RFC 4648 §4).
[[nodiscard]] std::string to_base64(std::string_view bytes);

/// CRC-32 (IEEE 802.3): tells a mistyped token from an unknown one. Not a protection against anybody.
[[nodiscard]] std::uint32_t crc32(std::string_view bytes);

}  // namespace rolecall
