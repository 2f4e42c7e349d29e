#include "rolecall/base/text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rolecall {
namespace {

using namespace std::string_literals;

TEST(Utf8, WellFormed_IsValid) {
  for (const std::string& text : {
           ""s,
           "plain"s,
           "a\0b"s,
           "\x7F"s,
           "\xC2\x80"s,
           "\xDF\xBF"s,
           "\xE0\xA0\x80"s,
           "\xED\x9F\xBF"s,
           "\xEE\x80\x80"s,
           "\xEF\xBF\xBF"s,
           "\xF0\x90\x80\x80"s,
           "\xF4\x8F\xBF\xBF"s,
           "long enough for a whole word, then \xC3\xA9 and on"s,
       }) {
    EXPECT_TRUE(is_valid_utf8(text)) << text;
    EXPECT_EQ(replace_invalid_utf8(text), text);
  }
}

TEST(Utf8, IllFormed_IsInvalid) {
  for (const std::string& text : {
           "\x80"s,
           "\xBF"s,  // continuation alone
           "\xC0\x80"s,
           "\xC1\xBF"s,  // overlong, two bytes
           "\xE0\x80\x80"s,
           "\xE0\x9F\xBF"s,  // overlong, three
           "\xF0\x80\x80\x80"s,
           "\xF0\x8F\xBF\xBF"s,  // overlong, four
           "\xED\xA0\x80"s,
           "\xED\xBF\xBF"s,  // surrogates
           "\xF4\x90\x80\x80"s,
           "\xF5\x80\x80\x80"s,  // above U+10FFFF
           "\xFE"s,
           "\xFF"s,  // never
           "\xC3"s,
           "\xE2\x82"s,
           "\xF0\x9F\x98"s,  // cut short
           "\xC3("s,
           "\xE2(\xA1"s,
           "\xE2\x82("s,  // broken inside
           "12345678\xFF"s,
           "1234567\xC3"s,  // after a run of ASCII
       }) {
    EXPECT_FALSE(is_valid_utf8(text)) << ::testing::PrintToString(text);
    EXPECT_TRUE(is_valid_utf8(replace_invalid_utf8(text)));
    EXPECT_FALSE(is_ascii(text));
  }
}

TEST(Utf8, EveryCodePoint_AgreesWithTheDefinition) {
  for (unsigned point = 0x80; point <= 0x110010; ++point) {
    std::string text;
    if (point < 0x800) {
      text += static_cast<char>(0xC0U | point >> 6U);
    } else if (point < 0x10000) {
      text += static_cast<char>(0xE0U | point >> 12U);
      text += static_cast<char>(0x80U | (point >> 6U & 0x3FU));
    } else {
      text += static_cast<char>(0xF0U | point >> 18U);
      text += static_cast<char>(0x80U | (point >> 12U & 0x3FU));
      text += static_cast<char>(0x80U | (point >> 6U & 0x3FU));
    }
    text += static_cast<char>(0x80U | (point & 0x3FU));
    const bool expected = (point < 0xD800 || point > 0xDFFF) && point <= 0x10FFFF;
    ASSERT_EQ(is_valid_utf8(text), expected) << std::hex << point;
  }
}

TEST(Utf8, Replacement_KeepsWhatIsSound) {
  EXPECT_EQ(replace_invalid_utf8("a\xFF"
                                 "b\xC3\xA9"),
            "a\xEF\xBF\xBD"
            "b\xC3\xA9");
}

TEST(AsciiCase, OnlyAsciiLetters_Change) {
  EXPECT_EQ(ascii_lower("UserName[@`{Z\xC3\x84"), "username[@`{z\xC3\x84");
  EXPECT_TRUE(equals_ignoring_ascii_case("userName", "USERNAME"));
  EXPECT_FALSE(equals_ignoring_ascii_case("userName", "userNam"));
  EXPECT_FALSE(equals_ignoring_ascii_case("[", "{"));
  EXPECT_FALSE(equals_ignoring_ascii_case("@", "`"));
  EXPECT_TRUE(starts_with_ignoring_ascii_case("BEARER x", "bearer "));
  EXPECT_FALSE(starts_with_ignoring_ascii_case("Bear", "bearer"));
  EXPECT_TRUE(starts_with_ignoring_ascii_case("", ""));
}

}  // namespace
}  // namespace rolecall
