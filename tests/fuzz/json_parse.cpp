#include "rolecall/json/parse.hpp"

#include <cstddef>
#include <cstdint>

#include "fuzz/check.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/json/write.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace json = rolecall::json;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = json::parse(text);
  if (!value) {
    // `internal` would mean that an assertion of the library broke.
    FUZZ_CHECK(value.error().code == rolecall::ErrorCode::invalid_syntax);
    FUZZ_CHECK(rolecall::is_valid_utf8(value.error().detail));
    return 0;
  }
  FUZZ_CHECK(rolecall::is_valid_utf8(text));
  const std::string written = json::write(*value);
  const auto again = json::parse(written);
  FUZZ_CHECK(again.has_value());
  FUZZ_CHECK(*again == *value);
  FUZZ_CHECK(json::write(*again) == written);
  json::Limits wide;
  wide.bytes = 64 * wide.bytes;  // indentation adds to the length
  const auto pretty = json::parse(json::write_pretty(*value), wide);
  FUZZ_CHECK(pretty.has_value() && *pretty == *value);
  if (const json::Number* number = value->as_number(); number != nullptr) {
    if (const auto integer = json::to_integer(*number)) FUZZ_CHECK(json::to_double(*number).has_value());
  }
  return 0;
}
