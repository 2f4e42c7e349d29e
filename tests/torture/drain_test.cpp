#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "rolecall/adapter/beast/codec.hpp"
#include "rolecall/adapter/pistache/server.hpp"
#include "world.hpp"

// Stock Pistache answers nobody whose request is in flight when it stops.
namespace rolecall::torture {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// True once new connections are refused.
bool stops_listening(std::uint16_t port) {
  const auto until = Clock::now() + 20s;
  while (Client(port).is_open()) {
    if (Clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST(Drain, RequestInFlight_IsAnsweredAndNewOnesAreRefused) {
  World world([](http::ServerOptions& options, http::ServerHooks&) { options.reactor_threads = 2; });
  Client in_flight = world.client();
  ASSERT_TRUE(in_flight.send(get("/wait", "in flight")));
  ASSERT_TRUE(world.gate.await_arrivals(1));
  Client idle = world.client();
  ASSERT_TRUE(idle.ask(get("/")).has_value());
  Client half = world.client();
  ASSERT_TRUE(half.send("GET /late HTTP/1.1\r\n"));
  Client expecting = world.client();
  ASSERT_TRUE(world.becomes([](const auto& now) { return now.open_connections == 4; }));
  std::atomic<bool> is_drained{false};
  std::thread drainer([&] {
    world.server->drain();
    is_drained.store(true);
  });
  ASSERT_TRUE(stops_listening(world.server->port()));
  for (auto& [client, request] : {std::pair<Client&, std::string>{idle, get("/late")},
                                  {half, "Host: h\r\n\r\n"},
                                  {expecting,
                                   "POST /late HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                                   "Content-Length: 5\r\n\r\n"}}) {
    const auto reply = client.ask(request);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 503);
    EXPECT_EQ(reply->header("Retry-After"), "1");
    EXPECT_TRUE(client.is_closed_by_server());
    client.close();
  }
  EXPECT_FALSE(is_drained.load());
  world.gate.open();
  const auto reply = in_flight.receive();
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "in flight");
  EXPECT_EQ(reply->header("Connection"), "close");
  EXPECT_TRUE(in_flight.is_closed_by_server());
  in_flight.close();
  drainer.join();
  world.server->stop();
  EXPECT_EQ(world.log.lines(), (std::vector<std::string>{"GET /wait 0", "GET / 0"}));
  EXPECT_EQ(world.server->counters().open_connections, 0U);
}

TEST(Drain, LargeAnswerToASlowReader_IsWrittenToItsEnd) {
  constexpr std::size_t kSize = 10 * 1024 * 1024;
  const World world;
  Client client = world.client(4096);
  ASSERT_TRUE(client.send(get("/size/" + std::to_string(kSize))));
  ASSERT_TRUE(world.becomes([](const auto& now) { return now.requests == 1; }));
  std::thread drainer([&] {
    world.server->drain();
    world.server->stop();
  });
  ASSERT_TRUE(stops_listening(world.server->port()));
  const auto reply = client.receive();
  ASSERT_TRUE(reply.has_value());
  EXPECT_TRUE(reply->body == pattern(kSize));
  EXPECT_TRUE(client.is_closed_by_server());
  client.close();
  drainer.join();
}

TEST(Drain, NothingInFlight_IsDoneAtOnce) {
  const World world;
  Client idle = world.client();
  ASSERT_TRUE(idle.ask(get("/")).has_value());
  const auto start = Clock::now();
  world.server->drain();
  EXPECT_LT(Clock::now() - start, 2s);
  world.server->stop();
  EXPECT_TRUE(idle.is_closed_by_server());
}

TEST(Drain, WithinTheGrace_OpenConnectionsAreServedOnceMore) {
  World world([](http::ServerOptions& options, http::ServerHooks&) {
    options.reactor_threads = 2;
    options.drain_grace = 60s;
  });
  Client first = world.client();
  ASSERT_TRUE(first.ask(get("/")).has_value());
  Client second = world.client();
  ASSERT_TRUE(second.ask(get("/")).has_value());
  const auto start = Clock::now();
  std::thread drainer([&] { world.server->drain(); });
  ASSERT_TRUE(stops_listening(world.server->port()));
  for (Client* client : {&first, &second}) {
    const auto reply = client->ask(get("/", "last"));
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, "last");
    EXPECT_EQ(reply->header("Connection"), "close");
    EXPECT_TRUE(client->is_closed_by_server());
    client->close();
  }
  drainer.join();
  // Nobody was left to wait for.
  EXPECT_LT(Clock::now() - start, 50s);
  world.server->stop();
}

TEST(Drain, AConnectionThatStaysSilent_IsWaitedForDuringTheGraceOnly) {
  World world([](http::ServerOptions& options, http::ServerHooks&) { options.drain_grace = 300ms; });
  Client silent = world.client();
  ASSERT_TRUE(silent.ask(get("/")).has_value());
  const auto start = Clock::now();
  world.server->drain();
  EXPECT_GE(Clock::now() - start, 300ms);
  EXPECT_LT(Clock::now() - start, 30s);
  EXPECT_EQ(silent.ask(get("/"))->status, 503);
  world.server->stop();
}

TEST(Drain, HandlerThatDoesNotEnd_WaitsForTheTimeoutOnly) {
  World world([](http::ServerOptions& options, http::ServerHooks&) { options.drain_timeout = 300ms; });
  Client client = world.client();
  ASSERT_TRUE(client.send(get("/wait")));
  ASSERT_TRUE(world.gate.await_arrivals(1));
  const auto start = Clock::now();
  world.server->drain();
  EXPECT_GE(Clock::now() - start, 300ms);
  EXPECT_LT(Clock::now() - start, 5s);
}

TEST(Drain, UnderLoad_EveryRequestIsAnsweredOrTurnedAway) {
  for (int round = 0; round < scaled(30); ++round) {
    const World world([](http::ServerOptions& options, http::ServerHooks&) { options.reactor_threads = 2; });
    std::atomic<int> answered{0};
    std::atomic<int> broken{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) {
      clients.emplace_back([&] {
        Client client = world.client();
        for (;;) {
          if (!client.send(get("/", "x"))) return;
          const auto reply = client.receive();
          // A connection may end between two requests, never with half an answer.
          if (!reply || reply->header("Connection") == "close") return;
          ++(reply->status == 200 && reply->body == "x" ? answered : broken);
        }
      });
    }
    ASSERT_TRUE(world.becomes([](const auto& now) { return now.requests > 50; }));
    world.server->drain();
    world.server->stop();
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(broken, 0);
    EXPECT_GT(answered, 0);
  }
}

TEST(Server, StopTwiceAndWithoutStart_IsFine) {
  World world;
  world.server->stop();
  world.server->stop();
  world.server->drain();
  http::ServerOptions options;
  const http::ServerHooks hooks;
  const auto idle = adapter::pistache::make_server(options, hooks, adapter::beast::make_codec(options, hooks), {});
  idle->drain();
  idle->stop();
}

TEST(Server, PortThatIsTaken_IsAConflict) {
  const World world;
  http::ServerOptions options;
  options.port = world.server->port();
  const http::ServerHooks hooks;
  const auto second = adapter::pistache::make_server(options, hooks, adapter::beast::make_codec(options, hooks), {});
  const auto started = second->start();
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code, ErrorCode::conflict);
  EXPECT_TRUE(world.is_well());
}

bool has_ipv6() {
  const int descriptor = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  ::close(descriptor);
  return true;
}

TEST(Server, OnAllAddresses_ShowsIPv4ClientsAsSuch) {
  std::string peer;
  http::ServerOptions options;
  options.host = "::";
  options.port = 0;
  http::ServerHooks hooks;
  hooks.body_limit = [](std::string_view, std::string_view) { return std::size_t{0}; };
  hooks.next_request_id = [] { return RequestId("fresh"); };
  const auto server = adapter::pistache::make_server(options, hooks, adapter::beast::make_codec(options, hooks),
                                                     [&](const http::Request& request) {
                                                       peer = request.peer_address;
                                                       return http::Response{};
                                                     });
  const auto started = server->start();
  if (!has_ipv6()) {
    EXPECT_FALSE(started.has_value());
    return;
  }
  ASSERT_TRUE(started.has_value());
  ASSERT_TRUE(Client(server->port()).ask(get("/")).has_value());
  EXPECT_EQ(peer, "127.0.0.1");
}

TEST(Server, AddressThatIsNone_IsAnError) {
  http::ServerOptions options;
  options.host = "300.1.2.3.invalid";
  options.port = 0;
  const http::ServerHooks hooks;
  const auto server = adapter::pistache::make_server(options, hooks, adapter::beast::make_codec(options, hooks), {});
  EXPECT_FALSE(server->start().has_value());
}

}  // namespace
}  // namespace rolecall::torture
