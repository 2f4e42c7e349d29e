#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "world.hpp"

namespace rolecall::torture {
namespace {

using namespace std::chrono_literals;

void set_short(http::ServerOptions& options) {
  options.head_timeout = 300ms;
  options.body_idle_timeout = 300ms;
  options.idle_timeout = 300ms;
}

TEST(Timeout, TwoHundredHalfHeads_OthersAreServedAndTheseAre408) {
  const World world([](http::ServerOptions& options, http::ServerHooks&) {
    set_short(options);
    options.head_timeout = 1500ms;
    options.idle_timeout = 10s;
  });
  std::vector<Client> halves;
  for (int i = 0; i < 200; ++i) {
    halves.push_back(world.client());
    ASSERT_TRUE(halves.back().send("GET / HTTP/1.1\r\nHost: h\r\nX: "));
  }
  Client other = world.client();
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(other.ask(get("/")).has_value());
  for (Client& half : halves) {
    const auto reply = half.receive();
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 408);
    EXPECT_TRUE(half.is_closed_by_server());
  }
  EXPECT_EQ(world.server->counters().timeouts, 200U);
  EXPECT_TRUE(other.ask(get("/")).has_value());
}

TEST(Timeout, HeadThatComesInDrops_IsNotProlonged) {
  const World world([](http::ServerOptions& options, http::ServerHooks&) { set_short(options); });
  Client client = world.client();
  const auto start = std::chrono::steady_clock::now();
  client.send("GET / HTTP/1.1\r\nHost: h\r\nX: ");
  while (client.is_quiet() && std::chrono::steady_clock::now() - start < 10s) client.send_segment("x");
  const auto reply = client.receive();
  ASSERT_TRUE(reply.has_value());
  // One drop more than the head may hold ends in 431, which is as good an end.
  EXPECT_TRUE(reply->status == 408 || reply->status == 431) << reply->status;
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
}

TEST(Timeout, SilentConnection_IsClosedWithoutAWord) {
  const World world([](http::ServerOptions& options, http::ServerHooks&) { set_short(options); });
  Client client = world.client();
  EXPECT_TRUE(client.is_closed_by_server());
  EXPECT_EQ(world.server->counters().timeouts, 0U);
}

TEST(Timeout, IdleAfterARequest_IsClosedWithoutAWord) {
  const World world([](http::ServerOptions& options, http::ServerHooks&) { set_short(options); });
  Client client = world.client();
  ASSERT_TRUE(client.ask(get("/")).has_value());
  EXPECT_TRUE(client.is_closed_by_server());
  EXPECT_EQ(world.server->counters().timeouts, 0U);
}

TEST(Timeout, BodyThatStops_Is408) {
  World world([](http::ServerOptions& options, http::ServerHooks&) { set_short(options); });
  for (const std::string& request :
       {post("/echo", std::string(1000, 'x')), chunked("/echo", std::string(1000, 'x'), 10)}) {
    Client client = world.client();
    ASSERT_TRUE(client.send(std::string_view(request).substr(0, request.size() - 20)));
    const auto reply = client.receive();
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 408);
    EXPECT_TRUE(client.is_closed_by_server());
  }
  EXPECT_EQ(world.server->counters().timeouts, 2U);
  EXPECT_TRUE(world.log.lines().empty());
}

TEST(Timeout, BodyThatComesInDrops_EndsWithTheRequestsTime) {
  const World world([](http::ServerOptions& options, http::ServerHooks&) {
    options.body_idle_timeout = 5s;
    options.request_timeout = 400ms;
  });
  Client client = world.client();
  const auto start = std::chrono::steady_clock::now();
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4000000\r\n\r\n");
  while (client.is_quiet() && std::chrono::steady_clock::now() - start < 10s) client.send_segment("x");
  const auto reply = client.receive();
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 408);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 3s);
}

TEST(Timeout, HandlerThatTakesTooLong_Is503AndItsAnswerIsDropped) {
  World world([](http::ServerOptions& options, http::ServerHooks&) {
    options.request_timeout = 1s;
    options.worker_threads = 1;
  });
  Client slow = world.client();
  ASSERT_TRUE(slow.send(get("/wait")));
  ASSERT_TRUE(world.gate.await_arrivals(1));
  Client queued = world.client();
  ASSERT_TRUE(queued.send(get("/queued")));
  for (Client* client : {&slow, &queued}) {
    const auto reply = client->receive();
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 503);
    EXPECT_EQ(reply->header("Retry-After"), "1");
    EXPECT_TRUE(client->is_closed_by_server());
  }
  world.gate.open();
  // The answer that came too late, and the work that was not begun any more.
  EXPECT_TRUE(world.becomes([](const auto& now) { return now.answers_dropped == 2; }));
  EXPECT_EQ(world.server->counters().timeouts, 2U);
  EXPECT_EQ(world.log.lines().size(), 1U);
  EXPECT_TRUE(world.is_well());
}

}  // namespace
}  // namespace rolecall::torture
