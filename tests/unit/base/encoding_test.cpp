#include "rolecall/base/encoding.hpp"

#include <gtest/gtest.h>

#include <string>

#include "rolecall/base/digest.hpp"

namespace rolecall {
namespace {

using namespace std::string_literals;

std::string all_bytes() {
  std::string out;
  for (int i = 0; i < 256; ++i) out += static_cast<char>(i);
  return out;
}

TEST(Hex, Bytes_RoundTrip) {
  EXPECT_EQ(to_hex("\x00\x7F\xFF"s), "007fff");
  EXPECT_EQ(parse_hex(to_hex(all_bytes())), all_bytes());
  EXPECT_EQ(parse_hex("AbCd"), "\xAB\xCD");
  for (const char* text : {"0", "0g", "g0", "0x", " 00", "00 "}) EXPECT_FALSE(parse_hex(text)) << text;
}

TEST(Base64Url, RfcVectors_AgreeWithoutPadding) {
  // RFC 4648 §10.
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(to_base64url(bytes), text);
    EXPECT_EQ(parse_base64url(text), bytes);
  }
  EXPECT_EQ(to_base64url("\xFB\xFF"), "-_8");
  const std::string bytes = all_bytes();
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    ASSERT_EQ(parse_base64url(to_base64url(bytes.substr(0, length))), bytes.substr(0, length));
  }
}

TEST(Base64Url, SecondSpellings_AreRefused) {
  for (const char* text : {"Zg==", "Zg=", "Zh", "Z", "Zm9vY", "+/8", "Zm 8", "Zm8\n", "\xC3\xA9"}) {
    EXPECT_FALSE(parse_base64url(text)) << text;
  }
}

TEST(Crc32, CheckValue_Agrees) {
  EXPECT_EQ(crc32("123456789"), 0xCBF43926U);
  EXPECT_EQ(crc32(""), 0U);
  EXPECT_NE(crc32("rk_live_a"), crc32("rk_live_b"));
}

TEST(ConstantTimeEqual, Comparison_IsEquality) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("a\0b"s, "a\0b"s));
  EXPECT_FALSE(constant_time_equal("a\0b"s, "a\0c"s));
  EXPECT_FALSE(constant_time_equal("a", ""));
  EXPECT_FALSE(constant_time_equal("abc", "abcd"));
  const std::string bytes = all_bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string other = bytes;
      other[i] = static_cast<char>(static_cast<unsigned char>(other[i]) ^ (1U << bit));
      ASSERT_FALSE(constant_time_equal(bytes, other));
    }
  }
}

}  // namespace
}  // namespace rolecall
