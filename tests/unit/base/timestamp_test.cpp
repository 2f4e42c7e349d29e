#include "rolecall/base/timestamp.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace rolecall {
namespace {

struct Sample {
  const char* text;
  const char* printed;
};

TEST(Timestamp, Valid_IsReadAndPrintedInUtc) {
  for (const Sample& sample : {
           Sample{"2011-05-13T04:42:34Z", "2011-05-13T04:42:34.000Z"},
           Sample{"2011-05-13T04:42:34.5Z", "2011-05-13T04:42:34.500Z"},
           Sample{"2011-05-13T04:42:34.1234567Z", "2011-05-13T04:42:34.123Z"},
           Sample{"2011-05-13T04:42:34.999999999999999999999Z", "2011-05-13T04:42:34.999Z"},
           Sample{"2011-05-13T04:42:34", "2011-05-13T04:42:34.000Z"},
           Sample{"2011-05-13T04:42:34+02:00", "2011-05-13T02:42:34.000Z"},
           Sample{"2011-05-13T04:42:34-05:30", "2011-05-13T10:12:34.000Z"},
           Sample{"2011-05-13T04:42:34-00:00", "2011-05-13T04:42:34.000Z"},
           Sample{"2011-12-31T23:30:00-14:00", "2012-01-01T13:30:00.000Z"},
           Sample{"2012-02-29T00:00:00Z", "2012-02-29T00:00:00.000Z"},
           Sample{"2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"},
           Sample{"2011-05-13T24:00:00Z", "2011-05-14T00:00:00.000Z"},
           Sample{"2011-05-13T24:00:00.000Z", "2011-05-14T00:00:00.000Z"},
           Sample{"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"},
           Sample{"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
           Sample{"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
       }) {
    const auto instant = parse_timestamp(sample.text);
    ASSERT_TRUE(instant) << sample.text;
    EXPECT_EQ(to_timestamp(*instant), sample.printed) << sample.text;
  }
}

TEST(Timestamp, Invalid_IsRefused) {
  for (const char* text : {
           "",
           " ",
           "2011-05-13",
           "2011-05-13T",
           "2011-05-13T04:42",
           "2011-05-13T04:42:",
           "2011-05-13T04:42:34.",
           "2011-05-13T04:42:34.Z",
           "2011-05-13T04:42:34,5Z",
           "2011-05-13t04:42:34Z",
           "2011-05-13T04:42:34z",
           "2011-05-13 04:42:34Z",
           " 2011-05-13T04:42:34Z",
           "2011-05-13T04:42:34Z ",
           "2011-05-13T04:42:34ZZ",
           "2011-05-13T04:42:34+02",
           "2011-05-13T04:42:34+0200",
           "2011-05-13T04:42:34+14:01",
           "2011-05-13T04:42:34+15:00",
           "2011-05-13T04:42:34+02:60",
           "2011-05-13T04:42:34+2:00",
           "2011-05-13T04:42:34Z+02:00",
           "2011-13-13T04:42:34Z",
           "2011-00-13T04:42:34Z",
           "2011-05-00T04:42:34Z",
           "2011-05-32T04:42:34Z",
           "2011-04-31T04:42:34Z",
           "2011-02-29T04:42:34Z",
           "1900-02-29T04:42:34Z",
           "2011-05-13T25:00:00Z",
           "2011-05-13T24:00:01Z",
           "2011-05-13T24:00:00.000001Z",
           "2011-05-13T04:60:34Z",
           "2011-05-13T04:42:60Z",
           "11-05-13T04:42:34Z",
           "02011-05-13T04:42:34Z",
           "12011-05-13T04:42:34Z",
           "-2011-05-13T04:42:34Z",
           "+2011-05-13T04:42:34Z",
           "0000-05-13T04:42:34Z",
           "0001-01-01T00:00:00+00:01",
           "9999-12-31T23:59:59-00:01",
           "9999-12-31T24:00:00Z",
           "2011-5-13T04:42:34Z",
           "2011-05-13T4:42:34Z",
           "２011-05-13T04:42:34Z",
           "1305261754",
           "now",
       }) {
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
  EXPECT_FALSE(parse_timestamp(std::string_view("2011-05-13T04:42:34Z\0", 21)));
}

TEST(Timestamp, Microseconds_SurviveReading) {
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:00.000001Z"), Instant(std::chrono::microseconds(1)));
  EXPECT_EQ(parse_timestamp("1969-12-31T23:59:59.9999999Z"), Instant(std::chrono::microseconds(-1)));
}

TEST(Timestamp, RandomInstants_RoundTrip) {
  std::mt19937_64 random(7);
  std::uniform_int_distribution<std::int64_t> milliseconds(-62'135'596'800'000, 253'402'300'799'999);
  for (int i = 0; i < 20'000; ++i) {
    const Instant instant{std::chrono::milliseconds(milliseconds(random))};
    ASSERT_EQ(parse_timestamp(to_timestamp(instant)), instant);
  }
}

TEST(Timestamp, OutsideFourDigitYears_PrintsTheNearest) {
  EXPECT_EQ(to_timestamp(Instant::max()), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(to_timestamp(Instant::min()), "0001-01-01T00:00:00.000Z");
}

TEST(SystemClock, Now_IsAfterThisWasWritten) {
  EXPECT_GT(SystemClock().now(), *parse_timestamp("2024-01-01T00:00:00Z"));
}

}  // namespace
}  // namespace rolecall
