#include "rolecall/http/egress.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "loopback_listener.hpp"
#include "rolecall/adapter/curl/outside.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::http {
namespace {

/// No text that somebody types in leads to what only this machine can reach. `{port}` is that of a
/// listener that must see nobody.
std::vector<std::string> cases(const std::string& kind, std::uint16_t port) {
  std::ifstream file(std::string(ROLECALL_SOURCE_DIR) + "/tests/cases/egress/urls.json");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  // One of them holds a NUL, which the parser of JSON refuses anywhere.
  std::string readable = text;
  for (auto at = readable.find("\\u0000"); at != std::string::npos; at = readable.find("\\u0000", at)) {
    readable.replace(at, 6, "{nul}");
  }
  const auto parsed = json::parse(readable);
  EXPECT_TRUE(parsed.has_value()) << parsed.error().detail;
  std::vector<std::string> urls;
  for (const json::Value& item : *parsed->as_array()) {
    if (*item.as_object()->find("then")->as_string() != kind) continue;
    std::string url = *item.as_object()->find("when")->as_string();
    const auto fill = [&url](std::string_view hole, const std::string& with) {
      for (auto at = url.find(hole); at != std::string::npos; at = url.find(hole)) url.replace(at, hole.size(), with);
    };
    fill("{port}", std::to_string(port));
    fill("{nul}", std::string(1, '\0'));
    urls.push_back(std::move(url));
  }
  return urls;
}

adapter::curl::OutsideOptions patient(EgressPolicy policy) {
  adapter::curl::OutsideOptions options;
  options.policy = std::move(policy);
  options.timeout = std::chrono::milliseconds(2'000);
  return options;
}

TEST(Egress, HostileUrls_ReachNobody) {
  const test::LoopbackListener trap("127.0.0.1");
  const test::LoopbackListener second_trap("::1", trap.port());
  const auto hostile = cases("refused", trap.port());
  EXPECT_GE(hostile.size(), 200U);
  for (const std::string& url : hostile) {
    const auto checked = check_outside_url(url, {});
    EXPECT_FALSE(checked.has_value()) << url;
    const auto answer = adapter::curl::post_outside(url, {}, "{}", patient({}));
    ASSERT_FALSE(answer.has_value()) << url;
    EXPECT_EQ(answer.error().code, ErrorCode::invalid_value) << url;
    // Whoever allows http has not thereby allowed a network.
    EXPECT_FALSE(adapter::curl::post_outside(url, {}, "{}", patient({{}, true})).has_value()) << url;
  }
  EXPECT_EQ(trap.connections(), 0);
  EXPECT_EQ(second_trap.connections(), 0);
}

TEST(Egress, OrdinaryUrls_Pass) {
  for (const std::string& url : cases("accepted", 443)) {
    const auto checked = check_outside_url(url, {});
    EXPECT_TRUE(checked.has_value()) << url << ": " << checked.error().detail;
  }
}

TEST(Egress, UrlParts_AreWhatTheyLookLike) {
  const EgressPolicy policy{{*parse_network("127.0.0.0/8")}, true};
  const auto plain = check_outside_url("http://127.0.0.1:8081/x", policy);
  ASSERT_TRUE(plain.has_value());
  EXPECT_TRUE(plain->is_plain_http);
  EXPECT_EQ(plain->host, "127.0.0.1");
  EXPECT_EQ(plain->port, 8081);
  EXPECT_EQ(check_outside_url("http://localhost", policy)->port, 80);
  EXPECT_EQ(check_outside_url("https://[2606:4700::1]/", {})->host, "2606:4700::1");
  EXPECT_EQ(check_outside_url("https://" + std::string(kLongestUrl - 12, 'a') + ".com", {}).error().attribute, "url");
}

TEST(Egress, UrlLength_AtTheLimitAndBeyond) {
  const std::string base = "https://hooks.example.com/";
  EXPECT_TRUE(check_outside_url(base + std::string(kLongestUrl - base.size(), 'a'), {}).has_value());
  EXPECT_FALSE(check_outside_url(base + std::string(kLongestUrl - base.size() + 1, 'a'), {}).has_value());
  const std::string next = base + std::string(kLongestRequestUrl - base.size(), 'a');
  EXPECT_TRUE(check_outside_url(next, {}, kLongestRequestUrl).has_value());
  EXPECT_FALSE(check_outside_url(next + "a", {}, kLongestRequestUrl).has_value());
}

TEST(Egress, PlainHttp_ForAllowedNetworksAlone) {
  const EgressPolicy policy{{*parse_network("10.0.0.0/8")}, true};
  EXPECT_TRUE(may_connect(policy, ipv4(10, 1, 2, 3), true));
  EXPECT_FALSE(may_connect(policy, ipv4(8, 8, 8, 8), true));
  EXPECT_TRUE(may_connect(policy, ipv4(8, 8, 8, 8), false));
  EXPECT_FALSE(may_connect(policy, ipv4(127, 0, 0, 1), true));
  EXPECT_FALSE(may_connect({{*parse_network("10.0.0.0/8")}, false}, ipv4(10, 1, 2, 3), true));
}

TEST(Egress, Networks_ContainTheirEdges) {
  const auto network = parse_network("172.16.0.0/12");
  ASSERT_TRUE(network.has_value());
  EXPECT_TRUE(network->contains(ipv4(172, 16, 0, 0)));
  EXPECT_TRUE(network->contains(ipv4(172, 31, 255, 255)));
  EXPECT_FALSE(network->contains(ipv4(172, 15, 255, 255)));
  EXPECT_FALSE(network->contains(ipv4(172, 32, 0, 0)));
  EXPECT_TRUE(parse_network("::/0")->contains(ipv4(1, 2, 3, 4)));
  EXPECT_TRUE(parse_network("127.0.0.1")->contains(*parse_address("::ffff:7f00:1")));
  for (const char* bad : {"", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/08", "10.0.0.0/", "fd00::/129", "fd00::1/8",
                          "10/8", "10.0.0.0/8/8", "10.0.0.0/-1"}) {
    EXPECT_FALSE(parse_network(bad).has_value()) << bad;
  }
}

TEST(Egress, NameOfAForbiddenAddress_IsNotConnectedTo) {
  const test::LoopbackListener trap("127.0.0.1");
  // The name passes, because an allowed network could hold it; what it resolves to does not.
  const EgressPolicy policy{{*parse_network("127.0.0.2/32")}, true};
  const std::string url = "http://localhost:" + std::to_string(trap.port()) + "/";
  ASSERT_TRUE(check_outside_url(url, policy).has_value());
  const auto answer = adapter::curl::post_outside(url, {}, "{}", patient(policy));
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  EXPECT_EQ(answer.error().detail, "Its name stands for an address that this server does not connect to.");
  EXPECT_EQ(trap.connections(), 0);
}

TEST(Egress, AnswerThatIsRead_IsKeptUpToTheLimit) {
  test::LoopbackListener receiver("127.0.0.1");
  const std::string url = "http://127.0.0.1:" + std::to_string(receiver.port()) + "/api/../x?y=%20z";
  auto options = patient({{*parse_network("127.0.0.0/8")}, true});
  options.max_body = 5;
  receiver.answer(
      "HTTP/1.1 103 Early Hints\r\nLink: </early>\r\n\r\n"
      "HTTP/1.1 429 Too Many Requests\r\nX-Rate-Limit-Reset:  17 \r\nLink: <a>\r\nLink: <b>\r\nContent-Length: "
      "5\r\n\r\nhello");
  const auto reply = adapter::curl::send_outside({"PUT", url, {{"Authorization", "SSWS x"}}, ""}, options);
  ASSERT_TRUE(reply.has_value()) << reply.error().detail;
  EXPECT_EQ(reply->status, 429);
  EXPECT_EQ(reply->body, "hello");
  const std::vector<std::pair<std::string, std::string>> expected{
      {"X-Rate-Limit-Reset", "17"}, {"Link", "<a>"}, {"Link", "<b>"}, {"Content-Length", "5"}};
  EXPECT_EQ(reply->headers, expected);
  receiver.answer("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello!");
  const auto long_one = adapter::curl::send_outside({"GET", url, {}, ""}, options);
  ASSERT_FALSE(long_one.has_value());
  EXPECT_EQ(long_one.error().detail, "Its answer is too long.");
  receiver.answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
  EXPECT_EQ(adapter::curl::send_outside({"GET", url, {}, ""}, options).error().detail,
            "It closed the connection without an answer.");
}

TEST(Egress, Redirect_IsTheAnswerAndNotFollowed) {
  const test::LoopbackListener trap("127.0.0.1");
  test::LoopbackListener receiver("127.0.0.2");
  receiver.answer("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:" + std::to_string(trap.port()) +
                  "/\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
  const EgressPolicy policy{{*parse_network("127.0.0.0/8")}, true};
  const auto answer = adapter::curl::post_outside("http://127.0.0.2:" + std::to_string(receiver.port()) + "/", {}, "{}",
                                                  patient(policy));
  ASSERT_TRUE(answer.has_value()) << answer.error().detail;
  EXPECT_EQ(answer->status, 302);
  EXPECT_EQ(answer->retry_after, std::chrono::seconds(7));
  EXPECT_EQ(trap.connections(), 0);
}

TEST(Egress, LongAnswers_AreCutAndLongHeadsRefused) {
  test::LoopbackListener receiver("127.0.0.1");
  const EgressPolicy policy{{*parse_network("127.0.0.0/8")}, true};
  const std::string url = "http://127.0.0.1:" + std::to_string(receiver.port()) + "/";
  receiver.answer("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(1'000'000, 'x'));
  const auto cut = adapter::curl::post_outside(url, {}, "{}", patient(policy));
  ASSERT_TRUE(cut.has_value()) << cut.error().detail;
  EXPECT_EQ(cut->status, 200);
  std::string head = "HTTP/1.1 200 OK\r\n";
  for (int line = 0; line < 1'000; ++line) head += "X-Padding: " + std::string(50, 'x') + "\r\n";
  receiver.answer(head + "Content-Length: 0\r\n\r\n");
  const auto refused = adapter::curl::post_outside(url, {}, "{}", patient(policy));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().detail, "The head of its answer is too long.");
}

TEST(Egress, Silence_EndsInTime) {
  test::LoopbackListener receiver("127.0.0.1");
  auto options = patient({{*parse_network("127.0.0.0/8")}, true});
  options.timeout = std::chrono::milliseconds(150);
  const auto answer =
      adapter::curl::post_outside("http://127.0.0.1:" + std::to_string(receiver.port()) + "/", {}, "{}", options);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().detail, "No answer came in time.");
}

}  // namespace
}  // namespace rolecall::http
