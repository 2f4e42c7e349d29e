#pragma once

#include <memory>

#include "rolecall/base/text.hpp"

namespace rolecall::adapter::icu {

/// Full Unicode case folding and NFC. `fold(fold(x)) == fold(x)`; canonically equivalent spellings and case variants
/// have one key, and for `fold_user_name` also full-width and half-width ones. Bytes that are not UTF-8 keep a key of
/// their own, which no valid text has.
[[nodiscard]] std::unique_ptr<TextFolder> make_text_folder();

}  // namespace rolecall::adapter::icu
