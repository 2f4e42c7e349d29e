#pragma once

#include <cstdint>
#include <string_view>

namespace rolecall {

/// FNV-1a of 64 bits: the same figures in every version and on every machine, for what is stored or spread by them. No
/// protection against whoever picks the text. Texts in a row: the first one's hash begins the next.
inline constexpr std::uint64_t kHashBasis = 0xcbf29ce484222325U;
[[nodiscard]] constexpr std::uint64_t hash_of(std::string_view text, std::uint64_t hash = kHashBasis) {
  constexpr std::uint64_t kPrime = 0x100000001b3U;
  for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * kPrime;
  return hash;
}

}  // namespace rolecall
