#include "rolecall/base/encoding.hpp"

#include <cstddef>
#include <cstdint>

#include "fuzz/check.hpp"
#include "rolecall/base/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  FUZZ_CHECK(rolecall::parse_hex(rolecall::to_hex(bytes)) == bytes);
  FUZZ_CHECK(rolecall::parse_base64url(rolecall::to_base64url(bytes)) == bytes);
  if (const auto decoded = rolecall::parse_base64url(bytes)) FUZZ_CHECK(rolecall::to_base64url(*decoded) == bytes);
  if (const auto decoded = rolecall::parse_hex(bytes)) {
    FUZZ_CHECK(rolecall::to_hex(*decoded) == rolecall::ascii_lower(bytes));
  }
  const std::string repaired = rolecall::replace_invalid_utf8(bytes);
  FUZZ_CHECK(rolecall::is_valid_utf8(repaired));
  FUZZ_CHECK(rolecall::is_valid_utf8(bytes) == (repaired == bytes));
  return 0;
}
