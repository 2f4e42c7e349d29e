#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "world.hpp"

namespace rolecall::torture {
namespace {

TEST(KeepAlive, FiveHundredConnections_AllAreServedAgainAndAgain) {
  const World world([](http::ServerOptions& options, http::ServerHooks&) { options.queue_length = 1000; });
  constexpr std::size_t kConnections = 500;
  std::vector<Client> clients;
  for (std::size_t i = 0; i < kConnections; ++i) clients.push_back(world.client());
  const int rounds = scaled(40);
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < kConnections; ++i) {
      ASSERT_TRUE(clients[i].send(get("/", std::to_string(i) + "/" + std::to_string(round))));
    }
    for (std::size_t i = 0; i < kConnections; ++i) {
      const auto reply = clients[i].receive();
      ASSERT_TRUE(reply.has_value());
      ASSERT_EQ(reply->body, std::to_string(i) + "/" + std::to_string(round));
    }
  }
  const auto counters = world.server->counters();
  EXPECT_EQ(counters.accepted, kConnections);
  EXPECT_EQ(counters.requests, kConnections * static_cast<std::size_t>(rounds));
  EXPECT_EQ(counters.open_connections, kConnections);
  clients.clear();
  EXPECT_TRUE(world.becomes_empty());
}

TEST(KeepAlive, Pipelined_AnswersComeInOrderOneAfterTheOther) {
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  const World world({}, [&](const http::Request& request) {
    most.store(std::max(most.load(), ++running));
    http::Response response;
    response.body = std::string(request.path()) + std::string(request.target.size() % 3 * 50'000, '.');
    --running;
    return response;
  });
  Client client = world.client();
  std::string burst;
  std::vector<std::string> expected;
  for (int i = 0; i < 200; ++i) {
    const std::string path = "/" + std::to_string(i);
    expected.push_back(path + std::string(path.size() % 3 * 50'000, '.'));
    burst += i % 2 == 0 ? get(path) : post(path, "body");
  }
  ASSERT_TRUE(client.send(burst));
  for (const std::string& body : expected) {
    const auto reply = client.receive();
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->body.size(), body.size());
    EXPECT_TRUE(reply->body == body);
  }
  EXPECT_EQ(most, 1);
}

TEST(KeepAlive, Head_HasTheHeadersOfGetAndNoBody) {
  const World world;
  Client client = world.client();
  ASSERT_TRUE(client.send("HEAD /size/1234 HTTP/1.1\r\nHost: h\r\n\r\n" + get("/", "next")));
  const auto head = client.receive(true);
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->header("Content-Length"), "1234");
  const auto next = client.receive();
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->body, "next");
}

TEST(KeepAlive, ClosedByEitherSideAsAgreed) {
  const World world([](http::ServerOptions&, http::ServerHooks&) {},
                    [](const http::Request& request) {
                      http::Response response;
                      response.close = request.path() == "/close";
                      return response;
                    });
  for (const char* request : {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
                              "GET /close HTTP/1.1\r\nHost: h\r\n\r\n"}) {
    Client client = world.client();
    const auto reply = client.ask(request);
    ASSERT_TRUE(reply.has_value()) << request;
    EXPECT_EQ(reply->header("Connection"), "close") << request;
    EXPECT_TRUE(client.is_closed_by_server()) << request;
  }
  Client client = world.client();
  for (int i = 0; i < 3; ++i) {
    const auto reply = client.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->header("Connection"), "keep-alive");
  }
}

TEST(HalfClose, AfterTheRequest_TheAnswerStillComes) {
  const World world;
  for (const std::size_t size : {std::size_t{10}, std::size_t{5'000'000}}) {
    Client client = world.client(4096);
    ASSERT_TRUE(client.send(get("/size/" + std::to_string(size))));
    client.finish_sending();
    const auto reply = client.receive();
    ASSERT_TRUE(reply.has_value());
    EXPECT_TRUE(reply->body == pattern(size));
    EXPECT_TRUE(client.is_closed_by_server());
  }
}

TEST(HalfClose, WhileTheHandlerRuns_TheAnswerStillComes) {
  World world;
  Client client = world.client();
  ASSERT_TRUE(client.send(get("/wait", "late")));
  ASSERT_TRUE(world.gate.await_arrivals(1));
  client.finish_sending();
  ASSERT_TRUE(world.is_well());
  world.gate.open();
  const auto reply = client.receive();
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->body, "late");
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST(HalfClose, AfterSeveralRequests_AllAnswersCome) {
  const World world;
  Client client = world.client();
  ASSERT_TRUE(client.send(get("/", "1") + get("/", "2") + post("/echo", "3")));
  client.finish_sending();
  const auto bytes = client.read_to_end();
  ASSERT_TRUE(bytes.has_value());
  const Transcript transcript = transcript_of(*bytes);
  ASSERT_EQ(transcript.replies.size(), 3U);
  EXPECT_TRUE(transcript.is_clean);
  EXPECT_EQ(transcript.replies[2].body, "3");
}

TEST(HalfClose, InTheMiddleOfARequest_IsToldSo) {
  World world;
  Client client = world.client();
  ASSERT_TRUE(client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhel"));
  client.finish_sending();
  const auto reply = client.receive();
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 400);
  EXPECT_TRUE(client.is_closed_by_server());
  EXPECT_TRUE(world.log.lines().empty());
}

TEST(Request, CarriesIdPeerAndDeadline) {
  std::string id;
  std::string peer;
  std::chrono::steady_clock::duration left{};
  const World world(
      [](http::ServerOptions& options, http::ServerHooks&) { options.request_timeout = std::chrono::seconds(40); },
      [&](const http::Request& request) {
        id = request.id.value();
        peer = request.peer_address;
        left = request.deadline - std::chrono::steady_clock::now();
        return http::Response{};
      });
  Client client = world.client();
  const auto id_for = [&](const std::string& header) {
    const auto reply = client.ask("GET / HTTP/1.1\r\nHost: h\r\n" + header + "\r\n");
    EXPECT_TRUE(reply.has_value());
    return id;
  };
  EXPECT_EQ(id_for(""), "fresh");
  EXPECT_EQ(peer, "127.0.0.1");
  EXPECT_GT(left, std::chrono::seconds(20));
  EXPECT_LE(left, std::chrono::seconds(40));
  EXPECT_EQ(id_for("X-Request-Id: 7f3a-00\r\n"), "7f3a-00");
  EXPECT_EQ(id_for("x-request-id: " + std::string(128, 'a') + "\r\n"), std::string(128, 'a'));
  EXPECT_EQ(id_for("X-Request-Id: " + std::string(129, 'a') + "\r\n"), "fresh");
  EXPECT_EQ(id_for("X-Request-Id:\r\n"), "fresh");
  EXPECT_EQ(id_for("X-Request-Id: a b\r\n"), "fresh");
  EXPECT_EQ(id_for("X-Request-Id: caf\xc3\xa9\r\n"), "fresh");
}

}  // namespace
}  // namespace rolecall::torture
