#include "rolecall/log/line_logger.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "rolecall/base/text.hpp"
#include "rolecall/base/timestamp.hpp"

namespace rolecall::log {
namespace {

static_assert(std::is_constructible_v<Field, std::string_view, std::string>);
static_assert(std::is_constructible_v<Field, std::string_view, RequestId>);
static_assert(!std::is_constructible_v<Field, std::string_view, Secret>, "a secret cannot be logged");
static_assert(!std::is_constructible_v<Field, std::string_view, const void*>, "a pointer is not a flag");

class LineLoggerTest : public ::testing::Test {
 protected:
  std::unique_ptr<LineLogger> make(Level level = Level::info, std::size_t queue = 0) {
    return make_line_logger(clock_, {level, queue, [this](std::string_view line) { lines_.emplace_back(line); }});
  }

  ManualClock clock_{*parse_timestamp("2026-11-24T10:00:00.123Z")};
  std::vector<std::string> lines_;
};

TEST_F(LineLoggerTest, Event_IsOneJsonObjectOnOneLine) {
  make()->emit(Event::server_started, {{"address", "127.0.0.1"}, {"port", 8080}, {"engine", std::string("sqlite")}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(
      lines_[0],
      "{\"ts\":\"2026-11-24T10:00:00.123Z\",\"level\":\"info\",\"event\":\"server_started\","
      "\"message\":\"The server accepts requests.\",\"address\":\"127.0.0.1\",\"port\":8080,\"engine\":\"sqlite\"}\n");
}

TEST_F(LineLoggerTest, HostileText_StaysOneLine) {
  make()->emit(
      Event::request_failed_internally,
      {{"note", "a\"}\n{\"level\":\"x\r\x01\\"}, {"method", std::string_view("G\0T", 3)}, {"route", "\xFF\xC3\xA9"}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_NE(lines_[0].find(R"("note":"a\"}\n{\"level\":\"x\r\u0001\\")"), std::string::npos) << lines_[0];
  EXPECT_NE(lines_[0].find(R"("method":"G\u0000T")"), std::string::npos);
  EXPECT_NE(lines_[0].find("\"route\":\"\xEF\xBF\xBD\xC3\xA9\""), std::string::npos);
  EXPECT_EQ(lines_[0].find('\n'), lines_[0].size() - 1);
  EXPECT_TRUE(is_valid_utf8(lines_[0]));
}

TEST_F(LineLoggerTest, FormatDirectives_AreJustText) {
  make()->emit(Event::request_failed_internally, {{"note", "{} {0} %v %s {:>99999999}"}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_NE(lines_[0].find("{} {0} %v %s {:>99999999}"), std::string::npos);
}

TEST_F(LineLoggerTest, Values_KeepTheirTypes) {
  make()->emit(Event::request_completed, {{"status", std::uint16_t{200}},
                                          {"duration_us", std::numeric_limits<std::int64_t>::min()},
                                          {"request_bytes", std::numeric_limits<std::uint64_t>::max()},
                                          {"response_bytes", 0.5},
                                          {"error", std::numeric_limits<double>::infinity()},
                                          {"route", true},
                                          {"request", RequestId("r-1")}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_NE(lines_[0].find("\"status\":200,\"duration_us\":-9223372036854775808,\"request_bytes\":18446744073709551615,"
                           "\"response_bytes\":0.5,\"error\":null,\"route\":true,\"request\":\"r-1\"}"),
            std::string::npos)
      << lines_[0];
}

TEST_F(LineLoggerTest, UnlistedField_IsNamedWithoutItsValue) {
  make()->emit(Event::server_stopped, {{"userName", "bo@example.org"}, {"uptime_seconds", 3}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_[0].find("example.org"), std::string::npos);
  EXPECT_NE(lines_[0].find(R"("uptime_seconds":3,"unlisted":["userName"]})"), std::string::npos) << lines_[0];
}

TEST_F(LineLoggerTest, LongText_IsCut) {
  make()->emit(Event::server_failed, {{"note", std::string(1024, 'a') + "tail"}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_NE(lines_[0].find(std::string(1024, 'a')), std::string::npos);
  EXPECT_EQ(lines_[0].find("tail"), std::string::npos);
}

TEST_F(LineLoggerTest, Level_IsAThreshold) {
  auto log = make(Level::warn);
  log->emit(Event::dialect_rewrite);   // debug
  log->emit(Event::server_started);    // info
  log->emit(Event::rate_limited);      // warn
  log->emit(Event::exception_caught);  // error
  ASSERT_EQ(lines_.size(), 2U);
  EXPECT_NE(lines_[0].find(R"("level":"warn","event":"rate_limited")"), std::string::npos);
  EXPECT_NE(lines_[1].find(R"("level":"error","event":"exception_caught")"), std::string::npos);
  make(Level::debug)->emit(Event::dialect_rewrite);
  EXPECT_EQ(lines_.size(), 3U);
}

TEST_F(LineLoggerTest, FailingSink_IsCounted) {
  auto log =
      make_line_logger(clock_, {Level::info, 0, [](std::string_view) { throw std::runtime_error("disk full"); }});
  log->emit(Event::server_started);
  log->emit(Event::server_stopped);
  EXPECT_EQ(log->dropped(), 2U);
}

TEST_F(LineLoggerTest, Queue_IsWrittenOutInOrderByTheDestructor) {
  auto log = make(Level::info, 16);
  for (int i = 0; i < 10; ++i) log->emit(Event::server_stopped, {{"uptime_seconds", i}});
  log.reset();
  ASSERT_EQ(lines_.size(), 10U);
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    EXPECT_NE(lines_[i].find("\"uptime_seconds\":" + std::to_string(i) + "}"), std::string::npos);
  }
}

TEST_F(LineLoggerTest, FullQueue_DropsInfoAndKeepsWarnings) {
  std::mutex mutex;
  std::condition_variable opened;
  bool open = false;
  std::atomic<int> entered{0};
  auto log = make_line_logger(clock_, {Level::info, 4, [&](std::string_view line) {
                                         ++entered;
                                         std::unique_lock lock(mutex);
                                         opened.wait(lock, [&] { return open; });
                                         lines_.emplace_back(line);
                                       }});
  for (int i = 0; i < 100; ++i) log->emit(Event::server_started, {{"port", i}});
  EXPECT_GE(log->dropped(), 95U);
  const std::uint64_t dropped = log->dropped();
  std::thread warner([&] {
    for (int i = 0; i < 10; ++i) log->emit(Event::rate_limited);
  });
  {
    const std::lock_guard lock(mutex);
    open = true;
  }
  opened.notify_all();
  warner.join();
  log.reset();
  std::size_t warnings = 0;
  for (const std::string& line : lines_) warnings += line.find("rate_limited") != std::string::npos ? 1U : 0U;
  EXPECT_EQ(warnings, 10U);
  EXPECT_EQ(lines_.size(), 100U - dropped + 10U);
}

TEST_F(LineLoggerTest, ManyThreads_WriteWholeLines) {
  auto log = make();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&log] {
      for (int i = 0; i < 500; ++i) log->emit(Event::request_completed, {{"route", "/scim/v2/Users"}, {"status", 200}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_EQ(lines_.size(), 2'000U);
  for (const std::string& line : lines_) ASSERT_EQ(line, lines_[0]);
}

TEST(EventCatalogue, Entries_AreCompleteAndOrdered) {
  std::size_t index = 0;
  for (const Description& entry : catalogue()) {
    EXPECT_EQ(static_cast<std::size_t>(entry.event), index++);
    EXPECT_EQ(&describe(entry.event), &entry);
    EXPECT_FALSE(entry.message.empty());
    EXPECT_GT(entry.paragraph.size(), 20U) << entry.id;
    EXPECT_EQ(entry.fields.find("  "), std::string_view::npos) << entry.id;
    for (const char* reserved : {"ts", "level", "event", "message", "unlisted", ""}) {
      EXPECT_FALSE(entry.has_field(reserved)) << entry.id;
    }
    // Names of attributes that hold personal data never become fields.
    for (const char* forbidden : {"userName", "displayName", "email", "password", "body", "value", "path"}) {
      EXPECT_FALSE(entry.has_field(forbidden)) << entry.id;
    }
  }
  EXPECT_EQ(describe(Event::request_completed).id, "request_completed");
  EXPECT_TRUE(describe(Event::request_completed).has_field("duration_us"));
  EXPECT_FALSE(describe(Event::request_completed).has_field("duration"));
}

TEST(EventCatalogue, Manual_NamesEveryEvent) {
  const std::string manual = describe();
  for (const Description& entry : catalogue()) {
    EXPECT_NE(manual.find("### `" + std::string(entry.id) + "` ("), std::string::npos);
    EXPECT_NE(manual.find(entry.paragraph), std::string::npos);
  }
}

}  // namespace
}  // namespace rolecall::log
