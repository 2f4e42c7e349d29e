#include "api_fixture.hpp"

namespace rolecall::test {
namespace {

/// Sessions of users with the admin API.
class AdminSessions : public ApiTest {
 protected:
  void SetUp() override {
    instance_clock_ = &moved_clock_;
    ApiTest::SetUp();
    create_user("maya@example.com");
    hers_ = token_of("maya@example.com", R"("users:read","audit:read")");
  }
  static Headers bearer(const std::string& token) {
    return {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}};
  }
  std::string token_of(const std::string& user, const std::string& scopes, const std::string& more = {}) {
    std::string body = R"({"name":"t","scopes":[)" + scopes + "]" + more;
    if (!user.empty()) body += R"(,"user":")" + user + '"';
    const auto made = send("POST", "/admin/v1/api-tokens", body + "}", admin());
    EXPECT_EQ(made.status, 201) << made.body;
    return text(made, "token");
  }
  http::Response begin(const std::string& token, const std::string& body = {}, const std::string& query = {}) {
    return send("POST", "/admin/v1/sessions" + query, body, bearer(token));
  }
  std::string begun(const std::string& token, const std::string& body = {}) {
    const auto answer = begin(token, body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return text(answer, "token");
  }
  int get(const std::string& token, const std::string& path = "/admin/v1/users") {
    return send("GET", path, {}, bearer(token)).status;
  }
  std::string states() {
    std::string found;
    const auto answer = send("GET", "/admin/v1/sessions", {}, admin());
    constexpr std::string_view kState = R"("state":")";
    for (auto at = answer.body.find(kState); at != std::string::npos; at = answer.body.find(kState, at + 1)) {
      const auto begin_of = at + kState.size();
      found += answer.body.substr(begin_of, answer.body.find('"', begin_of) - begin_of) + " ";
    }
    return found;
  }

