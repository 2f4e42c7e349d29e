#include "api_fixture.hpp"

namespace rolecall::test {
namespace {

class BulkApi : public ApiTest {
 protected:
  static std::string message(const std::string& operations, const std::string& more = "") {
    return R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"])" + more + R"(,"Operations":[)" +
           operations + "]}";
  }
  static std::string user(const std::string& name) {
    return R"({"method":"POST","path":"/Users","bulkId":")" + name + R"(","data":{"userName":")" + name + R"("}})";
  }
  http::Response bulk(const std::string& operations, const Headers& headers = {}) {
    return scim("POST", "/Bulk", message(operations), headers);
  }
  static std::vector<std::string> statuses(const http::Response& response) {
    EXPECT_EQ(response.status, 200) << response.body;
    std::vector<std::string> all;
    const json::Object body = parse(response);
    for (const json::Value& result : *body.find("Operations")->as_array()) {
      all.push_back(*result.as_object()->find("status")->as_string());
    }
    return all;
  }
  std::string total_users() { return text(scim("GET", "/Users?count=0"), "totalResults"); }
  using Statuses = std::vector<std::string>;
};

TEST_F(BulkApi, TheAnswer_IsExact) {
  const auto response = bulk(
      user("ana") +
      R"(,{"method":"DELETE","path":"/Users/bulkId:ana"},{"method":"PUT","path":"/Users/1","data":{"userName":"b"}},)" +
      R"({"method":"DELETE","path":"/Nothing/\u0022"})");
  const json::Object body = parse(response);
  const json::Array& results = *body.find("Operations")->as_array();
  const std::string location = *results[0].as_object()->find("location")->as_string();
  EXPECT_TRUE(location.starts_with("http://scim.example.com/scim/v2/Users/"));
  EXPECT_EQ(json::write(results[0]),
            R"({"method":"POST","bulkId":"ana","location":")" + location + R"(","version":"W/\"1\"","status":"201"})");
  EXPECT_EQ(json::write(results[1]), R"({"method":"DELETE","location":")" + location + R"(","status":"204"})");
  EXPECT_EQ(
      json::write(results[2]),
      R"({"method":"PUT","location":"http://scim.example.com/scim/v2/Users/1","status":"404","response":{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404","detail":"No User with this id exists."}})");
  EXPECT_EQ(*results[3].as_object()->find("location")->as_string(), "http://scim.example.com/scim/v2/Nothing/\"");
  EXPECT_EQ(body.size(), 2U);
}

TEST_F(BulkApi, OperationsThatAreTooMany_AreNamed) {
  start({{"limits.bulk_operations", "2"}, {"limits.bulk_body", "1KiB"}});
  EXPECT_EQ(statuses(bulk(user("a") + "," + user("b"))), (Statuses{"201", "201"}));
  const auto refused = bulk(user("c") + "," + user("d") + "," + user("e"));
  EXPECT_EQ(refused.status, 413);
  EXPECT_NE(text(refused, "detail").find(" 2."), std::string::npos) << refused.body;
  EXPECT_EQ(total_users(), "2");
  EXPECT_EQ(text(scim("GET", "/ServiceProviderConfig"), "bulk"),
            R"({"supported":true,"maxOperations":2,"maxPayloadSize":1024})");
  EXPECT_EQ(instance_->service().body_limit("POST", "/scim/v2/Bulk"), 1024U);
}

TEST_F(BulkApi, AtomicHeader_UndoesAllAndSaysWhy) {
  const std::string operations =
      user("ana") + R"(,{"method":"POST","path":"/Users","bulkId":"x","data":{"title":"x"}},)" + user("bo");
  EXPECT_EQ(statuses(bulk(operations, {{"X-Rolecall-Atomic", "TRUE"}})), (Statuses{"409", "400", "409"}));
  EXPECT_EQ(total_users(), "0");
  EXPECT_EQ(statuses(bulk(operations, {{"X-Rolecall-Atomic", "false"}})), (Statuses{"201", "400", "201"}));
  EXPECT_EQ(bulk(operations, {{"X-Rolecall-Atomic", "yes"}}).status, 400);
  EXPECT_EQ(bulk(operations, {{"X-Rolecall-Atomic", "true"}, {"X-Rolecall-Atomic", "true"}}).status, 400);
  EXPECT_EQ(statuses(bulk(user("c") + "," + user("d"), {{"X-Rolecall-Atomic", "true"}})), (Statuses{"201", "201"}));
}

TEST_F(BulkApi, TheLog_CountsAndHoldsNoValues) {
  const std::string secret =
      R"({"method":"POST","path":"/Users","bulkId":"canary-id","data":{"userName":"canary-name","password":"canary-password"}})";
  EXPECT_EQ(statuses(bulk(secret + "," + secret + R"(,{"method":"delete","path":"Users/canary-path"})")),
            (Statuses{"201", "400", "404"}));
  EXPECT_NE(log_text_.find(R"("event":"bulk_completed")"), std::string::npos);
  EXPECT_NE(log_text_.find(R"("operations":3,"processed":3,"failed":2,"all_or_nothing":false)"), std::string::npos)
      << log_text_;
  EXPECT_NE(log_text_.find("loose_bulk"), std::string::npos);
  EXPECT_EQ(log_text_.find("canary"), std::string::npos);
}

TEST_F(BulkApi, Resources_MayBeAsDeepAsAlone) {
  start({{"limits.json_depth", "8"}});
  const auto deep = [](std::size_t depth) {
    return R"({"method":"POST","path":"/Users","bulkId":"q","data":{"userName":"q","x":)" + std::string(depth, '[') +
           std::string(depth, ']') + "}}";
  };
  EXPECT_EQ(statuses(bulk(deep(7))), (Statuses{"201"}));
  EXPECT_EQ(bulk(deep(8)).status, 400);
}

TEST_F(BulkApi, Versions_AreReadLikeIfMatch) {
  const std::string path = "/Users/" + create_user("ana");
  const auto remove = [&](const std::string& version) {
    return statuses(bulk(R"({"method":"DELETE","path":")" + path + R"(","version":")" + version + R"("})")).front();
  };
  for (const char* wrong : {"W/\\\"2\\\"", "other", "W/\\\"1\\\", W/\\\"2\\\""})
    EXPECT_EQ(remove(wrong), "412") << wrong;
  EXPECT_EQ(remove("*"), "204");
  EXPECT_EQ(remove("W/\\\"1\\\""), "404");
}

}  // namespace
}  // namespace rolecall::test
