#include "bidi_rule.hpp"

#include <unicode/uchar.h>

#include <algorithm>

namespace rolecall::adapter::icu {
namespace {

bool is_right_to_left(UChar32 point) {
  const UCharDirection direction = u_charDirection(point);
  return direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC;
}

bool may_stand_in_one(UChar32 point) {
  switch (u_charDirection(point)) {
    case U_RIGHT_TO_LEFT:
    case U_RIGHT_TO_LEFT_ARABIC:
    case U_ARABIC_NUMBER:
    case U_EUROPEAN_NUMBER:
    case U_EUROPEAN_NUMBER_SEPARATOR:
    case U_EUROPEAN_NUMBER_TERMINATOR:
    case U_COMMON_NUMBER_SEPARATOR:
    case U_OTHER_NEUTRAL:
    case U_BOUNDARY_NEUTRAL:
    case U_DIR_NON_SPACING_MARK:
      return true;
    default:
      return false;
  }
}

bool has(std::span<const UChar32> label, UCharDirection direction) {
  return std::any_of(label.begin(), label.end(), [&](UChar32 point) { return u_charDirection(point) == direction; });
}

}  // namespace

bool keeps_bidi_rule(std::span<const UChar32> label) {
  const bool concerns = std::any_of(label.begin(), label.end(), is_right_to_left) || has(label, U_ARABIC_NUMBER);
  if (!concerns) return true;
  if (!is_right_to_left(label.front()) || !std::all_of(label.begin(), label.end(), may_stand_in_one)) return false;
  auto last = label;
  while (u_charDirection(last.back()) == U_DIR_NON_SPACING_MARK) last = last.first(last.size() - 1);
  const UCharDirection end = u_charDirection(last.back());
  const bool ends_well = is_right_to_left(last.back()) || end == U_EUROPEAN_NUMBER || end == U_ARABIC_NUMBER;
  return ends_well && !(has(label, U_EUROPEAN_NUMBER) && has(label, U_ARABIC_NUMBER));
}

}  // namespace rolecall::adapter::icu