  ManualClock moved_clock_{Instant(std::chrono::seconds(1'800'000'000))};
  std::string hers_;
};

TEST_F(AdminSessions, MayDoWhatTheTokenMayOrLess) {
  const std::string all = begun(hers_);
  EXPECT_TRUE(all.starts_with("rolecall_session_")) << all;
  EXPECT_EQ(all.size(), 86U);
  EXPECT_EQ(get(all), 200);
  EXPECT_EQ(get(all, "/admin/v1/audit"), 200);
  EXPECT_EQ(get(all, "/admin/v1/roles"), 403);
  const std::string some = begun(hers_, R"({"scopes":["users:read"]})");
  EXPECT_EQ(get(some), 200);
  const auto refused = send("GET", "/admin/v1/audit", {}, bearer(some));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(text(refused, "detail"), "This session lacks the scope audit:read.");
  EXPECT_EQ(begin(hers_, R"({"scopes":["users:read","roles:read"]})").status, 403);
  EXPECT_EQ(begin(hers_, R"({"scopes":"users:read"})").status, 400);
}

TEST_F(AdminSessions, AreOfSomebody) {
  const auto by_admin = send("POST", "/admin/v1/sessions", {}, admin());
  EXPECT_EQ(by_admin.status, 403);
  EXPECT_NE(text(by_admin, "detail").find("stands for nobody"), std::string::npos);
  const auto by_nobody = begin(token_of("", R"("users:read")"));
  EXPECT_EQ(by_nobody.status, 403);
  EXPECT_NE(text(by_nobody, "detail").find("stands for nobody"), std::string::npos);
  const auto by_session = begin(begun(hers_));
  EXPECT_EQ(by_session.status, 403) << "it could last for ever";
  EXPECT_EQ(text(by_session, "detail"), "A session begins no other one.");
  const auto who = send("GET", "/admin/v1/whoami", {}, bearer(begun(hers_)));
  EXPECT_EQ(text(who, "kind"), "session");
  EXPECT_EQ(text(who, "name"), "maya@example.com");
  EXPECT_TRUE(text(who, "caller").starts_with("user:"));
}

TEST_F(AdminSessions, OpenTheAdminApiAndNothingElse) {
  const std::string session = begun(hers_);
  EXPECT_EQ(get(session, "/scim/v2/Users"), 401);
  EXPECT_EQ(get(session, "/scim/v2/Me"), 401);
  EXPECT_EQ(send("POST", "/access/v1/evaluation", "{}", bearer(session)).status, 403);
  const auto answer = begin(hers_);
  std::string wrong = text(answer, "token");
  EXPECT_EQ(get(wrong.substr(0, wrong.size() - 1)), 401);
  wrong[30] = wrong[30] == 'a' ? 'b' : 'a';
  EXPECT_EQ(get(wrong), 401);
  EXPECT_EQ(send("GET", "/admin/v1/users", {}, {{"Authorization", "Basic " + session}}).status, 401);
}

TEST_F(AdminSessions, EndWhenTheyAreNotUsed) {
  const std::string session = begun(hers_);
  moved_clock_.advance(std::chrono::minutes(30) - std::chrono::seconds(1));
  EXPECT_EQ(get(session), 200);
  instance_->flush_session_uses();
  moved_clock_.advance(std::chrono::minutes(30) - std::chrono::seconds(1));
  EXPECT_EQ(get(session), 200) << "it was used";
  instance_->flush_session_uses();
  moved_clock_.advance(std::chrono::minutes(30));
  EXPECT_EQ(get(session), 401);
  EXPECT_EQ(states(), "idle ");
  moved_clock_.advance(std::chrono::minutes(-30));
  EXPECT_EQ(get(session), 401) << "also when the clock is set back";
}

TEST_F(AdminSessions, AreNotedOnceAMinuteAtMost) {
  const auto answer = begin(hers_);
  const std::string session = text(answer, "token");
  const auto used = [&] {
    EXPECT_EQ(get(session), 200);
    instance_->flush_session_uses();
    const auto list = send("GET", "/admin/v1/sessions", {}, admin());
    const auto at = list.body.find(R"("last_used":")");
    return list.body.substr(at + 13, 20);
  };
  const std::string first = used();
  moved_clock_.advance(std::chrono::seconds(59));
  EXPECT_EQ(used(), first);
  moved_clock_.advance(std::chrono::seconds(1));
  EXPECT_NE(used(), first);
}

TEST_F(AdminSessions, EndWithTheirTimeHoweverMuchTheyAreUsed) {
  const std::string session = begun(hers_);
  for (int i = 0; i < 12 * 3 - 1; ++i) {
    moved_clock_.advance(std::chrono::minutes(20));
    ASSERT_EQ(get(session), 200) << i;
    instance_->flush_session_uses();
  }
  moved_clock_.advance(std::chrono::minutes(20));
  EXPECT_EQ(get(session), 401);
  EXPECT_EQ(states(), "expired ");
}

TEST_F(AdminSessions, TakeTheirTimesFromTheConfiguration) {
  start({{"sessions.idle", "2s"}, {"sessions.absolute", "5s"}});
  const std::string unused = begun(hers_);
  moved_clock_.advance(std::chrono::milliseconds(1));
  const std::string used = begun(hers_);
  for (int i = 0; i < 4; ++i) {
    moved_clock_.advance(std::chrono::milliseconds(1200));
    EXPECT_EQ(get(used), 200) << "a short time is noted more often";
    instance_->flush_session_uses();
  }
  EXPECT_EQ(states(), "live idle ");
  EXPECT_EQ(get(unused), 401);
  moved_clock_.advance(std::chrono::milliseconds(200));
  EXPECT_EQ(get(used), 401);
}

TEST_F(AdminSessions, EndWithTheirToken) {
  const auto made =
      send("POST", "/admin/v1/api-tokens",
           R"({"name":"t","scopes":["users:read"],"user":"maya@example.com","expires_in_seconds":60})", admin());
  const std::string brief = begun(text(made, "token"));
  const std::string other = begun(hers_);
  const auto second = send("POST", "/admin/v1/api-tokens",
                           R"({"name":"t","scopes":["users:read"],"user":"maya@example.com"})", admin());
  const std::string of_second = begun(text(second, "token"));
  EXPECT_EQ(send("DELETE", "/admin/v1/api-tokens/" + text(second, "id"), {}, admin()).status, 204);
  EXPECT_EQ(get(of_second), 401);
  EXPECT_EQ(get(brief), 200);
  moved_clock_.advance(std::chrono::seconds(60));
  EXPECT_EQ(get(brief), 401);
  EXPECT_EQ(get(other), 200);
  const auto audit = send("GET", "/admin/v1/audit?limit=1000", {}, admin());
  EXPECT_NE(audit.body.find(R"("cause":"token_revoked")"), std::string::npos);
}

TEST_F(AdminSessions, SignOut_NeedsNoScope_AndEndsNoOther) {
  const auto mine = begin(hers_);
  const auto other = begin(hers_);
  const std::string session = text(mine, "token");
  EXPECT_EQ(send("DELETE", "/admin/v1/sessions/" + text(other, "id"), {}, bearer(session)).status, 403);
  EXPECT_EQ(send("DELETE", "/admin/v1/sessions/" + text(mine, "id"), {}, bearer(hers_)).status, 403);
  EXPECT_EQ(send("DELETE", "/admin/v1/sessions/" + text(mine, "id") + "?dry_run=true", {}, bearer(session)).status,
            200);
  EXPECT_EQ(get(session), 200);
  EXPECT_EQ(send("DELETE", "/admin/v1/sessions/" + text(mine, "id"), {}, bearer(session)).status, 204);
  EXPECT_EQ(get(session), 401);
  EXPECT_EQ(get(text(other, "token")), 200);
  EXPECT_EQ(send("DELETE", "/admin/v1/sessions/" + text(mine, "id"), {}, admin()).status, 404);
  EXPECT_EQ(send("DELETE", "/admin/v1/sessions/" + text(other, "id"), {}, admin()).status, 204);
  EXPECT_EQ(get(text(other, "token")), 401);
  const auto audit = send("GET", "/admin/v1/audit?limit=1000", {}, admin());
  EXPECT_NE(audit.body.find(R"("cause":"signed_out")"), std::string::npos);
  EXPECT_NE(audit.body.find(R"("cause":"ended")"), std::string::npos);
}

TEST_F(AdminSessions, OneUser_HasTwentyAtOnce) {
  for (int i = 0; i < 20; ++i) static_cast<void>(begun(hers_));
  EXPECT_EQ(begin(hers_).status, 409);
  create_user("tom@example.com");
  static_cast<void>(begun(token_of("tom@example.com", R"("users:read")")));
  moved_clock_.advance(std::chrono::minutes(30));
  static_cast<void>(begun(hers_));
  EXPECT_EQ(states(), "live idle ") << "what had ended of hers is forgotten, and nobody else's";
}

TEST_F(AdminSessions, ShowTheirSecretOnce) {
  Headers keyed = bearer(hers_);
  keyed.emplace_back("Idempotency-Key", "one");
  const auto first = send("POST", "/admin/v1/sessions", {}, keyed);
  const auto second = send("POST", "/admin/v1/sessions", {}, keyed);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(second.status, 409) << second.body;
  EXPECT_EQ(states(), "live ") << "and there is no second one";
  EXPECT_EQ(second.body.find("rolecall_session_"), std::string::npos);
  EXPECT_EQ(begin(hers_, {}, "?dry_run=true").body.find("rolecall_session_"), std::string::npos);
  EXPECT_EQ(log_text_.find(text(first, "token")), std::string::npos);
}

TEST_F(AdminSessions, RevokedAccess_LeavesTheAccount) {
  const std::string session = begun(hers_);
  const std::string where = "/admin/v1/users/maya%40example.com/revoke-access";
  const auto rehearsed = send("POST", where + "?dry_run=true", {}, admin());
  EXPECT_EQ(rehearsed.status, 200) << rehearsed.body;
  EXPECT_EQ(get(session), 200);
  EXPECT_EQ(send("POST", where, {}, bearer(session)).status, 403);
  const auto done = send("POST", where, {}, admin());
  EXPECT_EQ(done.body, R"({"sessions":1,"api_tokens":1,"tokens":0})");
  EXPECT_EQ(get(session), 401);
  EXPECT_EQ(get(hers_), 401);
  const auto user = send("GET", "/admin/v1/users/maya%40example.com", {}, admin());
  EXPECT_NE(user.body.find(R"("active":true)"), std::string::npos);
  EXPECT_NE(user.body.find("IT Agent"), std::string::npos);
  const auto rows = [&] { return send("GET", "/admin/v1/audit/verification", {}, admin()).body; };
  const std::string before = rows();
  EXPECT_EQ(send("POST", where, {}, admin()).body, R"({"sessions":0,"api_tokens":0,"tokens":0})");
  EXPECT_EQ(rows(), before) << "nothing was there to end";
  const auto timeline = send("GET", "/admin/v1/users/maya%40example.com/timeline", {}, admin());
  EXPECT_NE(timeline.body.find("Ended by admin: 1 token and 1 session."), std::string::npos) << timeline.body;
  EXPECT_NE(timeline.body.find("A session with the admin API was begun by maya@example.com."), std::string::npos);
}

TEST_F(AdminSessions, ALink_IsNotApprovedByItsMakerInAnotherGuise) {
  create_group("Service Desk");
  const std::string token = token_of("maya@example.com", R"("links:write")");
  const auto made = send("POST", "/admin/v1/links", R"({"group":"Service Desk","role":"IT Agent"})", bearer(token));
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string where = "/admin/v1/links/" + text(made, "id") + "/approval";
  for (const std::string& guise : {token, token_of("maya@example.com", R"("links:write")"), begun(token)}) {
    EXPECT_EQ(send("POST", where, {}, bearer(guise)).status, 409);
  }
  EXPECT_EQ(send("POST", where, {}, admin()).status, 200);
}

}  // namespace
}  // namespace rolecall::test
