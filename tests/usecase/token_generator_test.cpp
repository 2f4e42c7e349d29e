#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/adapter/crypto/random.hpp"
#include "rolecall/administration/token_format.hpp"

namespace rolecall::administration {
namespace {

/// What the generator asks for besides randomness; a million digests would be most of the time and nothing to the
/// point.
class NoDigest final : public Digest {
 public:
  [[nodiscard]] std::string sha256(std::string_view) const override { return std::string(32, '\0'); }
};

constexpr std::size_t kTokens = 1'000'000;
constexpr std::size_t kIdAt = 9;       // rolecall_
constexpr std::size_t kSecretAt = 26;  // and sixteen hexadecimal digits, and one more line
constexpr std::size_t kEvenLetters = 42;
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

double chi_square(const std::vector<std::size_t>& counts) {
  double total = 0;
  for (const std::size_t count : counts) total += static_cast<double>(count);
  const double expected = total / static_cast<double>(counts.size());
  double sum = 0;
  for (const std::size_t count : counts) {
    const double away = static_cast<double>(count) - expected;
    sum += away * away / expected;
  }
  return sum;
}

bool are_different(std::vector<std::string>& texts) {
  std::sort(texts.begin(), texts.end());
  return std::adjacent_find(texts.begin(), texts.end()) == texts.end();
}

TEST(TokenGenerator, AMillionTokens_AreDifferentAndUseEveryLetterAlike) {
  // Of 63 and 15 degrees of freedom; a fair generator is above once in some hundred million times.
  constexpr double kOf64 = 150;
  constexpr double kOf16 = 70;
  const auto random = adapter::crypto::make_random_source();
  const NoDigest digest;
  std::array<std::size_t, 256> value_of{};
  for (std::size_t i = 0; i < kLetters.size(); ++i) value_of[static_cast<unsigned char>(kLetters[i])] = i;
  std::vector<std::vector<std::size_t>> secret(kEvenLetters, std::vector<std::size_t>(kLetters.size()));
  std::vector<std::vector<std::size_t>> id(16, std::vector<std::size_t>(16));
  std::vector<std::string> ids;
  std::vector<std::string> halves;
  ids.reserve(kTokens);
  halves.reserve(2 * kTokens);
  for (std::size_t i = 0; i < kTokens; ++i) {
    const auto generated = generate_token(*random, digest);
    const std::string& text = generated.token.expose();
    ASSERT_EQ(text.size(), kTokenLength);
    const std::string_view view = text;
    ids.emplace_back(view.substr(kIdAt, 16));
    // Halves, so that a part that repeats would show as well; of a length that needs no allocation.
    halves.emplace_back(view.substr(kSecretAt, 15));
    halves.emplace_back(view.substr(kSecretAt + 21, 15));
    for (std::size_t at = 0; at < kEvenLetters; ++at) {
      ++secret[at][value_of[static_cast<unsigned char>(view[kSecretAt + at])]];
    }
    for (std::size_t at = 0; at < 16; ++at) {
      const char digit = view[kIdAt + at];
      ++id[at][static_cast<std::size_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10)];
    }
  }
  EXPECT_TRUE(are_different(ids));
  EXPECT_TRUE(are_different(halves));
  for (std::size_t at = 0; at < kEvenLetters; ++at) EXPECT_LT(chi_square(secret[at]), kOf64) << "letter " << at;
  for (std::size_t at = 0; at < 16; ++at) EXPECT_LT(chi_square(id[at]), kOf16) << "digit " << at;
}

TEST(TokenGenerator, TheMeasure_FindsALetterThatIsRareByATenth) {
  std::vector<std::size_t> counts(kLetters.size(), kTokens / kLetters.size());
  EXPECT_LT(chi_square(counts), 1);
  counts[7] -= counts[7] / 10;
  EXPECT_GT(chi_square(counts), 150);
}

}  // namespace
}  // namespace rolecall::administration
