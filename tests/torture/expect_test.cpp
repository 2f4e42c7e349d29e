#include <gtest/gtest.h>

#include <string>

#include "world.hpp"

// Stock Pistache never answers an expectation: curl waits a second on every larger body.
namespace rolecall::torture {
namespace {

std::string expecting(std::string_view length, std::string_view expectation = "100-continue") {
  return "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: " + std::string(expectation) + "\r\n" + std::string(length) +
         "\r\n\r\n";
}

TEST(Expect, ContinueWithALength_IsInvitedAndAnswered) {
  const World world;
  Client client = world.client();
  for (int i = 0; i < 3; ++i) {
    const auto invitation = client.ask(expecting("Content-Length: 5"));
    ASSERT_TRUE(invitation.has_value());
    EXPECT_EQ(invitation->status, 100);
    EXPECT_TRUE(client.is_quiet());
    const auto reply = client.ask("hello");
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, "hello");
  }
}

TEST(Expect, ContinueWithChunks_IsInvitedAndAnswered) {
  const World world;
  Client client = world.client();
  const auto invitation = client.ask(expecting("Transfer-Encoding: chunked"));
  ASSERT_TRUE(invitation.has_value());
  EXPECT_EQ(invitation->status, 100);
  const auto reply = client.ask("5\r\nhello\r\n0\r\n\r\n");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->body, "hello");
}

TEST(Expect, ContinueInAnyCase_IsInvited) {
  const World world;
  Client client = world.client();
  const auto invitation = client.ask(expecting("Content-Length: 5", "100-Continue"));
  ASSERT_TRUE(invitation.has_value());
  EXPECT_EQ(invitation->status, 100);
}

TEST(Expect, BodyOverTheLimit_IsRefusedBeforeItIsSent) {
  const World world;
  Client client = world.client();
  const auto reply = client.ask(expecting("Content-Length: 99999999"));
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 413);
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST(Expect, AnythingElse_Is417) {
  const World world;
  Client client = world.client();
  const auto reply = client.ask(expecting("Content-Length: 5", "tea"));
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 417);
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST(Expect, BodySentWithoutWaiting_IsAnsweredOnce) {
  const World world;
  Client client = world.client();
  const auto reply = client.ask(expecting("Content-Length: 5") + "hello");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "hello");
  const auto next = client.ask(get("/", "next"));
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->body, "next");
}

}  // namespace
}  // namespace rolecall::torture
