#include <gtest/gtest.h>

#include <string>

#include "parse_run.hpp"
#include "world.hpp"

namespace rolecall::torture {
namespace {

// One request whose CRLF came in a second segment made a worker of stock Pistache spin for ever.
TEST(ChunkedBody, CutInsideItsLineEnds_IsReadAndNobodySpins) {
  const World world;
  Client client = world.client();
  const std::string head = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char* pieces :
       {"5|\r\nhello\r\n0\r\n\r\n", "5\r|\nhello\r\n0\r\n\r\n", "5\r\nhello|\r\n0\r\n\r\n", "5\r\nhello\r|\n0\r\n\r\n",
        "5\r\nhello\r\n0|\r\n\r\n", "5\r\nhello\r\n0\r\n|\r\n", "5\r\nhello\r\n0\r\n\r|\n"}) {
    const std::string_view text(pieces);
    const auto cut = text.find('|');
    ASSERT_TRUE(client.send_segment(head + std::string(text.substr(0, cut))));
    const auto cpu = process_cpu();
    EXPECT_TRUE(client.is_quiet());
    ASSERT_TRUE(client.send(text.substr(cut + 1)));
    const auto reply = client.receive();
    ASSERT_TRUE(reply.has_value()) << pieces;
    EXPECT_EQ(reply->body, "hello");
    EXPECT_LT(process_cpu() - cpu, std::chrono::milliseconds(500));
  }
}

TEST(ChunkedBody, OfAMegabyte_ArrivesWhole) {
  const World world;
  const std::string body = pattern(1024 * 1024);
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{4096}, std::size_t{65536}, body.size()}) {
    if (kIsSanitized && chunk == 1) continue;
    const auto reply = world.client().ask(chunked("/echo", body, chunk));
    ASSERT_TRUE(reply.has_value()) << chunk;
    EXPECT_EQ(reply->status, 200);
    EXPECT_TRUE(reply->body == body) << chunk;
  }
}

TEST(Body, PatchOfAMegabyte_ArrivesWhole) {
  const World world;
  const std::string body = pattern(1024 * 1024);
  std::string request = post("/echo", body);
  request.replace(0, 4, "PATCH");
  Client client = world.client();
  for (int i = 0; i < 5; ++i) {
    const auto reply = client.ask(request);
    ASSERT_TRUE(reply.has_value());
    EXPECT_TRUE(reply->body == body);
  }
}

TEST(Body, AtTheLimitAndOneOver_BothWays) {
  const World world([](http::ServerOptions&, http::ServerHooks& hooks) {
    hooks.body_limit = [](std::string_view method, std::string_view path) {
      return std::size_t{method == "POST" && path == "/echo" ? 1000U : 0U};
    };
  });
  const std::string body = pattern(1000);
  for (const std::string& request : {post("/echo", body), chunked("/echo", body, 100), chunked("/echo", body, 1000)}) {
    const auto reply = world.client().ask(request);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, body);
  }
  const std::string over = pattern(1001);
  for (const std::string& request : {post("/echo", over), chunked("/echo", over, 100), chunked("/echo", over, 1001),
                                     post("/other", "x"), chunked("/other", "x", 1)}) {
    Client client = world.client();
    ASSERT_TRUE(client.send(request));
    const auto reply = client.receive();
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 413);
    EXPECT_EQ(reply->header("Connection"), "close");
    EXPECT_FALSE(reply->header("X-Path").empty());
    EXPECT_TRUE(client.is_closed_by_server());
  }
}

// Stock Pistache answered 413, kept the connection, and executed the rest of the body.
TEST(Body, OverTheLimit_IsNotExecutedAsARequest) {
  World world([](http::ServerOptions&, http::ServerHooks& hooks) {
    hooks.body_limit = [](std::string_view, std::string_view) { return std::size_t{100}; };
  });
  std::string body;
  while (body.size() < 200'000) body += get("/smuggled");
  for (const std::string& request : {post("/a", body), chunked("/a", body, 90), chunked("/a", body, body.size())}) {
    Client client = world.client();
    ASSERT_TRUE(client.send(request));
    const auto reply = client.receive();
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 413);
    EXPECT_TRUE(client.is_closed_by_server());
  }
  EXPECT_TRUE(world.log.lines().empty());
}

