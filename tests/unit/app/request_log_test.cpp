#include "rolecall/audit/request_log.hpp"
#include "api_fixture.hpp"

namespace rolecall::test {
namespace {

/// The request log and its inspector.
class RequestLog : public ApiTest {
 protected:
  http::Response ask(const std::string& method, const std::string& path) {
    return send(method, "/admin/v1" + path, {}, admin());
  }
  json::Array listed(const std::string& query = {}) {
    const json::Object page = parse(ask("GET", "/requests" + query));
    const json::Value* items = page.find("items");
    return items != nullptr ? *items->as_array() : json::Array();
  }
  static std::string member(const json::Value& item, std::string_view name) {
    const json::Value* value = item.as_object()->find(name);
    if (value == nullptr) return "(absent)";
    return value->is_string() ? *value->as_string() : json::write(*value);
  }
  static std::string member(const json::Object& object, std::string_view name) {
    return member(json::Value(object), name);
  }
  json::Object newest() { return parse(ask("GET", "/requests/" + member(listed("?limit=1").at(0), "id"))); }
  std::string steps_of(const json::Object& request) {
    std::string states;
    for (const json::Value& step : *request.find("steps")->as_array()) {
      states += (states.empty() ? "" : ", ") + member(step, "state");
    }
    return states;
  }
  /// Ids that grow, as the server's own do.
  http::Response push(const std::string& method, const std::string& path, const std::string& body = {},
                      const std::string& token = {}) {
    http::Request request;
    request.method = method;
    request.target = "/scim/v2" + path;
    request.body = body;
    request.id = RequestId(instance_->ids().next());
    request.headers.add("Authorization", "Bearer " + (token.empty() ? token_ : token));
    if (!body.empty()) request.headers.add("Content-Type", "application/scim+json");
    return instance_->service().handle(request);
  }
  std::string create_user(const std::string& name) {
    return text(push("POST", "/Users", R"({"userName":")" + name + R"(","active":true})"), "id");
  }
  std::string create_group(const std::string& name, const std::vector<std::string>& members = {}) {
    std::string body = R"({"displayName":")" + name + R"(","members":[)";
    for (const std::string& member : members) body += R"({"value":")" + member + R"("})";
    return text(push("POST", "/Groups", body + "]}"), "id");
  }
};

TEST_F(RequestLog, TellsInWordsWhatWasDone) {
  const std::string maya = create_user("maya@example.com");
  const std::string group = create_group("IT Admins", {maya});
  ASSERT_EQ(send("POST", "/admin/v1/links", R"({"group":"IT Admins","role":"IT Admin"})", admin()).status, 201);
  const auto removed = push("PATCH", "/Groups/" + group,
                            patch_body(R"({"op":"Remove","path":"members[value eq \")" + maya + R"(\"]"})"));
  ASSERT_EQ(removed.status, 204) << removed.body;
  const json::Object request = newest();
  EXPECT_EQ(member(request, "intent"), "removed maya@example.com from IT Admins");
  EXPECT_EQ(member(request, "path"), "/Groups/{id}");
  EXPECT_EQ(member(request, "resource"), group);
  EXPECT_EQ(member(request, "connection"), "okta");
  EXPECT_EQ(steps_of(request), "ok, ok, ok, ok, ok");
  EXPECT_EQ(member(request, "lost"),
            R"([{"user":"maya@example.com","role":"IT Admin"},{"user":"maya@example.com","role":"IT Admins"}])");
  EXPECT_EQ(member(request, "gained"), R"([{"user":"maya@example.com","role":"IT Agent"}])");
  EXPECT_NE(member(request, "rewrites").find('['), std::string::npos);
  EXPECT_EQ(member(request, "id"), header(removed, "X-Request-Id"));
}

TEST_F(RequestLog, ShowsWhichAttributesChanged) {
  const std::string maya = create_user("maya@example.com");
  push(
      "PATCH", "/Users/" + maya,
      patch_body(R"({"op":"replace","path":"nickName","value":"May"},{"op":"replace","path":"title","value":"Lead"})"));
  const json::Object request = newest();
  EXPECT_EQ(member(request, "attributes"), R"(["nickName","title"])");
  EXPECT_EQ(member(request, "intent"), "changed maya@example.com");
}

TEST_F(RequestLog, ShowsHowFarARefusedRequestGot) {
  create_user("maya@example.com");
  push("POST", "/Users", R"({"userName":"maya@example.com"})");
  EXPECT_EQ(steps_of(newest()), "ok, ok, ok, failed, not reached");
  EXPECT_EQ(member(newest(), "scim_type"), "uniqueness");
  EXPECT_EQ(member(newest(), "intent"), "tried to create a User");
  push("POST", "/Users", "{");
  EXPECT_EQ(steps_of(newest()), "ok, failed, not reached, not reached, not reached");
  push("GET", "/Users/01932c6f-0000-7000-8000-000000000000");
  EXPECT_EQ(steps_of(newest()), "ok, ok, failed, not reached, not reached");
  push("GET", "/Users?filter=secretword");
  EXPECT_EQ(member(newest(), "path"), "/Users");
  EXPECT_EQ(json::write(json::Value(newest())).find("secretword"), std::string::npos);
}

TEST_F(RequestLog, ShowsBadTokens) {
  push("GET", "/Users", {}, "nonsense");
  json::Array items = listed("?unauthenticated=true");
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(member(items[0], "connection"), "null");
  EXPECT_EQ(member(items[0], "status"), "401");
  EXPECT_EQ(steps_of(newest()), "failed, not reached, not reached, not reached, not reached");

  const std::string revoked = make_token("okta");
  ASSERT_EQ(ask("DELETE", "/tokens/" + revoked.substr(9, 16)).status, 204);
  push("GET", "/Users", {}, revoked);
  EXPECT_EQ(member(newest(), "connection"), "okta") << "one of ours once";
  EXPECT_EQ(member(newest(), "token"), revoked.substr(9, 16));
}

TEST_F(RequestLog, BadTokensAreNothingForAnApiToken) {
  push("GET", "/Users", {}, "nonsense");
  const auto made = send("POST", "/admin/v1/api-tokens", R"({"name":"x","scopes":["requests:read"]})", admin());
  ASSERT_EQ(made.status, 201) << made.body;
  const auto seen = send("GET", "/admin/v1/requests", {}, {{"Authorization", "Bearer " + text(made, "token")}});
  EXPECT_EQ(seen.status, 200);
  EXPECT_EQ(seen.body.find("\"status\":401"), std::string::npos) << seen.body;
}

TEST_F(RequestLog, IsFilteredAndPaged) {
  for (int i = 0; i < 5; ++i) push("POST", "/Users", R"({"userName":"u)" + std::to_string(i) + R"("})");
  push("GET", "/Users/nobody");
  EXPECT_EQ(listed("?status=4xx").size(), 1U);
  EXPECT_EQ(listed("?status=2xx&connection=okta").size(), 5U);
  EXPECT_EQ(listed("?since=2999-01-01T00:00:00Z").size(), 0U);
  EXPECT_EQ(ask("GET", "/requests?status=404").status, 400);
  EXPECT_EQ(ask("GET", "/requests?connection=nobody").status, 404);
  const auto first = ask("GET", "/requests?limit=4");
  const auto second = ask("GET", "/requests?limit=4&cursor=" + text(first, "next_cursor"));
  EXPECT_EQ(parse(second).find("items")->as_array()->size(), 2U);
  EXPECT_EQ(text(second, "next_cursor"), "null");
}

TEST_F(RequestLog, KeepsTheNewestOnly) {
  start({{"request_log.keep", "3"}});
  for (int i = 0; i < 20; ++i) {
    push("GET", "/Users");
    ASSERT_LE(listed().size(), 4U) << "three, and one that waits for the next look";
  }
}

TEST_F(RequestLog, SwitchedOff_IsEmpty) {
  start({{"request_log.keep", "0"}});
  push("GET", "/Users");
  EXPECT_EQ(listed().size(), 0U);
}

TEST_F(RequestLog, ReplayShowsWhatItWouldDoAndDoesNothing) {
  const std::string maya = create_user("maya@example.com");
  const std::string group = create_group("Desk", {maya});
  const auto removed = push("PATCH", "/Groups/" + group,
                            patch_body(R"({"op":"remove","path":"members[value eq \")" + maya + R"(\"]"})"));
  const std::string id = header(removed, "X-Request-Id");
  EXPECT_EQ(text(ask("POST", "/requests/" + id + "/replay?dry_run=true"), "intent"), "change nothing");
  ASSERT_EQ(push("PATCH", "/Groups/" + group,
                 patch_body(R"({"op":"add","path":"members","value":[{"value":")" + maya + R"("}]})"))
                .status,
            204);
  const auto replayed = ask("POST", "/requests/" + id + "/replay?dry_run=true");
  EXPECT_EQ(replayed.status, 200) << replayed.body;
  EXPECT_EQ(text(replayed, "intent"), "removed maya@example.com from Desk");
  EXPECT_EQ(text(replayed, "status"), "204");
  EXPECT_NE(push("GET", "/Groups/" + group).body.find(maya), std::string::npos) << "she is still in it";
  EXPECT_EQ(ask("POST", "/requests/" + id + "/replay").status, 400) << "only as a dry run";
}

TEST_F(RequestLog, ReplayOfWhatIsRefused_SaysSo) {
  const auto made = push("POST", "/Users", R"({"userName":"maya@example.com"})");
  const auto replayed = ask("POST", "/requests/" + header(made, "X-Request-Id") + "/replay?dry_run=true");
  EXPECT_EQ(replayed.status, 200) << replayed.body;
  EXPECT_EQ(text(replayed, "status"), "409");
}

TEST_F(RequestLog, BodiesOverTheLimit_AreNotKept) {
  start({{"request_log.body", "100"}});
  const auto body_of = [](std::size_t length) {
    std::string body = R"({"userName":"u)" + std::to_string(length) + R"(","title":""})";
    return body.insert(body.size() - 2, length - body.size(), 'x');
  };
  push("POST", "/Users", body_of(100));
  EXPECT_EQ(member(newest(), "body_state"), "kept");
  const auto over = push("POST", "/Users", body_of(101));
  EXPECT_EQ(member(newest(), "body_state"), "too long");
  const auto replayed = ask("POST", "/requests/" + header(over, "X-Request-Id") + "/replay?dry_run=true");
  EXPECT_EQ(replayed.status, 409) << replayed.body;
  EXPECT_NE(text(replayed, "detail").find("too long"), std::string::npos);
}

TEST_F(RequestLog, HoldsNoPasswordAndNoToken) {
  const std::string word = "Correct-Horse-7";
  push("POST", "/Users", R"({"userName":"maya@example.com","password":")" + word + R"(","title":")" + token_ + R"("})");
  const std::string maya = member(newest(), "resource");
  push("PATCH", "/Users/" + maya, patch_body(R"({"op":"replace","path":"password","value":")" + word + R"("})"));
  push("PATCH", "/Users/" + maya, patch_body(R"({"op":"replace","value":{"password":")" + word + R"("}})"));
  push("GET", "/Users/" + word);
  push("GET", "/" + word + "?filter=userName%20eq%20%22" + word + "%22");
  push("GET", "/Users", {}, word);
  std::string all = ask("GET", "/requests").body;
  for (const json::Value& item : listed()) all += ask("GET", "/requests/" + member(item, "id")).body;
  EXPECT_EQ(all.find(word), std::string::npos);
  EXPECT_EQ(all.find(token_.substr(26, 43)), std::string::npos);
  EXPECT_NE(all.find("[removed]"), std::string::npos);
}

TEST(Redaction, TakesOutWhatCouldBeSecret) {
  const auto redacted = [](const std::string& body) { return audit::redact(body).value_or("(none)"); };
  EXPECT_EQ(redacted(R"({"a":[{"newPassword":"x","n":1}]})"), R"({"a":[{"newPassword":"[removed]","n":1}]})");
  EXPECT_EQ(redacted(R"({"Operations":[{"op":"add","Path":"urn:x:User:PASSWORD","Value":"x"}]})"),
            R"({"Operations":[{"op":"add","Path":"urn:x:User:PASSWORD","Value":"[removed]"}]})");
  EXPECT_EQ(redacted(R"({"t":"Bearer abc","u":"so rolecall_0123456789abcdef_x"})"),
            R"({"t":"[removed]","u":"[removed]"})");
  EXPECT_EQ(redacted(R"({"clientSecret":{"deep":["x"]}})"), R"({"clientSecret":"[removed]"})");
  EXPECT_EQ(redacted("{"), "(none)");
}

}  // namespace
}  // namespace rolecall::test
