#include "api_fixture.hpp"

namespace rolecall::test {
namespace {

/// Tokens of the admin API that hold some of its permissions.
class ApiTokens : public ApiTest {
 protected:
  void SetUp() override {
    instance_clock_ = &moved_clock_;
    ApiTest::SetUp();
  }
  static Headers bearer(const std::string& token) {
    return {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}};
  }
  http::Response make(const std::string& scopes, const Headers& by, const std::string& more = {},
                      const std::string& query = {}) {
    return send("POST", "/admin/v1/api-tokens" + query, R"({"name":"reports","scopes":[)" + scopes + "]" + more + "}",
                by);
  }
  std::string made(const std::string& scopes, const std::string& more = {}, const std::string& query = {}) {
    const auto answer = make(scopes, admin(), more, query);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return text(answer, "token");
  }
  int get(const std::string& token, const std::string& path) { return send("GET", path, {}, bearer(token)).status; }

  ManualClock moved_clock_{Instant(std::chrono::seconds(1'800'000'000))};
};

TEST_F(ApiTokens, MayDoWhatTheirScopesSayAndNothingElse) {
  const std::string token = made(R"("users:read","grants:write")");
  create_user("maya@example.com");
  EXPECT_EQ(get(token, "/admin/v1/users"), 200);
  EXPECT_EQ(send("POST", "/admin/v1/users/maya%40example.com/grants", R"({"role":"IT Admin"})", bearer(token)).status,
            201);
  const auto refused = send("GET", "/admin/v1/roles", {}, bearer(token));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(header(refused, "Content-Type"), "application/problem+json");
  EXPECT_EQ(text(refused, "detail"), "This API token lacks the scope roles:read.");
  EXPECT_EQ(send("DELETE", "/admin/v1/users/maya%40example.com/grants/IT%20Admin", {}, bearer(token)).status, 200);
  EXPECT_EQ(send("POST", "/access/v1/evaluation", "{}", bearer(token)).status, 403);
}

TEST_F(ApiTokens, AreNamedInTheAudit) {
  const auto answer = make(R"("roles:write")", admin());
  ASSERT_EQ(send("POST", "/admin/v1/roles", R"({"name":"A"})", bearer(text(answer, "token"))).status, 201);
  const auto audit = send("GET", "/admin/v1/audit?limit=1000", {}, admin());
  EXPECT_NE(audit.body.find(R"("actor":"api-token:)" + text(answer, "id") + '"'), std::string::npos);
  EXPECT_NE(audit.body.find("api_token.created"), std::string::npos);
}

TEST_F(ApiTokens, AreGoneWhenRevokedOrExpired) {
  const auto answer = make(R"("users:read")", admin(), R"(,"expires_in_seconds":60)");
  const std::string token = text(answer, "token");
  EXPECT_EQ(get(token, "/admin/v1/users"), 200);
  moved_clock_.advance(std::chrono::seconds(60));
  EXPECT_EQ(get(token, "/admin/v1/users"), 401);
  const auto second = make(R"("users:read")", admin());
  EXPECT_EQ(send("DELETE", "/admin/v1/api-tokens/" + text(second, "id"), {}, admin()).status, 204);
  EXPECT_EQ(get(text(second, "token"), "/admin/v1/users"), 401);
  EXPECT_EQ(send("DELETE", "/admin/v1/api-tokens/" + text(second, "id"), {}, admin()).status, 404);
}

TEST_F(ApiTokens, NeverGiveMoreThanTheyHold) {
  const std::string token = made(R"("api-tokens:write","users:read")", R"(,"expires_in_seconds":3600)");
  const auto refused = make(R"("users:read","roles:write")", bearer(token));
  EXPECT_EQ(refused.status, 403);
  EXPECT_NE(text(refused, "detail").find("roles:write"), std::string::npos);
  const auto child = make(R"("users:read")", bearer(token));
  ASSERT_EQ(child.status, 201) << child.body;
  moved_clock_.advance(std::chrono::seconds(3600));
  EXPECT_EQ(get(text(child, "token"), "/admin/v1/users"), 401) << "it ends with the one that made it";
}

TEST_F(ApiTokens, StayInTheirWorkspace) {
  ASSERT_EQ(send("POST", "/admin/v1/workspaces", R"({"name":"north"})", admin()).status, 201);
  const std::string token = made(R"("users:read","system:read","decisions:read","api-tokens:write")");
  EXPECT_EQ(get(token, "/admin/v1/users?workspace=default"), 200);
  EXPECT_EQ(get(token, "/admin/v1/users?workspace=north"), 404) << "as if it were not there";
  EXPECT_EQ(make(R"("users:read")", bearer(token), {}, "?workspace=north").status, 404);
  EXPECT_EQ(get(token, "/admin/v1/system"), 200);
  EXPECT_EQ(get(token, "/admin/v1/doctor"), 403) << "it tells of every workspace";
  EXPECT_EQ(get(token, "/admin/v1/workspaces"), 403);
  const std::string question = R"({"subject":{"type":"user","id":"x"},"action":{"name":"requests.view"},)"
                               R"("resource":{"type":"workspace","id":"default"}})";
  EXPECT_EQ(send("POST", "/access/v1/evaluation", question, bearer(token)).status, 200);
  EXPECT_EQ(send("POST", "/access/v1/evaluation?workspace=north", question, bearer(token)).status, 404);
}

TEST_F(ApiTokens, BadWishes_AreRefused) {
  EXPECT_EQ(make("", admin()).status, 400);
  EXPECT_EQ(make(R"("user:read")", admin()).status, 400);
  EXPECT_EQ(make(R"("workspaces:write")", admin()).status, 400) << "a token belongs to one workspace";
  EXPECT_EQ(send("POST", "/admin/v1/api-tokens", R"({"scopes":["users:read"]})", admin()).status, 400);
  for (int count = 0; count < 100; ++count) ASSERT_EQ(make(R"("users:read")", admin()).status, 201) << count;
  EXPECT_EQ(make(R"("users:read")", admin()).status, 409) << "100 live ones are the limit";
}

TEST_F(ApiTokens, EveryCredential_OpensItsOwnDoorsOnly) {
  const std::string api = made(R"("users:read","decisions:read")");
  const std::string question = R"({"subject":{"type":"user","id":"x"},"action":{"name":"requests.view"},)"
                               R"("resource":{"type":"workspace","id":"default"}})";
  struct Cell {
    std::string credential;
    int scim, admin, decisions;
  };
  std::string damaged = api;
  damaged[40] = damaged[40] == 'A' ? 'B' : 'A';
  for (const Cell& cell : {Cell{token_, 200, 401, 401}, Cell{api, 401, 200, 200}, Cell{kAdminToken, 401, 200, 200},
                           Cell{damaged, 401, 401, 401}, Cell{"", 401, 401, 401}, Cell{" ", 401, 401, 401},
                           Cell{std::string(100'000, 'a'), 401, 401, 401}}) {
    const std::string shown = cell.credential.substr(0, 30);
    EXPECT_EQ(get(cell.credential, "/scim/v2/Users"), cell.scim) << shown;
    EXPECT_EQ(get(cell.credential, "/admin/v1/users"), cell.admin) << shown;
    EXPECT_EQ(send("POST", "/access/v1/evaluation", question, bearer(cell.credential)).status, cell.decisions) << shown;
  }
  for (const std::string path : {"/scim/v2/Users", "/admin/v1/users"}) {
    EXPECT_EQ(send("GET", path, {}, {{"Authorization", "Basic " + api}}).status, 401) << "another scheme";
    EXPECT_EQ(send("GET", path, {}, {}).status, 401);
  }
}

}  // namespace
}  // namespace rolecall::test
