#include <cstddef>
#include <cstdint>
#include <memory>

#include "fuzz/check.hpp"
#include "fuzz/scim_fixture.hpp"
#include "rolecall/adapter/icu/text_folder.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/filter/evaluate.hpp"
#include "rolecall/filter/parse.hpp"

namespace {

void check(std::string_view text, const rolecall::schema::ResourceType& type) {
  namespace filter = rolecall::filter;
  static const std::unique_ptr<rolecall::TextFolder> folder = rolecall::adapter::icu::make_text_folder();
  const auto parsed = filter::parse(text, type);
  if (!parsed) {
    FUZZ_CHECK(parsed.error().code == rolecall::ErrorCode::invalid_filter);
    FUZZ_CHECK(!parsed.error().detail.empty());
    return;
  }
  // Printing can add parentheses and quotes; the reader's limits are not what is asked here.
  filter::Limits wide;
  wide.bytes = 1024 * 1024;
  wide.depth = 1024;
  wide.tests = 10'000;
  const std::string printed = filter::print(*parsed);
  const auto again = filter::parse(printed, type, wide);
  FUZZ_CHECK(again.has_value());
  FUZZ_CHECK(filter::print(*again) == printed);
  FUZZ_CHECK(filter::print_tree(*again) == filter::print_tree(*parsed));
  const rolecall::json::Object& user = rolecall::fuzz::sample_user();
  FUZZ_CHECK(filter::matches(*parsed, user, *folder) == filter::matches(*again, user, *folder));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(text, rolecall::fuzz::user_type());
  check(text, rolecall::fuzz::group_type());
  return 0;
}
