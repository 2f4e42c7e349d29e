#pragma once

#include <unicode/unistr.h>

#include <string_view>

namespace rolecall::adapter::icu {

/// Of valid UTF-8, shorter than 2^31 bytes.
[[nodiscard]] ::icu::UnicodeString from_utf8(std::string_view text);

/// Full-width and half-width characters become what they are forms of (RFC 8265 §3.3.1).
[[nodiscard]] ::icu::UnicodeString width_mapped(const ::icu::UnicodeString& text);

}  // namespace rolecall::adapter::icu
