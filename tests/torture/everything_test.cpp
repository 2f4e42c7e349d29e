#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "world.hpp"

namespace rolecall::torture {
namespace {

using namespace std::chrono_literals;

// All kinds of clients at once, for ThreadSanitizer to watch: stock Pistache routed from all workers through one
// unprotected map.
TEST(Everything, AtOnce_TheWellBehavedAreServed) {
  const World world([](http::ServerOptions& options, http::ServerHooks&) {
    options.reactor_threads = 2;
    options.queue_length = 1000;
    options.max_connections_per_peer = 4000;
    options.head_timeout = 1s;
  });
  std::atomic<bool> ends{false};
  std::atomic<int> unserved{0};
  std::vector<std::thread> threads;
  const auto start = [&](auto step) {
    threads.emplace_back([&, step] {
      for (unsigned i = 0; !ends.load(); ++i) step(i);
    });
  };
  start([&](unsigned i) {
    const std::string id = std::to_string(i);
    const auto reply = world.client().ask(get("/", id));
    if (!reply || reply->body != id) ++unserved;
  });
  start([&](unsigned i) {
    const std::string body = pattern(i * 997 % 300'000);
    const auto reply = world.client().ask(i % 2 == 0 ? post("/echo", body) : chunked("/echo", body, 5000));
    if (!reply || reply->body != body) ++unserved;
  });
  start([&](unsigned i) {
    Client client = world.client();
    client.send(get("/size/3000000"));
    // Who leaves without a reset cannot be told from one that waits: its work is done, so it must not be too much.
    char first = 0;
    if (::read(client.fd(), &first, 1) != 1) ++unserved;
    client.close(i % 2 == 0);
  });
  start([&](unsigned) {
    Client client = world.client();
    client.send("not HTTP at all\r\n\r\n");
    static_cast<void>(client.read_to_end());
  });
  start([&](unsigned) {
    Client client = world.client();
    client.send("GET / HTTP/1.1\r\nHost: ");
    static_cast<void>(client.read_to_end());
  });
  start([&](unsigned) {
    if (world.server->counters().open_connections > 4000) ++unserved;
  });
  const auto until = std::chrono::steady_clock::now() + (kIsSanitized ? 4s : 2s);
  ASSERT_TRUE(world.becomes([&](const auto&) { return std::chrono::steady_clock::now() > until; }));
  ends.store(true);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(unserved, 0);
  EXPECT_TRUE(world.becomes_empty());
  EXPECT_TRUE(world.is_well());
}

TEST(Everything, ManyRequests_MemoryAndDescriptorsStayFlat) {
  const World world({}, [](const http::Request& request) {
    http::Response response;
    response.body = request.body.empty() ? std::string(400, 'x') : request.body;
    return response;
  });
  const auto run = [&](int rounds) {
    for (int round = 0; round < rounds; ++round) {
      Client client = world.client();
      for (int burst = 0; burst < 20; ++burst) {
        std::string bytes;
        for (int i = 0; i < 50; ++i) bytes += i % 10 == 0 ? post("/echo", std::string(2000, 'y')) : get("/");
        ASSERT_TRUE(client.send(bytes));
        for (int i = 0; i < 50; ++i) ASSERT_TRUE(client.receive().has_value());
      }
    }
    ASSERT_TRUE(world.becomes_empty());
  };
  run(scaled(20));
  const std::size_t memory = resident_kib();
  const std::size_t descriptors = open_descriptors();
  run(scaled(60));
  EXPECT_EQ(open_descriptors(), descriptors);
  if (!kIsSanitized) {
    EXPECT_LT(resident_kib(), memory + 2048);
  }
}

}  // namespace
}  // namespace rolecall::torture
