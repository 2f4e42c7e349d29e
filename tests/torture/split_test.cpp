#include <gtest/gtest.h>

#include "parse_run.hpp"
#include "world.hpp"

// TCP cuts where it likes: the result must not depend on it.
namespace rolecall::torture {
namespace {

struct Sample {
  std::string name;
  std::string bytes;
  std::string answers;  ///< what each request is answered with over the socket, one after the other
};

std::vector<Sample> samples() {
  const std::string body =
      R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"maya@acme.example"})";
  return {
      {"GET", get("/scim/v2/Users?filter=userName%20eq%20%22maya%22", "one"), "one"},
      {"POST with a length", post("/echo", body), body},
      {"POST in one chunk", chunked("/echo", body, 1000), body},
      {"POST in small chunks", chunked("/echo", body, 7), body},
      {"chunk extensions and trailers",
       "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b;c=\"d\"\r\nhello\r\n0;e\r\nX: "
       "y\r\n\r\n",
       "hello"},
      {"an empty chunked body", chunked("/echo", "", 1), ""},
      {"an empty line first", "\r\n" + get("/", "two"), "two"},
      {"absolute form", get("http://desk.example/a/b?c=d", "three"), "three"},
      {"three in a row", get("/", "a") + post("/echo", "b") + chunked("/echo", "c", 1), "abc"},
  };
}

TEST(Split, EveryByte_TheParserFindsTheSame) {
  for (const Sample& sample : samples()) {
    SCOPED_TRACE(sample.name);
    const ParseRun whole = parse(sample.bytes, {});
    ASSERT_FALSE(whole.requests.empty());
    ASSERT_EQ(whole.refusal, 0);
    ASSERT_TRUE(whole.is_idle);
    for (std::size_t at = 1; at < sample.bytes.size(); ++at) {
      EXPECT_EQ(parse(sample.bytes, {at}), whole) << "cut at " << at;
    }
  }
}

TEST(Split, EveryPairOfBytes_TheParserFindsTheSame) {
  for (const Sample& sample : samples()) {
    SCOPED_TRACE(sample.name);
    const ParseRun whole = parse(sample.bytes, {});
    const std::size_t step = kIsSanitized ? 3 : 1;
    for (std::size_t first = 1; first + 1 < sample.bytes.size(); first += step) {
      for (std::size_t second = first + 1; second < sample.bytes.size(); second += step) {
        ASSERT_EQ(parse(sample.bytes, {first, second}), whole) << "cut at " << first << " and " << second;
      }
    }
  }
}

TEST(Split, EveryStep_TheParserFindsTheSame) {
  for (const Sample& sample : samples()) {
    SCOPED_TRACE(sample.name);
    const ParseRun whole = parse(sample.bytes, {});
    for (std::size_t step = 1; step <= 16; ++step) EXPECT_EQ(parse_in_steps(sample.bytes, step), whole) << step;
  }
}

std::string answers_of(Client& client, std::size_t count) {
  std::string bodies;
  for (std::size_t i = 0; i < count; ++i) {
    const auto reply = client.receive();
    if (!reply || reply->status != 200) return bodies + " and then no 200";
    bodies += reply->body;
  }
  return bodies;
}

TEST(Split, EveryByteOverTheSocket_TheAnswersAreTheSame) {
  const World world;
  for (const Sample& sample : samples()) {
    SCOPED_TRACE(sample.name);
    const std::size_t count = parse(sample.bytes, {}).requests.size();
    Client client = world.client();
    for (std::size_t at = 1; at < sample.bytes.size(); ++at) {
      // An acknowledgement costs up to 40 ms, so that only some cuts wait for it.
      const std::string_view first = std::string_view(sample.bytes).substr(0, at);
      ASSERT_TRUE(at % 41 == 1 ? client.send_segment(first) : client.send(first));
      ASSERT_TRUE(client.send(std::string_view(sample.bytes).substr(at)));
      ASSERT_EQ(answers_of(client, count), sample.answers) << "cut at " << at;
    }
  }
}

TEST(Split, ByteByByteOverTheSocket_TheAnswersAreTheSame) {
  const World world;
  for (const Sample& sample : samples()) {
    SCOPED_TRACE(sample.name);
    Client client = world.client();
    for (const char byte : sample.bytes) ASSERT_TRUE(client.send_segment({&byte, 1}));
    EXPECT_EQ(answers_of(client, parse(sample.bytes, {}).requests.size()), sample.answers);
  }
}

}  // namespace
}  // namespace rolecall::torture
