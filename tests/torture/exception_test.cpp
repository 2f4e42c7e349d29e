#include <gtest/gtest.h>

#include <atomic>
#include <new>
#include <stdexcept>
#include <string>

#include "world.hpp"

// One exception in the event loop ended a process of stock Pistache.
namespace rolecall::torture {
namespace {

TEST(Exception, InTheHandler_Is500AndTheConnectionCloses) {
  const World world({}, [](const http::Request& request) -> http::Response {
    if (request.path() == "/runtime") throw std::runtime_error("not for the client");
    if (request.path() == "/memory") throw std::bad_alloc();
    if (request.path() == "/number") throw 7;
    http::Response response;
    response.body = "well";
    return response;
  });
  for (const char* path : {"/runtime", "/memory", "/number"}) {
    for (int i = 0; i < 20; ++i) {
      Client client = world.client();
      const auto reply = client.ask(get(path));
      ASSERT_TRUE(reply.has_value()) << path;
      EXPECT_EQ(reply->status, 500);
      EXPECT_EQ(reply->body.find("not for the client"), std::string::npos);
      EXPECT_EQ(reply->header("X-Path"), path);
      EXPECT_TRUE(client.is_closed_by_server());
    }
  }
  EXPECT_TRUE(world.is_well());
}

TEST(Exception, InAHook_CostsThatConnectionAlone) {
  std::atomic<int> thrown{0};
  const auto fail = [&thrown] {
    ++thrown;
    throw std::runtime_error("a hook that broke its promise");
  };
  const World world([&](http::ServerOptions&, http::ServerHooks& hooks) {
    hooks.body_limit = [&](std::string_view, std::string_view path) {
      if (path == "/limit") fail();
      return std::size_t{100};
    };
    hooks.next_request_id = [&]() -> RequestId {
      if (thrown > 0 && thrown < 3) fail();
      return RequestId("fresh");
    };
    hooks.refusal = [&](int, std::string_view, std::string_view) -> http::Response {
      fail();
      return {};
    };
  });
  Client bystander = world.client();
  const auto ask_bystander = [&] {
    const auto reply = bystander.ask("GET / HTTP/1.1\r\nHost: h\r\nX-Request-Id: mine\r\nX-Id: still here\r\n\r\n");
    return reply ? reply->body : "";
  };
  EXPECT_EQ(ask_bystander(), "still here");
  EXPECT_FALSE(world.client().ask(get("/limit")).has_value());
  EXPECT_EQ(ask_bystander(), "still here");
  EXPECT_FALSE(world.client().ask(get("/id")).has_value());
  EXPECT_EQ(ask_bystander(), "still here");
  EXPECT_FALSE(world.client().ask("nonsense\r\n\r\n").has_value());
  EXPECT_EQ(ask_bystander(), "still here");
  EXPECT_GE(thrown, 3);
  bystander.close();
  EXPECT_TRUE(world.becomes_empty());
}

}  // namespace
}  // namespace rolecall::torture
