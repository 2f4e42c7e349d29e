#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "rolecall/adapter/beast/codec.hpp"
#include "world.hpp"

namespace rolecall::torture {
namespace {

using State = http::RequestParser::State;

// A path of 50 000 slashes killed stock Pistache by recursion in its router.
TEST(HostileHead, FiftyThousandSlashes_AreOneLongTarget) {
  const World world([](http::ServerOptions& options, http::ServerHooks&) {
    options.max_head_bytes = 128 * 1024;
    options.max_target_bytes = 64 * 1024;
  });
  const auto reply = world.client().ask(get(std::string(50'000, '/'), "slashes"));
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 200);
  const World usual;
  Client client = usual.client();
  const auto refused = client.ask(get(std::string(50'000, '/')));
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status, 414);
  EXPECT_TRUE(client.is_closed_by_server());
  EXPECT_TRUE(usual.is_well());
}

TEST(HostileHead, OfSixtyFourKilobytes_Is431AndClosed) {
  World world;
  Client client = world.client();
  const auto reply =
      client.ask("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(64 * 1024, 'x') + "\r\n\r\n" + get("/smuggled"));
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 431);
  EXPECT_TRUE(client.is_closed_by_server());
  EXPECT_TRUE(world.log.lines().empty());
}

TEST(HostileHead, AtTheLimitsAndOneOver) {
  const World world([](http::ServerOptions& options, http::ServerHooks&) {
    options.max_head_bytes = 4000;
    options.max_target_bytes = 1000;
    options.max_header_count = 10;
  });
  const auto status_of = [&](const std::string& request) {
    const auto reply = world.client().ask(request);
    return reply ? reply->status : 0;
  };
  const auto of_size = [](std::size_t size) {
    const std::string head = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
    return head + std::string(size - head.size() - 4, 'x') + "\r\n\r\n";
  };
  EXPECT_EQ(status_of(of_size(4000)), 200);
  EXPECT_EQ(status_of(of_size(4001)), 431);
  const auto of_target = [](std::size_t size) {
    return "GET /" + std::string(size - 1, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n";
  };
  EXPECT_EQ(status_of(of_target(1000)), 200);
  EXPECT_EQ(status_of(of_target(1001)), 414);
  EXPECT_EQ(status_of(of_target(100'000)), 414);
  const auto of_headers = [](int count) {
    std::string head = "GET / HTTP/1.1\r\nHost: h\r\n";
    for (int i = 1; i < count; ++i) head += "X: y\r\n";
    return head + "\r\n";
  };
  EXPECT_EQ(status_of(of_headers(10)), 200);
  EXPECT_EQ(status_of(of_headers(11)), 431);
}

/// Processor time to feed a head of `size` bytes, piece by piece.
std::chrono::nanoseconds cost_of_head(std::size_t size, bool in_target) {
  http::ServerOptions options;
  options.max_head_bytes = size + 1000;
  options.max_target_bytes = size + 1000;
  http::ServerHooks hooks;
  hooks.body_limit = [](std::string_view, std::string_view) { return std::size_t{0}; };
  const auto codec = adapter::beast::make_codec(options, hooks);
  const std::string filling(size, 'x');
  const std::string head = in_target ? "GET /" + filling + " HTTP/1.1\r\nHost: h\r\n\r\n"
                                     : "GET / HTTP/1.1\r\nHost: h\r\nX: " + filling + "\r\n\r\n";
  auto best = std::chrono::nanoseconds::max();
  for (int attempt = 0; attempt < 5; ++attempt) {
    const auto parser = codec.make_parser();
    const auto start = thread_cpu();
    State state = State::idle;
    constexpr std::size_t kPiece = 32;
    for (std::size_t at = 0; at < head.size() && state != State::refused; at += kPiece) {
      state = parser->feed(std::string_view(head).substr(at, kPiece));
    }
    best = std::min(best, thread_cpu() - start);
    EXPECT_NE(state, State::in_head);
  }
  return best;
}

// Stock Pistache parsed the head from its start on every read: 1.9 MB cost 2.3 s.
TEST(HostileHead, CostIsLinearInItsLength) {
  for (const bool in_target : {false, true}) {
    // The field limit of the parser below is 64 KiB, so that this is as long as a head becomes.
    const auto small = cost_of_head(7'500, in_target);
    const auto large = cost_of_head(60'000, in_target);
    // Eight times the bytes; quadratic work would be 64 times the cost.
    EXPECT_LT(large, small * 24) << small.count() << " ns and " << large.count() << " ns";
  }
}

TEST(HostileHead, ManySmallRequestsInOneBuffer_CostIsLinear) {
  http::ServerOptions options;
  http::ServerHooks hooks;
  hooks.body_limit = [](std::string_view, std::string_view) { return std::size_t{0}; };
  const auto codec = adapter::beast::make_codec(options, hooks);
  const auto cost_of = [&](int count) {
    std::string bytes;
    for (int i = 0; i < count; ++i) bytes += get("/");
    auto best = std::chrono::nanoseconds::max();
    for (int attempt = 0; attempt < 3; ++attempt) {
      const auto parser = codec.make_parser();
      const auto start = thread_cpu();
      State state = parser->feed(bytes);
      int taken = 0;
      while (state == State::complete) {
        http::Exchange exchange;
        taken += parser->take(exchange).target == "/" ? 1 : 0;
        state = parser->resume();
      }
      best = std::min(best, thread_cpu() - start);
      EXPECT_EQ(taken, count);
    }
    return best;
  };
  const auto few = cost_of(500);
  const auto many = cost_of(4000);
  EXPECT_LT(many, few * 24) << few.count() << " ns and " << many.count() << " ns";
}

TEST(HostileHead, WithoutEnd_IsRefusedAndCheap) {
  const World world;
  Client client = world.client();
  const std::string megabyte(1024 * 1024, 'x');
  const auto cpu = process_cpu();
  client.send("GET /");
  client.send(megabyte);
  const auto reply = client.receive();
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 414);
  EXPECT_LT(process_cpu() - cpu, std::chrono::milliseconds(kIsSanitized ? 2000 : 300));
}

TEST(HostileHead, BytesOfOtherProtocols_AreRefusedAndClosed) {
  World world;
  const std::string tls("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
  const std::pair<std::string, int> greetings[] = {
      {tls + std::string(500, '\x5a') + "\r\n\r\n", 400},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"SSH-2.0-OpenSSH_9.2\r\n\r\n", 400},
      {"EHLO mail.example\r\n\r\n", 400},
      {std::string(2000, '\0'), 400},
      {"\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n", 400},
      {"* 0 FETCH\r\n\r\n", 400},
  };
  for (const auto& [bytes, status] : greetings) {
    Client client = world.client();
    ASSERT_TRUE(client.send(bytes));
    const auto reply = client.receive();
    ASSERT_TRUE(reply.has_value()) << bytes;
    EXPECT_EQ(reply->status, status) << bytes;
    EXPECT_EQ(reply->header("Connection"), "close");
    EXPECT_TRUE(client.is_closed_by_server()) << bytes;
  }
  EXPECT_TRUE(world.log.lines().empty());
  EXPECT_EQ(world.server->counters().refused_framing, std::size(greetings));
}

}  // namespace
}  // namespace rolecall::torture
