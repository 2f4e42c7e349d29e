#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <chrono>
#include <string>
#include <vector>

#include "world.hpp"

namespace rolecall::torture {
namespace {

using namespace std::chrono_literals;

TEST(Overload, QueueAtItsLengthAndOneOver_Is503AtOnce) {
  World world([](http::ServerOptions& options, http::ServerHooks&) {
    options.worker_threads = 1;
    options.queue_length = 3;
  });
  Client running = world.client();
  ASSERT_TRUE(running.send(get("/wait", "running")));
  ASSERT_TRUE(world.gate.await_arrivals(1));
  std::vector<Client> queued;
  for (std::uint64_t i = 0; i < 3; ++i) {
    queued.push_back(world.client());
    ASSERT_TRUE(queued.back().send(get("/", "queued")));
    ASSERT_TRUE(world.becomes([&](const auto& now) { return now.requests == i + 2; }));
  }
  Client over = world.client();
  const auto refused = over.ask(get("/scim/v2/Users"));
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->header("Retry-After"), "1");
  EXPECT_EQ(refused->header("X-Path"), "/scim/v2/Users");
  EXPECT_TRUE(over.is_closed_by_server());
  EXPECT_EQ(world.server->counters().refused_overload, 1U);
  world.gate.open();
  EXPECT_TRUE(running.receive().has_value());
  for (Client& client : queued) {
    const auto reply = client.receive();
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->body, "queued");
  }
}

TEST(Overload, HeadOverTheQueue_HasNoBody) {
  World world([](http::ServerOptions& options, http::ServerHooks&) {
    options.worker_threads = 1;
    options.queue_length = 1;
  });
  Client running = world.client();
  ASSERT_TRUE(running.send(get("/wait")));
  ASSERT_TRUE(world.gate.await_arrivals(1));
  Client queued = world.client();
  ASSERT_TRUE(queued.send(get("/")));
  ASSERT_TRUE(world.becomes([](const auto& now) { return now.requests == 2; }));
  Client over = world.client();
  ASSERT_TRUE(over.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n"));
  const auto refused = over.receive(true);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status, 503);
  EXPECT_TRUE(over.is_closed_by_server());
}

TEST(Overload, ConnectionsAtTheLimitAndOneOver_Is503) {
  const World world([](http::ServerOptions& options, http::ServerHooks&) { options.max_connections = 5; });
  std::vector<Client> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(world.client());
    ASSERT_TRUE(clients.back().ask(get("/")).has_value());
  }
  Client over = world.client();
  const auto refused = over.receive();
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->header("Retry-After"), "1");
  EXPECT_TRUE(over.is_closed_by_server());
  over.close();
  clients.pop_back();
  ASSERT_TRUE(world.becomes([](const auto& now) { return now.open_connections == 4; }));
  EXPECT_TRUE(world.is_well());
}

TEST(Overload, ConnectionsFarOverTheLimit_AreClosedAndNotKept) {
  const World world([](http::ServerOptions& options, http::ServerHooks&) { options.max_connections = 5; });
  std::vector<Client> clients;
  for (int i = 0; i < 400; ++i) clients.push_back(world.client());
  ASSERT_TRUE(world.becomes([](const auto& now) { return now.accepted == 400; }));
  EXPECT_LE(world.server->counters().open_connections, 5U + 256U);
  clients.clear();
  EXPECT_TRUE(world.becomes_empty());
  EXPECT_TRUE(world.is_well());
}

TEST(Overload, ConnectionsOfOneAddress_HaveALimitOfTheirOwn) {
  const World world([](http::ServerOptions& options, http::ServerHooks&) { options.max_connections_per_peer = 3; });
  std::vector<Client> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(world.client());
    ASSERT_TRUE(clients.back().ask(get("/")).has_value());
  }
  Client over = world.client();
  const auto refused = over.receive();
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status, 503);
  // Another address of the same machine is another peer.
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  address.sin_port = htons(world.server->port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const std::string request = get("/");
  ASSERT_EQ(::send(fd, request.data(), request.size(), MSG_NOSIGNAL), static_cast<ssize_t>(request.size()));
  char start[12] = {};
  EXPECT_EQ(::recv(fd, start, sizeof start, MSG_WAITALL), static_cast<ssize_t>(sizeof start));
  EXPECT_EQ(std::string(start, sizeof start), "HTTP/1.1 200");
  ::close(fd);
  over.close();
  clients.clear();
  ASSERT_TRUE(world.becomes_empty());
  EXPECT_TRUE(world.is_well());
}

TEST(Overload, OutOfDescriptors_WaitsWithoutSpinningAndGoesOn) {
  const World world;
  ASSERT_TRUE(world.is_well());
  ASSERT_TRUE(world.becomes_empty());
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_GE(fd, 0);
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
  // The next descriptor would be one of the numbers left free below; none is above.
  const int probe = ::dup(fd);
  ASSERT_GE(probe, 0);
  ::close(probe);
  rlimit tight = usual;
  tight.rlim_cur = static_cast<rlim_t>(probe);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(world.server->port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const std::string request = get("/", "patient");
  const ssize_t sent = ::send(fd, request.data(), request.size(), MSG_NOSIGNAL);
  const auto accepted = world.server->counters().accepted;
  const auto cpu = process_cpu();
  const timeval wait{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  char byte = 0;
  const ssize_t nothing = ::recv(fd, &byte, 1, 0);
  const auto spent = process_cpu() - cpu;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);
  EXPECT_EQ(connected, 0);
  EXPECT_EQ(sent, static_cast<ssize_t>(request.size()));
  EXPECT_EQ(nothing, -1) << "the server had a descriptor left, so that the test shows nothing";
  EXPECT_LT(spent, 200ms);
  char start[12] = {};
  const timeval patience{20, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  EXPECT_EQ(::recv(fd, start, sizeof start, MSG_WAITALL), static_cast<ssize_t>(sizeof start));
  EXPECT_EQ(std::string(start, sizeof start), "HTTP/1.1 200");
  EXPECT_EQ(world.server->counters().accepted, accepted + 1);
  ::close(fd);
  EXPECT_TRUE(world.is_well());
}

}  // namespace
}  // namespace rolecall::torture
