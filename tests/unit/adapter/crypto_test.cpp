#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "rolecall/adapter/crypto/digest.hpp"
#include "rolecall/adapter/crypto/random.hpp"
#include "rolecall/base/encoding.hpp"
#include "rolecall/base/timestamp.hpp"

namespace rolecall::adapter::crypto {
namespace {

TEST(Digest, Sha256_AgreesWithTheStandard) {
  const auto digest = make_digest();
  EXPECT_EQ(to_hex(digest->sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(digest->sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(digest->sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(RandomSource, Bytes_AreFilledAndDiffer) {
  const auto random = make_random_source();
  std::set<std::array<std::byte, 16>> seen;
  for (int i = 0; i < 1'000; ++i) {
    std::array<std::byte, 16> bytes{};
    random->fill(bytes);
    ASSERT_TRUE(seen.insert(bytes).second);
  }
  std::vector<std::byte> large(100'000);
  random->fill(large);
  for (int value = 0; value < 256; ++value) {
    ASSERT_GT(std::count(large.begin(), large.end(), static_cast<std::byte>(value)), 100) << value;
  }
  random->fill({});
}

/// Always the same bytes: what varies in an identifier is then the time and the counter.
class FixedSource final : public RandomSource {
 public:
  explicit FixedSource(std::byte value) : value_(value) {}
  void fill(std::span<std::byte> out) override { std::fill(out.begin(), out.end(), value_); }

 private:
  std::byte value_;
};

Instant at(const char* text) { return *parse_timestamp(text); }

TEST(IdGenerator, Format_IsUuidV7) {
  FixedSource random(std::byte{0xFF});
  // The example of RFC 9562, appendix A.6: 2022-02-22T19:22:22Z is 0x017F22E279B0.
  ManualClock clock(at("2022-02-22T19:22:22.000Z"));
  EXPECT_EQ(make_id_generator(random, clock)->next(), "017f22e2-79b0-77ff-bfff-ffffffffffff");
  FixedSource zeros(std::byte{0});
  EXPECT_EQ(make_id_generator(zeros, clock)->next(), "017f22e2-79b0-7000-8000-000000000000");
}

TEST(IdGenerator, MadeIds_AreKnownByTheirForm) {
  const auto random = make_random_source();
  ManualClock clock(at("2022-02-22T19:22:22.000Z"));
  const auto ids = make_id_generator(*random, clock);
  for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(is_generated_id(ids->next()));
}

TEST(IdGenerator, WithinOneMillisecond_Grows) {
  FixedSource random(std::byte{0xFF});
  ManualClock clock(at("2022-02-22T19:22:22Z"));
  const auto ids = make_id_generator(random, clock);
  std::string last = ids->next();
  // More than the counter holds: the time field runs ahead instead of repeating.
  for (int i = 0; i < 10'000; ++i) {
    const std::string id = ids->next();
    ASSERT_GT(id, last);
    ASSERT_EQ(id[14], '7');
    ASSERT_NE(std::string("89ab").find(id[19]), std::string::npos);
    last = id;
  }
}

TEST(IdGenerator, ClockSetBack_StillGrows) {
  const auto random = make_random_source();
  ManualClock clock(at("2022-02-22T19:22:22Z"));
  const auto ids = make_id_generator(*random, clock);
  const std::string before = ids->next();
  clock.set(at("2021-01-01T00:00:00Z"));
  const std::string after = ids->next();
  EXPECT_GT(after, before);
  clock.set(at("2022-02-22T19:22:23Z"));
  EXPECT_GT(ids->next(), after);
}

TEST(IdGenerator, ManyThreads_NeverRepeat) {
  const auto random = make_random_source();
  const SystemClock clock;
  const auto ids = make_id_generator(*random, clock);
  constexpr int kThreads = 4;
  constexpr int kEach = 5'000;
  std::array<std::vector<std::string>, kThreads> made;
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&mine, &ids] {
      for (int i = 0; i < kEach; ++i) mine.push_back(ids->next());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), static_cast<std::size_t>(kThreads * kEach));
}

}  // namespace
}  // namespace rolecall::adapter::crypto
