#include "api_fixture.hpp"

namespace rolecall::test {
namespace {

using Authentication = ApiTest;
using RateLimit = ApiTest;

TEST_F(Authentication, BothForms_AreAccepted) {
  for (const std::string& value : {"Bearer " + token_, "bearer   " + token_, "BEARER\t" + token_, token_}) {
    EXPECT_EQ(send("GET", "/scim/v2/Users", {}, {{"Authorization", value}}).status, 200) << value.substr(0, 8);
  }
}

TEST_F(Authentication, EveryBadToken_GetsTheSameAnswer) {
  std::string altered = token_;
  altered.back() = altered.back() == '0' ? '1' : '0';
  std::string wrong_secret = token_;
  wrong_secret[40] = wrong_secret[40] == 'a' ? 'b' : 'a';
  const auto reference = send("GET", "/scim/v2/Users", {}, {});
  expect_scim_error(reference, 401);
  EXPECT_EQ(header(reference, "WWW-Authenticate").substr(0, 6), "Bearer");
  for (const std::string& value :
       {std::string(), std::string("Bearer"), std::string("Bearer  "), "Bearer " + altered, wrong_secret,
        "Bearer " + token_ + "x", "Basic " + token_, std::string(10'000, 'x'), std::string(kAdminToken)}) {
    const auto refused = send("GET", "/scim/v2/Users", {}, {{"Authorization", value}});
    EXPECT_EQ(refused.status, 401) << value.substr(0, 20);
    EXPECT_EQ(refused.body, reference.body);
  }
  const auto twice = send("GET", "/scim/v2/Users", {}, {{"Authorization", token_}, {"Authorization", token_}});
  EXPECT_EQ(twice.body, reference.body);
}

TEST_F(Authentication, ComesBeforeRouting) {
  expect_scim_error(send("GET", "/scim/v2/Nothing", {}, {}), 401);
  expect_scim_error(send("DELETE", "/scim/v2/Users", {}, {}), 401);
  expect_scim_error(send("GET", "/scim/v2/%zz", {}, {}), 401);
}

TEST_F(Authentication, RevokedToken_IsRefusedAtOnce) {
  EXPECT_EQ(scim("GET", "/Users").status, 200);
  const std::string id = token_.substr(9, 16);
  EXPECT_EQ(send("DELETE", "/admin/v1/tokens/" + id, {}, admin()).status, 204);
  EXPECT_EQ(scim("GET", "/Users").status, 401);
}

TEST_F(Authentication, ThirdLiveToken_IsAConflict) {
  make_token("okta");
  EXPECT_EQ(send("POST", "/admin/v1/tokens", R"({"connection":"okta"})", admin()).status, 409);
}

TEST_F(Authentication, TokenOfAnotherWorkspace_SeesNothing) {
  const std::string user = create_user("ana");
  ASSERT_EQ(send("POST", "/admin/v1/workspaces", R"({"name":"other"})", admin()).status, 201);
  ASSERT_EQ(send("POST", "/admin/v1/connections?workspace=other", R"({"name":"okta"})", admin()).status, 201);
  const auto made = send("POST", "/admin/v1/tokens?workspace=other", R"({"connection":"okta"})", admin());
  const Headers other{{"Authorization", text(made, "token")}};
  expect_scim_error(send("GET", "/scim/v2/Users/" + user, {}, other), 404);
  EXPECT_EQ(text(send("GET", "/scim/v2/Users", {}, other), "totalResults"), "0");
  EXPECT_EQ(send("DELETE", "/scim/v2/Users/" + user, {}, other).status, 404);
  EXPECT_EQ(scim("GET", "/Users/" + user).status, 200);
}

TEST_F(Authentication, NoSecret_IsLogged) {
  send("GET", "/scim/v2/Users", {}, {{"Authorization", "Bearer " + token_ + "x"}});
  create_user("canary@acme.example");
  scim("GET", "/Users?filter=userName+eq+%22canary@acme.example%22");
  EXPECT_NE(log_text_.find("request_completed"), std::string::npos);
  EXPECT_EQ(log_text_.find(token_), std::string::npos);
  EXPECT_EQ(log_text_.find(token_.substr(26, 43)), std::string::npos);
  EXPECT_EQ(log_text_.find("canary"), std::string::npos);
}

TEST_F(RateLimit, OffByDefault) {
  for (int at = 0; at < 500; ++at) ASSERT_EQ(scim("GET", "/Users?count=0").status, 200);
}

TEST_F(RateLimit, WhenSet_Answers429WithWholeSeconds) {
  start({{"limits.rate_per_token", "0.5"}, {"limits.rate_burst", "2"}});
  EXPECT_EQ(scim("GET", "/Users").status, 200);
  EXPECT_EQ(scim("GET", "/Users").status, 200);
  const auto refused = scim("GET", "/Users");
  expect_scim_error(refused, 429);
  EXPECT_EQ(header(refused, "Retry-After"), "2");
}

}  // namespace
}  // namespace rolecall::test
