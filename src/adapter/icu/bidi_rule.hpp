#pragma once

#include <unicode/umachine.h>

#include <span>

namespace rolecall::adapter::icu {

/// The Bidi rule (RFC 5893 §2) for a label with a character that is written from right to left; others keep it.
[[nodiscard]] bool keeps_bidi_rule(std::span<const UChar32> label);

}  // namespace rolecall::adapter::icu
