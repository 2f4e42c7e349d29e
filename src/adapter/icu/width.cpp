#include "width.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include <cstdint>
#include <new>

namespace rolecall::adapter::icu {
namespace {

bool has_other_width(UChar32 point) {
  const int width = u_getIntPropertyValue(point, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_FULLWIDTH || width == U_EA_HALFWIDTH;
}

}  // namespace

::icu::UnicodeString from_utf8(std::string_view text) {
  return ::icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
}

::icu::UnicodeString width_mapped(const ::icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  const ::icu::Normalizer2* nfkc = ::icu::Normalizer2::getNFKCInstance(status);
  if (U_FAILURE(status) != 0) throw std::bad_alloc();
  ::icu::UnicodeString out;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 point = text.char32At(i);
    ::icu::UnicodeString mapping;
    if (has_other_width(point) && nfkc->getRawDecomposition(point, mapping) != 0) {
      out.append(mapping);
    } else {
      out.append(point);
    }
  }
  return out;
}

}  // namespace rolecall::adapter::icu
