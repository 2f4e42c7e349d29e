#include <cstddef>
#include <cstdint>
#include <memory>

#include "fuzz/check.hpp"
#include "rolecall/adapter/icu/text_folder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::unique_ptr<rolecall::TextFolder> folder = rolecall::adapter::icu::make_text_folder();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string once = folder->fold(text);
  FUZZ_CHECK(folder->fold(once) == once);
  FUZZ_CHECK(folder->fold(rolecall::ascii_lower(text)) == once);
  FUZZ_CHECK(rolecall::is_valid_utf8(once) == rolecall::is_valid_utf8(text));
  return 0;
}
