#include "rolecall/adapter/icu/text_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace rolecall {
namespace {

std::string utf8(char32_t point) {
  std::string text;
  const auto byte = [&text](char32_t value) { text += static_cast<char>(value); };
  if (point < 0x80) {
    byte(point);
  } else if (point < 0x800) {
    byte(0xC0U | point >> 6U);
    byte(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    byte(0xE0U | point >> 12U);
    byte(0x80U | (point >> 6U & 0x3FU));
    byte(0x80U | (point & 0x3FU));
  } else {
    byte(0xF0U | point >> 18U);
    byte(0x80U | (point >> 12U & 0x3FU));
    byte(0x80U | (point >> 6U & 0x3FU));
    byte(0x80U | (point & 0x3FU));
  }
  return text;
}

class TextFolderTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string fold(std::string_view text) const { return folder_->fold(text); }
  [[nodiscard]] std::string fold_user_name(std::string_view text) const { return folder_->fold_user_name(text); }

 private:
  std::unique_ptr<TextFolder> folder_ = adapter::icu::make_text_folder();
};

TEST_F(TextFolderTest, SpellingsOfOneName_ShareAKey) {
  const std::vector<std::vector<std::string>> groups = {
      {"mike@example.org", "MIKE@EXAMPLE.ORG", "Mike@Example.Org"},
      {"m\u0131ke"},                                         // dotless i is its own letter
      {"stra\u00DFe", "STRASSE", "strasse", "STRA\u1E9EE"},  // sharp s, capital sharp s
      {"\u212Aelvin", "Kelvin", "kelvin"},                   // Kelvin sign
      {"mi\u017Fs", "MISS", "miss", "mi\u00DF"},             // long s
      {"\u212Bngstr\u00F6m", "\u00C5NGSTR\u00D6M", "\u00E5ngstr\u00F6m", "a\u030Angstro\u0308m"},
      {"\u2126", "\u03A9", "\u03C9"},                    // Ohm sign
      {"\u03A3\u03A3", "\u03C3\u03C2", "\u03C3\u03C3"},  // final sigma
      {"\uFB01n", "fin", "FIN"},                         // ligature fi
      {"\uFB03", "ffi", "FFI"},
      {"\u0130x", "i\u0307x", "I\u0307X"},  // dotted capital I keeps its dot
      {"caf\u00E9", "cafe\u0301", "CAF\u00C9", "CAFE\u0301"},
      {"cafe"},  // without its accent it is another name
      {"\u1FB3", "\u03B1\u0345", "\u0391\u0345", "\u1FBC", "\u03B1\u03B9"},
      {"\u1E69", "s\u0323\u0307", "s\u0307\u0323", "S\u0307\u0323"},  // marks in any order
      {"\u0390", "\u1FD3", "\u03B9\u0308\u0301"},
      {"\u01C4", "\u01C5", "\u01C6"},  // digraph with a title case of its own
      {"\u0587", "\u0565\u0582"},      // Armenian ligature
      {"\u13A0", "\uAB70"},            // Cherokee folds to capitals
      {"\U00010400", "\U00010428"},    // Deseret
      {"\uAC00", "\u1100\u1161"},      // Hangul
      {"a\uFF21"},                     // full-width letters are letters of their own here
      {"\u0430dmin", "\u0410DMIN"},    // Cyrillic a
      {"admin", "ADMIN"},
  };
  std::vector<std::string> keys;
  for (const auto& group : groups) {
    const std::string key = fold(group.front());
    for (const std::string& spelling : group) EXPECT_EQ(fold(spelling), key) << spelling << " of " << group.front();
    EXPECT_EQ(std::count(keys.begin(), keys.end(), key), 0) << group.front() << " collides";
    keys.push_back(key);
  }
}

TEST_F(TextFolderTest, Accents_AreKept) { EXPECT_NE(fold("caf\u00E9"), fold("cafe")); }

TEST_F(TextFolderTest, Ascii_IsLowered) {
  EXPECT_EQ(fold("Jo.Do@Example.COM"), "jo.do@example.com");
  EXPECT_EQ(fold(""), "");
  EXPECT_EQ(fold(std::string_view("A\0B", 3)), std::string_view("a\0b", 3));
  for (char32_t point = 0; point < 0x80; ++point) {
    // A letter beside non-ASCII text takes the long way and must end at the same key.
    ASSERT_EQ(fold(utf8(point) + "\u4E2D"), fold(utf8(point)) + "\u4E2D");
  }
}

TEST_F(TextFolderTest, EveryCodePoint_FoldsOnce) {
  for (char32_t point = 0; point <= 0x10FFFF; ++point) {
    if (point >= 0xD800 && point <= 0xDFFF) continue;
    const std::string once = fold(utf8(point));
    ASSERT_EQ(fold(once), once) << std::hex << static_cast<unsigned>(point);
    ASSERT_TRUE(is_valid_utf8(once));
  }
}

TEST_F(TextFolderTest, CombinationsOfAwkwardMarks_FoldOnce) {
  const std::vector<char32_t> parts = {0x41,   0x73,   0x49,    0xDF,   0x130,  0x131,  0x307,   0x323,  0x345,  0x301,
                                       0x308,  0x3B1,  0x391,   0x3B9,  0x390,  0x1F80, 0x1FB3,  0x1FF7, 0x1E9E, 0x149,
                                       0x1F0,  0x17F,  0x212A,  0xFB03, 0xFB05, 0x587,  0x1100,  0x1161, 0x11A8, 0xAC00,
                                       0x13A0, 0xAB70, 0x10400, 0x93C,  0x915,  0xF73,  0x1D160, 0x958,  0x340,  0x344};
  for (const char32_t a : parts) {
    for (const char32_t b : parts) {
      for (const char32_t c : parts) {
        const std::string text = utf8(a) + utf8(b) + utf8(c);
        const std::string once = fold(text);
        ASSERT_EQ(fold(once), once) << ::testing::PrintToString(text);
      }
    }
  }
}

TEST_F(TextFolderTest, InvalidBytes_KeepAKeyOfTheirOwn) {
  EXPECT_NE(fold("a\xFF"), fold("a\xFE"));
  EXPECT_NE(fold("a\xFF"), fold("a\xEF\xBF\xBD"));
  EXPECT_FALSE(is_valid_utf8(fold("A\xC3")));
}

TEST_F(TextFolderTest, UserNames_HaveOneWidth) {
  EXPECT_EQ(fold_user_name("\uFF22\uFF2F"), "bo");
  EXPECT_EQ(fold_user_name("\uFF43em\uFF20acme.example"), "cem@acme.example");
  EXPECT_EQ(fold_user_name("\uFF76\uFF9E"), "\u30AC") << "a half-width letter and its mark";
  EXPECT_EQ(fold_user_name("Z\u00D6e"), fold("zo\u0308E"));
  EXPECT_EQ(fold_user_name("Jo.Do@Example.COM"), "jo.do@example.com");
  EXPECT_EQ(fold_user_name("A\xC3"), fold("A\xC3"));
  EXPECT_NE(fold("\uFF22"), fold("b")) << "other text keeps its width";
  for (char32_t point = 0; point <= 0x10FFFF; ++point) {
    if (point >= 0xD800 && point <= 0xDFFF) continue;
    const std::string once = fold_user_name(utf8(point));
    ASSERT_EQ(fold_user_name(once), once) << std::hex << static_cast<unsigned>(point);
    ASSERT_EQ(fold(once), once) << std::hex << static_cast<unsigned>(point);
  }
}

TEST_F(TextFolderTest, LongText_IsFoldedWhole) {
  std::string text;
  std::string expected;
  for (int i = 0; i < 100'000; ++i) {
    text += "\u1E9E";
    expected += "ss";
  }
  EXPECT_EQ(fold(text), expected);
}

}  // namespace
}  // namespace rolecall