// A reset while the client is sending would take the answer with it.
TEST(Body, RefusedWhileItIsSent_TheClientCanStillReadTheAnswer) {
  const World world;
  const std::string body(12 * 1024 * 1024, 'x');
  for (int i = 0; i < scaled(20); ++i) {
    Client client = world.client();
    ASSERT_TRUE(client.send(post("/echo", body)));
    const auto reply = client.receive();
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 413);
    EXPECT_TRUE(client.is_closed_by_server());
  }
}

TEST(Body, RefusedAndSentWithoutEnd_TheClientIsCutOff) {
  const World world;
  Client client = world.client();
  ASSERT_TRUE(client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n"));
  const std::string megabyte(1024 * 1024, 'x');
  int sent = 0;
  while (sent < 64 && client.send(megabyte)) ++sent;
  EXPECT_LT(sent, 64);
  EXPECT_TRUE(world.becomes_empty());
}

// Stock Pistache passed the announced length to `reserve` before it looked at any limit.
TEST(Body, GiantLengths_AreRefusedWithoutReservingMemory) {
  const World world;
  const std::size_t before = resident_kib();
  for (const char* length : {"68719476736", "9223372036854775807", "18446744073709551615", "4194305"}) {
    Client client = world.client();
    ASSERT_TRUE(client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::string(length) + "\r\n\r\n"));
    const auto reply = client.receive();
    ASSERT_TRUE(reply.has_value()) << length;
    EXPECT_EQ(reply->status, 413) << length;
  }
  for (const char* size : {"FFFFFFFFF", "7FFFFFFFFFFFFFFF", "FFFFFFFFFFFFFFFF", "400001"}) {
    Client client = world.client();
    ASSERT_TRUE(client.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(size) +
                            "\r\n"));
    const auto reply = client.receive();
    ASSERT_TRUE(reply.has_value()) << size;
    EXPECT_EQ(reply->status, 413) << size;
  }
  EXPECT_TRUE(world.is_well());
  if (!kIsSanitized) {
    EXPECT_LT(resident_kib(), before + 20 * 1024);
  }
}

TEST(Body, AnnouncedAndNeverSent_CostsNoMemory) {
  const World world;
  ASSERT_TRUE(world.is_well());
  const std::size_t before = resident_kib();
  std::vector<Client> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(world.client());
    ASSERT_TRUE(clients.back().send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4194304\r\n\r\n"));
  }
  ASSERT_TRUE(world.becomes([](const auto& now) { return now.open_connections >= 200; }));
  EXPECT_TRUE(world.is_well());
  // 200 times 4 MiB are 800 MiB.
  if (!kIsSanitized) {
    EXPECT_LT(resident_kib(), before + 40 * 1024);
  }
}

TEST(Body, Trailers_AreNoHeaders) {
  const std::string head = "POST /a HTTP/1.1\r\nHost: desk.example\r\nTransfer-Encoding: chunked\r\n";
  const std::string body = "\r\n5\r\nhello\r\n0\r\n";
  const ParseRun plain = parse(head + body + "\r\n", {});
  ASSERT_EQ(plain.headers.size(), 1U);
  for (const char* trailer :
       {"Authorization: Bearer stolen", "Host: other.example", "Content-Type: text/plain", "X-Forwarded-For: 10.0.0.1",
        "If-Match: *", "Connection: close", "X-Own: 1\r\nX-Own: 2"}) {
    const std::string sent = head + body + trailer + "\r\n\r\n";
    EXPECT_EQ(parse(sent, {}), plain) << trailer;
    EXPECT_EQ(parse_in_steps(sent, 1), plain) << trailer;
  }
}

}  // namespace
}  // namespace rolecall::torture
