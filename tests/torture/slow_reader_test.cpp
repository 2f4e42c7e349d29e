#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "world.hpp"

// One unread response of 4 MB froze a worker of stock Pistache and every client on it.
namespace rolecall::torture {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBig = 20 * 1024 * 1024;

// What spins takes all of a processor in every stretch of time; the last of the work before is over after a few.
bool comes_to_rest() {
  for (int stretch = 0; stretch < 20; ++stretch) {
    const auto cpu = process_cpu();
    std::this_thread::sleep_for(300ms);
    if (process_cpu() - cpu < 100ms) return true;
  }
  return false;
}

TEST(SlowReader, TwentyThatDoNotRead_OthersAreAnsweredAtOnce) {
  const World world;
  constexpr int kReaders = 20;
  const std::size_t size = kIsSanitized ? kBig / 5 : kBig / 2;
  std::vector<Client> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.push_back(world.client(4096));
    ASSERT_TRUE(readers.back().send(get("/size/" + std::to_string(size))));
  }
  ASSERT_TRUE(world.becomes([](const auto& now) { return now.requests == kReaders; }));
  Client other = world.client();
  // Behind the twenty in the queue; from here on nobody is before it.
  ASSERT_TRUE(other.ask(get("/")).has_value());
  for (int i = 0; i < 200; ++i) {
    const auto asked = Clock::now();
    const auto reply = other.ask(get("/", "other"));
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->body, "other");
    EXPECT_LT(Clock::now() - asked, kIsSanitized ? 5s : 2s);
  }
  EXPECT_TRUE(comes_to_rest()) << "something spins while nobody reads";
  // Nothing was lost by waiting.
  const auto reply = readers.front().receive();
  ASSERT_TRUE(reply.has_value());
  EXPECT_TRUE(reply->body == pattern(size));
}

TEST(SlowReader, InSmallSips_GetsEveryByteInOrder) {
  const World world;
  Client client = world.client(2048);
  ASSERT_TRUE(client.send(get("/size/1000000") + get("/", "behind")));
  const auto first = client.receive();
  ASSERT_TRUE(first.has_value());
  EXPECT_TRUE(first->body == pattern(1'000'000));
  const auto second = client.receive();
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->body, "behind");
}

TEST(SlowReader, TwentyMegabytes_AreCorrect) {
  const World world;
  Client client = world.client();
  for (int i = 0; i < 3; ++i) {
    const auto reply = client.ask(get("/size/" + std::to_string(kBig)));
    ASSERT_TRUE(reply.has_value());
    EXPECT_TRUE(reply->body == pattern(kBig));
  }
}

TEST(SlowReader, WithoutProgressUntilTheDeadline_IsCutOff) {
  const World world([](http::ServerOptions& options, http::ServerHooks&) { options.write_timeout = 300ms; });
  Client client = world.client(4096);
  ASSERT_TRUE(client.send(get("/size/" + std::to_string(kBig))));
  EXPECT_TRUE(world.becomes([](const auto& now) { return now.timeouts == 1 && now.open_connections == 0; }));
  EXPECT_FALSE(client.read_to_end().has_value()) << "half an answer must not look like a whole one";
}

TEST(SlowReader, AnswerLargerThanTheBuffer_IsAnErrorInstead) {
  const World world([](http::ServerOptions& options, http::ServerHooks&) { options.max_write_buffer = 10'000; });
  const auto fits = world.client().ask(get("/size/9000"));
  ASSERT_TRUE(fits.has_value());
  EXPECT_EQ(fits->status, 200);
  Client client = world.client();
  const auto reply = client.ask(get("/size/10001"));
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 500);
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST(SlowReader, SendsAheadWithoutReading_IsHeldBack) {
  World world;
  Client client = world.client(4096);
  client.patience = 500ms;
  // Each request asks for much and costs little: what is not read must not pile up here.
  std::string burst;
  for (int i = 0; i < 1000; ++i) burst += get("/size/1000000");
  const std::size_t before = resident_kib();
  int bursts = 0;
  while (bursts < 500 && client.send(burst)) ++bursts;
  EXPECT_LT(bursts, 500);
  EXPECT_LT(world.log.lines().size(), 100U);
  if (!kIsSanitized) {
    EXPECT_LT(resident_kib(), before + 50 * 1024);
  }
  EXPECT_TRUE(world.is_well());
}

}  // namespace
}  // namespace rolecall::torture
