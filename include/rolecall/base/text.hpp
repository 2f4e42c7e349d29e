#pragma once

#include <string>
#include <string_view>

namespace rolecall {

/// True when `text` is well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_valid_utf8(std::string_view text);
[[nodiscard]] bool is_ascii(std::string_view text);
/// Each byte that is not part of a well-formed sequence becomes U+FFFD.
[[nodiscard]] std::string replace_invalid_utf8(std::string_view text);

/// ASCII-only lower case; other bytes stay. For protocol words (attribute names, operators, header names), never for
/// identity.
[[nodiscard]] std::string ascii_lower(std::string_view text);
[[nodiscard]] bool equals_ignoring_ascii_case(std::string_view a, std::string_view b);
[[nodiscard]] bool starts_with_ignoring_ascii_case(std::string_view text, std::string_view prefix);

/// Canonical keys: how two spellings are found to be the same (design: "canonical keys are ours"). A port, because
/// Unicode tables live in `adapter/icu`; implementations are pure, total and thread-safe. `caseExact: true` strings
/// compare bytewise and need no key.
class TextFolder {
 public:
  virtual ~TextFolder() = default;
  /// Comparison key of a `caseExact: false` string: NFC after full Unicode case folding (`STRASSE` = `straße`).
  [[nodiscard]] virtual std::string fold(std::string_view text) const = 0;
  /// Comparison key of a userName (RFC 8265 §3.3, profile UsernameCaseMapped): `fold` after full-width and half-width
  /// characters became ordinary ones. Text that no userName may be (ValueChecks::user_name_fault) has a key too.
  [[nodiscard]] virtual std::string fold_user_name(std::string_view text) const = 0;
};

}  // namespace rolecall
