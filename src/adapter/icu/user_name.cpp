#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <new>
#include <vector>

#include "bidi_rule.hpp"
#include "rolecall/adapter/icu/value_checks.hpp"
#include "rolecall/base/text.hpp"
#include "width.hpp"

namespace rolecall::adapter::icu {
namespace {

using Points = std::vector<UChar32>;

// Values far beyond this are refused by length before they come here.
constexpr std::size_t kLongest = std::size_t{1} << 20U;

void check(UErrorCode status) {
  if (U_FAILURE(status) != 0) throw std::bad_alloc();
}

/// Canonically equivalent spellings are one name, so what is judged is their common form.
::icu::UnicodeString composed(const ::icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  const ::icu::Normalizer2* nfc = ::icu::Normalizer2::getNFCInstance(status);
  check(status);
  ::icu::UnicodeString out = nfc->normalize(text, status);
  check(status);
  return out;
}

Points points_of(const ::icu::UnicodeString& text) {
  Points points;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) points.push_back(text.char32At(i));
  return points;
}

bool has_script(UChar32 point, UScriptCode script) {
  UErrorCode status = U_ZERO_ERROR;
  return uscript_getScript(point, &status) == script && U_SUCCESS(status) != 0;
}

bool is_between(UChar32 point, UChar32 first, UChar32 last) { return point >= first && point <= last; }

bool is_virama_before(const Points& points, std::size_t at) {
  constexpr int kVirama = 9;
  return at > 0 && u_getCombiningClass(points[at - 1]) == kVirama;
}

/// A zero-width non-joiner between letters that would join (RFC 5892, appendix A.1).
bool breaks_a_joint(const Points& points, std::size_t at) {
  const auto type_of = [](UChar32 point) { return u_getIntPropertyValue(point, UCHAR_JOINING_TYPE); };
  std::size_t before = at;
  while (before > 0 && type_of(points[before - 1]) == U_JT_TRANSPARENT) --before;
  std::size_t after = at + 1;
  while (after < points.size() && type_of(points[after]) == U_JT_TRANSPARENT) ++after;
  if (before == 0 || after == points.size()) return false;
  const auto left = type_of(points[before - 1]);
  const auto right = type_of(points[after]);
  return (left == U_JT_LEFT_JOINING || left == U_JT_DUAL_JOINING) &&
         (right == U_JT_RIGHT_JOINING || right == U_JT_DUAL_JOINING);
}

enum class Verdict { allowed, refused, unknown };

Verdict verdict_of(bool is_allowed) { return is_allowed ? Verdict::allowed : Verdict::refused; }

/// The code points whose neighbours decide (RFC 5892, appendix A); `unknown` for all others.
Verdict by_context(const Points& points, std::size_t at) {
  const UChar32 point = points[at];
  const auto is_l = [&](std::size_t i) { return points[i] == 'l' || points[i] == 'L'; };
  const auto any = [&](auto is) { return std::any_of(points.begin(), points.end(), is); };
  switch (point) {
    case 0x200C:
      return verdict_of(is_virama_before(points, at) || breaks_a_joint(points, at));
    case 0x200D:
      return verdict_of(is_virama_before(points, at));
    case 0x00B7:
      return verdict_of(at > 0 && at + 1 < points.size() && is_l(at - 1) && is_l(at + 1));
    case 0x0375:
      return verdict_of(at + 1 < points.size() && has_script(points[at + 1], USCRIPT_GREEK));
    case 0x05F3:
    case 0x05F4:
      return verdict_of(at > 0 && has_script(points[at - 1], USCRIPT_HEBREW));
    case 0x30FB:
      return verdict_of(any([](UChar32 other) {
        return has_script(other, USCRIPT_HIRAGANA) || has_script(other, USCRIPT_KATAKANA) ||
               has_script(other, USCRIPT_HAN);
      }));
    default:
      break;
  }
  if (is_between(point, 0x0660, 0x0669)) {
    return verdict_of(!any([](UChar32 other) { return is_between(other, 0x06F0, 0x06F9); }));
  }
  if (is_between(point, 0x06F0, 0x06F9)) {
    return verdict_of(!any([](UChar32 other) { return is_between(other, 0x0660, 0x0669); }));
  }
  return Verdict::unknown;
}

/// RFC 8264 §9.6.
Verdict by_exception(UChar32 point) {
  constexpr std::array<UChar32, 6> kAllowed{0x00DF, 0x03C2, 0x06FD, 0x06FE, 0x0F0B, 0x3007};
  constexpr std::array<UChar32, 10> kRefused{0x0640, 0x07FA, 0x302E, 0x302F, 0x3031,
                                             0x3032, 0x3033, 0x3034, 0x3035, 0x303B};
  if (std::find(kAllowed.begin(), kAllowed.end(), point) != kAllowed.end()) return Verdict::allowed;
  if (std::find(kRefused.begin(), kRefused.end(), point) != kRefused.end()) return Verdict::refused;
  return Verdict::unknown;
}

bool is_old_hangul_jamo(UChar32 point) {
  const int type = u_getIntPropertyValue(point, UCHAR_HANGUL_SYLLABLE_TYPE);
  return type == U_HST_LEADING_JAMO || type == U_HST_VOWEL_JAMO || type == U_HST_TRAILING_JAMO;
}

bool has_compatibility_form(UChar32 point) {
  UErrorCode status = U_ZERO_ERROR;
  const ::icu::Normalizer2* nfkc = ::icu::Normalizer2::getNFKCInstance(status);
  check(status);
  const bool is_itself = nfkc->isNormalized(::icu::UnicodeString(point), status) != 0;
  check(status);
  return !is_itself;
}

/// The IdentifierClass (RFC 8264 §8, with what it calls ID_DIS refused).
bool is_identifier_point(UChar32 point) {
  if (const Verdict verdict = by_exception(point); verdict != Verdict::unknown) return verdict == Verdict::allowed;
  if (is_between(point, 0x21, 0x7E)) return true;
  if (is_old_hangul_jamo(point) || u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0) return false;
  if (has_compatibility_form(point)) return false;
  switch (u_charType(point)) {
    case U_LOWERCASE_LETTER:
    case U_UPPERCASE_LETTER:
    case U_OTHER_LETTER:
    case U_DECIMAL_DIGIT_NUMBER:
    case U_MODIFIER_LETTER:
    case U_NON_SPACING_MARK:
    case U_COMBINING_SPACING_MARK:
      return true;
    default:
      return false;
  }
}

std::string_view fault_of(const Points& points) {
  for (std::size_t at = 0; at < points.size(); ++at) {
    const bool is_space = points[at] == ' ';
    if (is_space && (at == 0 || at + 1 == points.size())) return "must not begin or end with a space";
    if (is_space) continue;
    const Verdict verdict = by_context(points, at);
    if (verdict == Verdict::refused) return "has a character that may not stand beside its neighbours";
    if (verdict == Verdict::allowed || is_identifier_point(points[at])) continue;
    if (u_charType(points[at]) == U_UNASSIGNED) return "has a character that Unicode does not know";
    return "may have letters, digits, marks and the signs of ASCII, and no other characters";
  }
  for (auto part = points.begin(); part != points.end();) {
    const auto is_separator = [](UChar32 point) { return point == ' ' || point == '.' || point == '@'; };
    const auto end = std::find_if(part, points.end(), is_separator);
    if (!keeps_bidi_rule({part, end})) return "mixes letters of both directions in one part";
    part = end == points.end() ? end : end + 1;
  }
  return {};
}

}  // namespace

std::string_view user_name_fault(std::string_view text) {
  constexpr auto kIsPlain = [](char c) { return c > ' ' && c < 0x7F; };
  if (std::all_of(text.begin(), text.end(), kIsPlain)) return {};  // nearly all names are that
  if (!is_valid_utf8(text) || text.size() > kLongest) return "must be text in UTF-8";
  return fault_of(points_of(composed(width_mapped(from_utf8(text)))));
}

}  // namespace rolecall::adapter::icu
