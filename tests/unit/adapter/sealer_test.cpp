#include "rolecall/adapter/crypto/sealer.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "rolecall/adapter/crypto/random.hpp"
#include "rolecall/base/encoding.hpp"

namespace rolecall::adapter::crypto {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

class SealerTest : public testing::Test {
 protected:
  std::unique_ptr<RandomSource> random = make_random_source();
  std::unique_ptr<Sealer> sealer = make_sealer(Secret("0123456789abcdef0123456789abcdef"), *random);
};

TEST_F(SealerTest, SealedBytes_ComeBackWithTheirContext) {
  for (const std::string& bytes : {std::string(), std::string("a"), std::string(1, '\0'), std::string(100'000, 'x')}) {
    for (const std::string context : {"", "c", "another"}) {
      const std::string text = sealer->seal(bytes, context);
      EXPECT_EQ(text.find_first_not_of(kAlphabet), std::string::npos);
      EXPECT_EQ(sealer->open(text, context), bytes);
      EXPECT_FALSE(sealer->open(text, context + "x"));
    }
  }
}

TEST_F(SealerTest, SameBytes_AreNeverTheSameText) {
  std::set<std::string> texts;
  for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(texts.insert(sealer->seal("same", "same")).second);
}

TEST_F(SealerTest, SecondSealerOfTheSecret_OpensAndAnotherDoesNot) {
  const std::string text = sealer->seal("bytes", "context");
  EXPECT_EQ(make_sealer(Secret("0123456789abcdef0123456789abcdef"), *random)->open(text, "context"), "bytes");
  EXPECT_FALSE(make_sealer(Secret("0123456789abcdef0123456789abcdeg"), *random)->open(text, "context"));
}

TEST_F(SealerTest, EveryAlteredCharacter_IsNoticed) {
  // Of every length modulo three, because the last character of base64 then holds other bits.
  for (const std::string bytes : {"", "a", "ab", "abc"}) {
    const std::string text = sealer->seal(bytes, "context");
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (const char other : kAlphabet) {
        if (other == text[at]) continue;
        std::string altered = text;
        altered[at] = other;
        ASSERT_FALSE(sealer->open(altered, "context")) << at << " " << other;
      }
    }
  }
}

TEST_F(SealerTest, TextsOfAnotherLength_AreNotOpened) {
  const std::string text = sealer->seal("bytes", "");
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(sealer->open(std::string_view(text).substr(0, length), "")) << length;
    EXPECT_FALSE(sealer->open(std::string_view(text).substr(length + 1), "")) << length;
  }
  for (const std::string& wrong : {text + "A", text + text, text + "=", "\n" + text, std::string(100'000, 'A')}) {
    EXPECT_FALSE(sealer->open(wrong, ""));
  }
}

TEST_F(SealerTest, Bytes_DoNotShow) {
  const std::string bytes(200, 'r');
  const std::string text = sealer->seal(bytes, "context");
  EXPECT_EQ(parse_base64url(text)->find("rrrr"), std::string::npos);
  EXPECT_EQ(parse_base64url(text)->find("context"), std::string::npos);
}

}  // namespace
}  // namespace rolecall::adapter::crypto
