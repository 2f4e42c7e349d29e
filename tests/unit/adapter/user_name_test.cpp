#include <gtest/gtest.h>

#include <string>

#include "rolecall/adapter/icu/text_folder.hpp"
#include "rolecall/adapter/icu/value_checks.hpp"

// Single names are in tests/cases/validation/formats.json.

namespace rolecall::adapter::icu {
namespace {

bool is_user_name(std::string_view text) { return user_name_fault(text).empty(); }

TEST(UserName, OfAscii_MayBeAnythingThatPrints) {
  for (char c = 0x21; c < 0x7F; ++c) EXPECT_TRUE(is_user_name(std::string(1, c))) << c;
  for (char c = 0; c <= 0x20; ++c) EXPECT_FALSE(is_user_name(std::string(1, c))) << static_cast<int>(c);
  EXPECT_FALSE(is_user_name("\x7F"));
  EXPECT_TRUE(is_user_name("Barbara J. Jensen"));
}

TEST(UserName, EquivalentSpellings_HaveOneVerdict) {
  for (const auto& [a, b] : {std::pair("\u00E9", "e\u0301"), std::pair("\u212B", "\u00C5"),
                             std::pair("\uD55C", "\u1112\u1161\u11AB"), std::pair("\u0958", "\u0915\u093C")}) {
    EXPECT_EQ(user_name_fault(a), user_name_fault(b)) << a;
    EXPECT_TRUE(is_user_name(a)) << a;
  }
}

// What makes two names one must not turn a good one into text that is refused, or a stored name could not be sent back.
TEST(UserName, FoldedOnce_StaysOne) {
  const auto folder = make_text_folder();
  for (const char* name :
       {"Stra\u00DFe", "\uFF22\uFF2F", "\u0130x", "\u03A3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C2", "Zo\u0308e"}) {
    ASSERT_TRUE(is_user_name(name)) << name;
    EXPECT_TRUE(is_user_name(folder->fold_user_name(name))) << name;
  }
}

TEST(UserName, InvalidAndHugeText_IsRefused) {
  EXPECT_FALSE(is_user_name("a\xC3"));
  EXPECT_FALSE(is_user_name(std::string(1U << 20U, 'a') + "\u00E9"));
  EXPECT_TRUE(is_user_name(std::string(1'000, 'a') + "\u00E9"));
}

TEST(TimeZone, LongNames_AreNotLookedUp) {
  EXPECT_TRUE(is_time_zone("America/North_Dakota/New_Salem"));
  EXPECT_FALSE(is_time_zone(""));
  EXPECT_FALSE(is_time_zone(std::string(1U << 20U, 'a')));
  EXPECT_FALSE(is_time_zone("Europe/Berlin "));
  EXPECT_FALSE(is_time_zone("europe/berlin"));
}

}  // namespace
}  // namespace rolecall::adapter::icu
