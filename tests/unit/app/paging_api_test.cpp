#include <sys/stat.h>

#include "api_fixture.hpp"

namespace rolecall::test {
namespace {

/// Pages by cursor (RFC 9865), over one type and over all.
class Paging : public ApiTest {
 protected:
  Paging() { instance_clock_ = &clock; }

  /// The user or group names of a list, in its order.
  static std::vector<std::string> names(const http::Response& response) {
    std::vector<std::string> found;
    const json::Object body = parse(response);
    const json::Value* resources = body.find("Resources");
    if (resources == nullptr) return found;
    for (const json::Value& one : *resources->as_array()) {
      const json::Object& resource = *one.as_object();
      const json::Value* name = resource.find("userName");
      if (name == nullptr) name = resource.find("displayName");
      found.push_back(*name->as_string());
    }
    return found;
  }
  std::vector<std::string> walked(const std::string& query) {
    std::vector<std::string> seen;
    std::string cursor;
    for (int pages = 0; pages < 200; ++pages) {
      const auto page = scim("GET", query + "&cursor=" + cursor);
      EXPECT_EQ(page.status, 200) << page.body;
      EXPECT_EQ(text(page, "startIndex"), "(absent)");
      for (auto& name : names(page)) seen.push_back(std::move(name));
      cursor = text(page, "nextCursor");
      if (cursor == "(absent)") return seen;
    }
    ADD_FAILURE() << "a walk that does not end";
    return seen;
  }
  std::string first_cursor(const std::string& query) {
    const auto page = scim("GET", query + "&cursor");
    EXPECT_EQ(text(page, "previousCursor"), "(absent)");
    return text(page, "nextCursor");
  }

