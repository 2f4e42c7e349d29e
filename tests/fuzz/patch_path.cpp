#include <cstddef>
#include <cstdint>

#include "fuzz/check.hpp"
#include "fuzz/scim_fixture.hpp"
#include "rolecall/patch/path.hpp"

namespace {

void check(std::string_view text, const rolecall::schema::ResourceType& type) {
  using rolecall::ErrorCode;
  const auto path = rolecall::patch::parse_path(text, type);
  if (!path) {
    const ErrorCode code = path.error().code;
    FUZZ_CHECK(code == ErrorCode::invalid_path || code == ErrorCode::invalid_filter || code == ErrorCode::mutability);
    FUZZ_CHECK(!path.error().detail.empty());
    return;
  }
  using Kind = rolecall::patch::Path::Kind;
  FUZZ_CHECK(!rolecall::patch::print_tree(*path).empty());
  FUZZ_CHECK((path->kind == Kind::selection) == path->filter.has_value());
  if (path->kind == Kind::extension) {
    FUZZ_CHECK(path->attribute.extension != nullptr);
  } else {
    FUZZ_CHECK(path->attribute.attribute != nullptr);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(text, rolecall::fuzz::user_type());
  check(text, rolecall::fuzz::group_type());
  return 0;
}
