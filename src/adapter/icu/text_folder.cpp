#include "rolecall/adapter/icu/text_folder.hpp"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <string>

#include "width.hpp"

namespace rolecall::adapter::icu {
namespace {

// ICU counts in 32 bits and folding can triple a text.
constexpr std::size_t kLongest = std::size_t{1} << 28U;

void check(UErrorCode status) {
  // The tables are part of the library and the input is valid Unicode: what is left is memory.
  if (U_FAILURE(status)) throw std::bad_alloc();
}

class IcuTextFolder final : public TextFolder {
 public:
  IcuTextFolder() {
    UErrorCode status = U_ZERO_ERROR;
    nfd_ = ::icu::Normalizer2::getNFDInstance(status);
    check(status);
    nfc_ = ::icu::Normalizer2::getNFCInstance(status);
    check(status);
  }

  [[nodiscard]] std::string fold(std::string_view text) const override {
    if (!is_unicode(text)) return ascii_lower(text);
    return folded(from_utf8(text));
  }

  [[nodiscard]] std::string fold_user_name(std::string_view text) const override {
    if (!is_unicode(text)) return ascii_lower(text);
    return folded(width_mapped(from_utf8(text)));
  }

 private:
  /// Has it letters that ASCII rules do not know?
  static bool is_unicode(std::string_view text) {
    return !is_ascii(text) && text.size() <= kLongest && is_valid_utf8(text);
  }

  [[nodiscard]] std::string folded(const ::icu::UnicodeString& text) const {
    UErrorCode status = U_ZERO_ERROR;
    // Decomposed first (Unicode standard, definition D145): U+0345 folds to a letter and must reach its place before.
    ::icu::UnicodeString unicode = nfd_->normalize(text, status);
    check(status);
    unicode.foldCase();
    unicode = nfc_->normalize(unicode, status);
    check(status);
    std::string out;
    unicode.toUTF8String(out);
    return out;
  }

  const ::icu::Normalizer2* nfd_ = nullptr;  // owned by the library, immutable
  const ::icu::Normalizer2* nfc_ = nullptr;
};

}  // namespace

std::unique_ptr<TextFolder> make_text_folder() { return std::make_unique<IcuTextFolder>(); }

}  // namespace rolecall::adapter::icu