  ManualClock clock{Instant(std::chrono::seconds(1'800'000'000))};
};

TEST_F(Paging, Walks_SeeTheWholeListInItsOrder) {
  for (const char* name : {"cem", "ana", "dee", "bo", "eve"}) create_user(name);
  create_group("Bakers");
  for (const std::string query : {"/Users?", "/Users?sortBy=userName", "/Groups?",
                                  "/Users?filter=userName%20pr&sortBy=userName&sortOrder=descending", "/?",
                                  "/?sortBy=userName", "/?sortBy=displayName", "/?sortBy=id&sortOrder=descending"}) {
    const auto all = names(scim("GET", query + "&startIndex=1&count=100"));
    EXPECT_GT(all.size(), 4U) << query;
    for (const char* count : {"&count=1", "&count=3", "&count=100"}) EXPECT_EQ(walked(query + count), all) << query;
  }
}

TEST_F(Paging, RootPages_ByIndexFitTogether) {
  for (const char* name : {"cem", "ana", "dee"}) create_user(name);
  create_group("Bakers");
  for (const std::string order : {"", "&sortBy=userName", "&sortBy=displayName&sortOrder=descending"}) {
    const auto all = names(scim("GET", "/?count=100" + order));
    std::vector<std::string> joined;
    for (std::size_t start = 1; start <= all.size(); start += 2) {
      const auto page = scim("GET", "/?count=2&startIndex=" + std::to_string(start) + order);
      EXPECT_EQ(text(page, "totalResults"), std::to_string(all.size()));
      for (auto& name : names(page)) joined.push_back(std::move(name));
    }
    EXPECT_EQ(joined, all) << order;
    EXPECT_TRUE(names(scim("GET", "/?count=2&startIndex=9007199254740993" + order)).empty());
  }
  EXPECT_EQ(names(scim("GET", "/?filter=userName%20pr&sortBy=userName")),
            (std::vector<std::string>{"ana", "cem", "dee"}));
  expect_scim_error(scim("GET", "/?filter=nosuch%20pr"), 400, "invalidFilter");
  expect_scim_error(scim("GET", "/?sortBy=nosuch"), 400, "invalidValue");
  EXPECT_EQ(header(scim("DELETE", "/"), "Allow"), "GET, HEAD");
  EXPECT_EQ(header(scim("PUT", "/.search", "{}"), "Allow"), "POST");
}

TEST_F(Paging, EveryAlteredCharacter_IsRefusedInTheSameWords) {
  for (const char* name : {"ana", "bo", "cem"}) create_user(name);
  const std::string cursor = first_cursor("/Users?count=1&sortBy=userName");
  EXPECT_EQ(cursor.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
  const auto refused = scim("GET", "/Users?count=1&sortBy=userName&cursor=zzz");
  expect_scim_error(refused, 400, "invalidCursor");
  for (std::size_t at = 0; at < cursor.size(); ++at) {
    std::string altered = cursor;
    altered[at] = altered[at] == 'A' ? 'B' : 'A';
    const auto answer = scim("GET", "/Users?count=1&sortBy=userName&cursor=" + altered);
    ASSERT_EQ(answer.body, refused.body) << at;
  }
  for (const std::string& wrong :
       {std::string(20'000, 'A'), cursor + "A", cursor.substr(1), std::string("%01"), std::string("a%20b")}) {
    EXPECT_EQ(scim("GET", "/Users?count=1&sortBy=userName&cursor=" + wrong).body, refused.body);
  }
  EXPECT_EQ(names(scim("GET", "/Users?count=1&sortBy=userName&cursor=" + cursor)), std::vector<std::string>{"bo"});
  expect_scim_error(scim("GET", "/Users?cursor=&cursor="), 400, "invalidCursor");
}

TEST_F(Paging, AnotherQuery_IsRefused) {
  for (const char* name : {"ana", "bo", "cem"}) create_user(name);
  const std::string cursor = first_cursor("/Users?count=1&sortBy=userName");
  for (const std::string query :
       {"/Users?count=1", "/Users?count=1&sortBy=displayName", "/Users?count=1&sortBy=userName&sortOrder=descending",
        "/Users?count=1&sortBy=userName&filter=userName%20pr", "/Groups?count=1&sortBy=displayName",
        "/?count=1&sortBy=userName"}) {
    expect_scim_error(scim("GET", query + "&cursor=" + cursor), 400, "invalidCursor");
  }
  expect_scim_error(scim("GET", "/Users?count=2&sortBy=userName&cursor=" + cursor), 400, "invalidCount");
  expect_scim_error(scim("GET", "/Users?count=0&sortBy=userName&cursor=" + cursor), 400, "invalidCount");
  expect_scim_error(scim("GET", "/Users?count=1&sortBy=userName&startIndex=1&cursor=" + cursor), 400, "invalidValue");
  EXPECT_EQ(names(scim("GET", "/Users?sortBy=USERNAME&sortOrder=ascending&cursor=" + cursor)),
            std::vector<std::string>{"bo"})
      << "the count of the first page goes on";
}

TEST_F(Paging, Cursor_ExpiresAfterItsTimeAndNotBefore) {
  for (const char* name : {"ana", "bo", "cem"}) create_user(name);
  start({{"limits.cursor_timeout", "90s"}});
  EXPECT_NE(scim("GET", "/ServiceProviderConfig").body.find(R"("cursorTimeout":90})"), std::string::npos);
  const std::string cursor = first_cursor("/Users?count=1");
  clock.advance(std::chrono::seconds(90));
  const auto second = scim("GET", "/Users?count=1&cursor=" + cursor);
  EXPECT_EQ(names(second), std::vector<std::string>{"bo"});
  clock.advance(std::chrono::milliseconds(1));
  expect_scim_error(scim("GET", "/Users?count=1&cursor=" + cursor), 400, "expiredCursor");
  EXPECT_EQ(names(scim("GET", "/Users?count=1&cursor=" + text(second, "nextCursor"))), std::vector<std::string>{"cem"})
      << "each page has cursors of its own";
  expect_scim_error(scim("GET", "/Groups?count=1&cursor=" + cursor), 400, "invalidCursor");
}

TEST_F(Paging, CountOfNothing_IsTheTotalAlone) {
  for (const char* name : {"ana", "bo"}) create_user(name);
  for (const char* count : {"0", "-3"}) {
    const auto answer = scim("GET", std::string("/Users?cursor&count=") + count);
    EXPECT_EQ(answer.body, R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":2})");
  }
}

TEST_F(Paging, Cursors_OutliveARestartButNotTheirKey) {
  for (const char* name : {"ana", "bo"}) create_user(name);
  const std::string cursor = first_cursor("/Users?count=1");
  start();
  EXPECT_EQ(names(scim("GET", "/Users?count=1&cursor=" + cursor)), std::vector<std::string>{"bo"});
  struct stat status {};
  ASSERT_EQ(::stat((directory_ + "/keys/cursor").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const std::string shared = "a key that replicas share, of 32 characters or more";
  start({{"scim.cursor_key", shared}});
  expect_scim_error(scim("GET", "/Users?count=1&cursor=" + cursor), 400, "invalidCursor");
  const std::string of_shared = first_cursor("/Users?count=1");
  std::filesystem::remove(directory_ + "/keys/cursor");
  start({{"scim.cursor_key", shared}});
  EXPECT_EQ(names(scim("GET", "/Users?count=1&cursor=" + of_shared)), std::vector<std::string>{"bo"});
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/keys/cursor"));
}

TEST_F(Paging, PasswordFilter_IsForBodiesOnly) {
  create_user("ana");
  for (const char* filter : {"password%20eq%20%22secret-4711%22", "not%20(PASSWORD%20pr)",
                             "userName%20pr%20and%20password%20eq%20%22secret-4711%22"}) {
    for (const char* path : {"/Users?filter=", "/?filter="}) {
      const auto answer = scim("GET", path + std::string(filter));
      expect_scim_error(answer, 403, "sensitive");
      EXPECT_EQ(answer.body.find("4711"), std::string::npos);
    }
  }
  EXPECT_EQ(text(scim("POST", "/Users/.search", R"({"filter":"password eq \"secret-4711\""})"), "totalResults"), "0");
}

}  // namespace
}  // namespace rolecall::test
