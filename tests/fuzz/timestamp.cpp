#include "rolecall/base/timestamp.hpp"

#include <cstddef>
#include <cstdint>

#include "fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto instant = rolecall::parse_timestamp({reinterpret_cast<const char*>(data), size});
  if (!instant) return 0;
  const std::string printed = rolecall::to_timestamp(*instant);
  FUZZ_CHECK(printed.size() == 24);
  const auto again = rolecall::parse_timestamp(printed);
  FUZZ_CHECK(again.has_value());
  FUZZ_CHECK(*instant - *again >= std::chrono::milliseconds(0) && *instant - *again < std::chrono::milliseconds(1));
  FUZZ_CHECK(rolecall::to_timestamp(*again) == printed);
  return 0;
}
