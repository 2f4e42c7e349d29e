#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "world.hpp"

namespace rolecall::torture {
namespace {

TEST(GoneClient, WithoutAWord_LeavesNothingBehind) {
  const World world;
  for (int i = 0; i < scaled(300); ++i) {
    Client client = world.client();
    ASSERT_TRUE(client.is_open());
    client.close(i % 2 == 0);
  }
  EXPECT_TRUE(world.becomes_empty());
  EXPECT_TRUE(world.is_well());
}

TEST(GoneClient, InTheMiddleOfARequest_NothingReachesTheHandler) {
  World world;
  const std::string requests[] = {get("/half"), post("/half", std::string(5000, 'x')),
                                  chunked("/half", std::string(5000, 'x'), 100)};
  for (int i = 0; i < scaled(200); ++i) {
    const std::string& request = requests[i % 3];
    Client client = world.client();
    client.send(std::string_view(request).substr(0, request.size() / 2));
    client.close(i % 2 == 0);
  }
  EXPECT_TRUE(world.becomes_empty());
  EXPECT_TRUE(world.log.lines().empty());
  EXPECT_TRUE(world.is_well());
}

TEST(GoneClient, BeforeTheAnswer_ItIsDroppedAndCounted) {
  World world([](http::ServerOptions& options, http::ServerHooks&) { options.worker_threads = 4; });
  constexpr int kWaiting = 4;
  for (int i = 0; i < kWaiting; ++i) {
    Client client = world.client();
    ASSERT_TRUE(client.send(get("/wait")));
    ASSERT_TRUE(world.gate.await_arrivals(i + 1));
    client.close(true);
  }
  // The resets are seen while the workers are still busy.
  EXPECT_TRUE(world.becomes_empty());
  world.gate.open();
  EXPECT_TRUE(world.becomes([](const auto& now) { return now.answers_dropped == kWaiting; }));
  EXPECT_TRUE(world.is_well());
}

TEST(GoneClient, WhileItsRequestIsQueued_TheHandlerIsNotRun) {
  World world([](http::ServerOptions& options, http::ServerHooks&) { options.worker_threads = 1; });
  Client busy = world.client();
  ASSERT_TRUE(busy.send(get("/wait", "busy")));
  ASSERT_TRUE(world.gate.await_arrivals(1));
  constexpr int kGone = 20;
  for (int i = 0; i < kGone; ++i) {
    Client client = world.client();
    ASSERT_TRUE(client.send(get("/queued")));
    ASSERT_TRUE(world.becomes([&](const auto& now) { return now.requests == static_cast<std::uint64_t>(i) + 2; }));
    client.close(true);
  }
  EXPECT_TRUE(world.becomes([](const auto& now) { return now.open_connections == 1; }));
  world.gate.open();
  const auto reply = busy.receive();
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->body, "busy");
  EXPECT_TRUE(world.becomes([](const auto& now) { return now.answers_dropped == kGone; }));
  EXPECT_EQ(world.log.lines().size(), 1U);
}

TEST(GoneClient, InTheMiddleOfAnAnswer_MemoryAndConnectionComeBack) {
  // One worker: the allocator keeps some of what it was given back for each thread.
  const World world([](http::ServerOptions& options, http::ServerHooks&) { options.worker_threads = 1; });
  const std::string request = get("/size/" + std::to_string(20 * 1024 * 1024));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(world.client().ask(request).has_value());
  const std::size_t before = resident_kib();
  for (int i = 0; i < scaled(60); ++i) {
    Client client = world.client();
    ASSERT_TRUE(client.send(request));
    char some[1000];
    ASSERT_GT(::read(client.fd(), some, sizeof some), 0);
    client.close(i % 2 == 0);
    ASSERT_TRUE(world.becomes_empty());
  }
  EXPECT_TRUE(world.is_well());
  if (!kIsSanitized) {
    EXPECT_LT(resident_kib(), before + 100 * 1024);
  }
}

}  // namespace
}  // namespace rolecall::torture
