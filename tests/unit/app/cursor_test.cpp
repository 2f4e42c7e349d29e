#include "rolecall/api/cursor.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace rolecall::api {
namespace {

Cursor some_cursor() {
  return Cursor{
      Instant(std::chrono::milliseconds(1'700'000'000'123)), 100,
      store::Place{{true, "maya@acme.example", ResourceId("0190b5c6-0000-7000-8000-000000000001")}, false, false}};
}

TEST(CursorText, WhatIsWritten_IsReadBack) {
  for (const bool has_key : {true, false}) {
    for (const bool backwards : {true, false}) {
      for (const bool including : {true, false}) {
        for (const std::string& key :
             {std::string(), std::string("k"), std::string("\0\xFF", 2), std::string(store::kSortKeyBytes, 'k')}) {
          for (const std::int64_t count : {std::int64_t{1}, std::numeric_limits<std::int64_t>::max()}) {
            Cursor cursor = some_cursor();
            cursor.count = count;
            cursor.from = {{has_key, key, ResourceId(std::string(255, 'i'))}, backwards, including};
            EXPECT_EQ(read_cursor(write_cursor(cursor)), cursor);
          }
        }
      }
    }
  }
}

TEST(CursorText, Time_IsRoundedUpSoThatNoneExpiresEarly) {
  Cursor cursor = some_cursor();
  cursor.issued += std::chrono::microseconds(1);
  EXPECT_EQ(read_cursor(write_cursor(cursor))->issued, some_cursor().issued + std::chrono::milliseconds(1));
}

TEST(CursorText, EveryShorterText_IsRefused) {
  const std::string bytes = write_cursor(some_cursor());
  const std::size_t id_bytes = some_cursor().from.at.id.value().size();
  for (std::size_t length = 0; length <= bytes.size() - id_bytes; ++length) {
    EXPECT_FALSE(read_cursor(std::string_view(bytes).substr(0, length))) << length;
  }
}

TEST(CursorText, LimitsHold) {
  const auto is_read = [](const Cursor& cursor) { return read_cursor(write_cursor(cursor)).has_value(); };
  Cursor cursor = some_cursor();
  EXPECT_TRUE(is_read(cursor));
  cursor.count = 0;
  EXPECT_FALSE(is_read(cursor));
  cursor.count = -1;
  EXPECT_FALSE(is_read(cursor));
  cursor = some_cursor();
  cursor.from.at.key.assign(store::kSortKeyBytes + 1, 'k');
  EXPECT_FALSE(is_read(cursor));
  cursor = some_cursor();
  cursor.from.at.id = ResourceId(std::string(256, 'i'));
  EXPECT_FALSE(is_read(cursor));
  cursor.from.at.id = ResourceId();
  EXPECT_FALSE(is_read(cursor));
  cursor = some_cursor();
  cursor.issued = Instant(std::chrono::milliseconds(-1));
  EXPECT_FALSE(is_read(cursor));
}

TEST(CursorText, UnknownFormatAndFlags_AreRefused) {
  std::string bytes = write_cursor(some_cursor());
  bytes[0] = 2;
  EXPECT_FALSE(read_cursor(bytes));
  bytes = write_cursor(some_cursor());
  for (const int flag : {8, 16, 32, 64, 128}) {
    std::string flagged = bytes;
    flagged[1] = static_cast<char>(static_cast<unsigned char>(flagged[1]) | static_cast<unsigned char>(flag));
    EXPECT_FALSE(read_cursor(flagged)) << flag;
  }
}

TEST(CursorText, LongestOfAll_FitsIntoTheLimit) {
  Cursor cursor = some_cursor();
  cursor.from.at.key.assign(store::kSortKeyBytes, 'k');
  cursor.from.at.id = ResourceId(std::string(255, 'i'));
  constexpr std::size_t kSeal = 44;
  EXPECT_LT((write_cursor(cursor).size() + kSeal + 2) / 3 * 4, kCursorBytes);
}

}  // namespace
}  // namespace rolecall::api
