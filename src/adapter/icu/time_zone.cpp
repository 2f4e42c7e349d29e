#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>

#include "rolecall/adapter/icu/value_checks.hpp"
#include "rolecall/base/text.hpp"
#include "width.hpp"

namespace rolecall::adapter::icu {
namespace {

constexpr std::size_t kLongest = 64;

// Names that ICU knows besides those of the database, for programs of the last century.
constexpr std::array<std::string_view, 27> kForeign{
    "ACT", "AET", "AGT", "ART", "AST", "BET", "BST", "CAT", "CNT", "CST", "CTT", "EAT",         "ECT",    "IET",
    "IST", "JST", "MIT", "NET", "NST", "PLT", "PNT", "PRT", "PST", "SST", "VST", "Etc/Unknown", "Factory"};

}  // namespace

bool is_time_zone(std::string_view name) {
  if (name.empty() || name.size() > kLongest || !is_ascii(name)) return false;
  if (name.starts_with("SystemV/")) return false;
  if (std::find(kForeign.begin(), kForeign.end(), name) != kForeign.end()) return false;
  UErrorCode status = U_ZERO_ERROR;
  UBool is_known = 0;
  ::icu::UnicodeString canonical;
  ::icu::TimeZone::getCanonicalID(from_utf8(name), canonical, is_known, status);
  return U_SUCCESS(status) != 0 && is_known != 0;
}

}  // namespace rolecall::adapter::icu
