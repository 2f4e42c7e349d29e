#include "api_fixture.hpp"

namespace rolecall::test {
namespace {

class TokenRotation : public ApiTest {
 protected:
  void SetUp() override {
    instance_clock_ = &moved_clock_;
    ApiTest::SetUp();
    id_ = token_.substr(9, 16);
  }
  http::Response ask(const std::string& method, const std::string& path, const std::string& body = {}) {
    return send(method, "/admin/v1" + path, body, json_headers());
  }
  static Headers json_headers() {
    Headers headers = admin();
    headers.emplace_back("Content-Type", "application/json");
    return headers;
  }
  http::Response rotate(const std::string& step, const std::string& id, const std::string& body = {}) {
    return ask("POST", "/tokens/" + id + "/rotate-" + step, body);
  }
  int status_with(const std::string& token) {
    return send("GET", "/scim/v2/Users", {}, {{"Authorization", "Bearer " + token}}).status;
  }
  json::Object listed(const std::string& id) {
    const json::Object list = parse(ask("GET", "/tokens"));
    for (const json::Value& item : *list.find("items")->as_array()) {
      if (*item.as_object()->find("id")->as_string() == id) return *item.as_object();
    }
    ADD_FAILURE() << id << " is not in the list";
    return {};
  }
  std::string part_of(const std::string& id) {
    const json::Object token = listed(id);
    const json::Value* rotation = token.find("rotation");
    return rotation->is_null() ? "none" : *rotation->as_object()->find("part")->as_string();
  }
  std::string last_action() {
    const json::Object audit = parse(ask("GET", "/audit?limit=1"));
    return *audit.find("items")->as_array()->front().as_object()->find("action")->as_string();
  }

  ManualClock moved_clock_{Instant(std::chrono::seconds(1'800'000'000))};
  std::string id_;
};

TEST_F(TokenRotation, Completed_LeavesTheNewOneAlone) {
  EXPECT_EQ(status_with(token_), 200);
  const auto started = rotate("start", id_);
  ASSERT_EQ(started.status, 201) << started.body;
  const std::string successor = text(started, "token");
  const std::string new_id = text(started, "id");
  EXPECT_EQ(status_with(token_), 200);
  EXPECT_EQ(status_with(successor), 200);
  EXPECT_EQ(part_of(id_), "old");
  EXPECT_EQ(part_of(new_id), "new");
  EXPECT_EQ(last_action(), "token.rotation_started");

  const auto completed = rotate("complete", id_);
  EXPECT_EQ(completed.status, 200) << completed.body;
  EXPECT_EQ(text(completed, "id"), new_id);
  EXPECT_EQ(status_with(token_), 401);
  EXPECT_EQ(status_with(successor), 200);
  EXPECT_EQ(part_of(new_id), "none");
  EXPECT_EQ(last_action(), "token.rotation_completed");
  EXPECT_EQ(rotate("complete", id_).status, 409);
}

TEST_F(TokenRotation, Canceled_LeavesTheOldOneAsItWas) {
  const auto started = rotate("start", id_, R"({"overlap_seconds":60})");
  ASSERT_EQ(started.status, 201) << started.body;
  EXPECT_EQ(status_with(text(started, "token")), 200);
  EXPECT_EQ(rotate("cancel", text(started, "id")).status, 200) << "either id names it";
  EXPECT_EQ(status_with(text(started, "token")), 401);
  moved_clock_.advance(std::chrono::hours(24 * 40));
  EXPECT_EQ(status_with(token_), 200) << "it does not retire any more";
  EXPECT_EQ(last_action(), "token.rotation_canceled");
}

TEST_F(TokenRotation, LeftAlone_EndsWithItsOverlap) {
  const auto started = rotate("start", id_, R"({"overlap_seconds":60})");
  ASSERT_EQ(started.status, 201) << started.body;
  moved_clock_.advance(std::chrono::seconds(59));
  EXPECT_EQ(status_with(token_), 200);
  moved_clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ(status_with(token_), 401);
  EXPECT_EQ(status_with(text(started, "token")), 200);
  EXPECT_EQ(rotate("cancel", id_).status, 409) << "the old one would come back to life";
  EXPECT_EQ(*listed(id_).find("state")->as_string(), "expired");
}

TEST_F(TokenRotation, OfARevokedSuccessor_KeepsTheOldOne) {
  const auto started = rotate("start", id_, R"({"overlap_seconds":60})");
  ASSERT_EQ(started.status, 201) << started.body;
  EXPECT_EQ(status_with(token_), 200);
  EXPECT_EQ(ask("DELETE", "/tokens/" + text(started, "id")).status, 204);
  moved_clock_.advance(std::chrono::seconds(61));
  EXPECT_EQ(status_with(token_), 200) << "nobody would be left";
  EXPECT_EQ(part_of(id_), "none");
}

TEST_F(TokenRotation, BeyondItsLimits_IsRefused) {
  EXPECT_EQ(rotate("start", id_, R"({"overlap_seconds":2592001})").status, 400);
  EXPECT_EQ(rotate("start", id_, R"({"overlap_seconds":0})").status, 400);
  EXPECT_EQ(rotate("start", "0000000000000000").status, 404);
  EXPECT_EQ(rotate("complete", "0000000000000000").status, 404);
  EXPECT_EQ(rotate("complete", id_).status, 409) << "none runs";
  const std::string other = make_token("okta");
  EXPECT_EQ(rotate("start", id_).status, 409) << "two are live already";
  EXPECT_EQ(ask("DELETE", "/tokens/" + other.substr(9, 16)).status, 204);
  EXPECT_EQ(rotate("start", id_, R"({"overlap_seconds":2592000})").status, 201);
  EXPECT_EQ(rotate("start", id_).status, 409) << "it runs already";
}

TEST_F(TokenRotation, Rehearsed_MakesNothing) {
  const auto rehearsed = ask("POST", "/tokens/" + id_ + "/rotate-start?dry_run=true");
  EXPECT_EQ(rehearsed.status, 201) << rehearsed.body;
  EXPECT_EQ(text(rehearsed, "token"), "(absent)");
  EXPECT_EQ(part_of(id_), "none");
}

}  // namespace
}  // namespace rolecall::test
