#include <fstream>
#include <functional>
#include <iterator>
#include <utility>

#include "api_fixture.hpp"

namespace rolecall::test {
namespace {

/// What holds for every changing request: entity tags, dry runs, and what a refusal says.
class AdminChange : public ApiTest {
 protected:
  http::Response ask(const std::string& method, const std::string& path, const std::string& body = {},
                     const std::string& if_match = {}) {
    Headers headers = admin();
    if (!if_match.empty()) headers.emplace_back("If-Match", if_match);
    return send(method, "/admin/v1" + path, body, headers);
  }
  std::string tag_of(const std::string& path) { return header(ask("GET", path), "ETag"); }
  std::string head() { return text(ask("GET", "/audit/verification"), "head"); }
  std::string make_link(const std::string& role) {
    const auto made = ask("POST", "/links", R"({"group":"Desk","role":")" + role + R"("})");
    EXPECT_EQ(made.status, 201) << made.body;
    return text(made, "id");
  }
};
using EntityTags = AdminChange;
using DryRun = AdminChange;
using Problems = AdminChange;

class IdempotencyKey : public AdminChange {
 protected:
  void SetUp() override {
    instance_clock_ = &moved_clock_;
    ApiTest::SetUp();
  }
  http::Response post(const std::string& key, const std::string& path, const std::string& body) {
    Headers headers = admin();
    headers.emplace_back("Idempotency-Key", key);
    return send("POST", "/admin/v1" + path, body, headers);
  }
  ManualClock moved_clock_{Instant(std::chrono::seconds(1'800'000'000))};
};

TEST_F(IdempotencyKey, SameRequest_GetsTheSameAnswerAndDoesNothing) {
  const std::string body = R"({"name":"Night Desk"})";
  const auto first = post("k-1", "/roles", body);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(header(first, "Idempotency-Replayed"), "(absent)");
  const std::string before = head();
  const auto again = post("k-1", "/roles", body);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(header(again, "ETag"), header(first, "ETag"));
  EXPECT_EQ(header(again, "Idempotency-Replayed"), "true");
  EXPECT_EQ(head(), before);
  start();
  EXPECT_EQ(post("k-1", "/roles", body).body, first.body) << "it is in the database";
  EXPECT_EQ(post("k-2", "/roles", body).status, 409);
}

TEST_F(IdempotencyKey, OtherRequest_Is422) {
  ASSERT_EQ(post("k", "/roles", R"({"name":"A"})").status, 201);
  for (const auto& [path, body] : Headers{{"/roles", R"({"name":"B"})"},
                                          {"/roles?workspace=default", R"({"name":"A"})"},
                                          {"/connections", R"({"name":"A"})"}}) {
    const auto refused = post("k", path, body);
    EXPECT_EQ(refused.status, 422) << path << body;
    EXPECT_EQ(text(refused, "code"), "key_reused");
  }
}

TEST_F(IdempotencyKey, IsForgottenAfterSevenDays) {
  const std::string body = R"({"name":"A"})";
  ASSERT_EQ(post("k", "/roles", body).status, 201);
  moved_clock_.advance(std::chrono::hours(24 * 7 - 1));
  EXPECT_EQ(post("k", "/roles", body).status, 201);
  moved_clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(post("k", "/roles", body).status, 409) << "a new request, and the name is taken";
  EXPECT_EQ(post("k", "/roles", R"({"name":"B"})").status, 201);
}

TEST_F(IdempotencyKey, OfARefusalOrADryRun_IsStillUnused) {
  EXPECT_EQ(post("k", "/roles", R"({"name":""})").status, 400);
  EXPECT_EQ(post("k", "/roles?dry_run=true", R"({"name":"A"})").status, 201);
  EXPECT_EQ(post("k", "/roles", R"({"name":"A"})").status, 201);
}

TEST_F(IdempotencyKey, OfAToken_KeepsNoSecret) {
  const auto first = post("k", "/tokens", R"({"connection":"okta"})");
  ASSERT_EQ(first.status, 201);
  const std::string secret = text(first, "token").substr(24, 43);
  const auto again = post("k", "/tokens", R"({"connection":"okta"})");
  EXPECT_EQ(again.status, 409) << again.body;
  EXPECT_NE(text(again, "detail").find(text(first, "id")), std::string::npos);
  EXPECT_NE(text(again, "next").find("revoke"), std::string::npos);
  instance_.reset();
  for (const auto& file : std::filesystem::recursive_directory_iterator(directory_)) {
    if (!file.is_regular_file()) continue;
    std::ifstream bytes(file.path(), std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(bytes), {}};
    EXPECT_EQ(all.find(secret), std::string::npos) << file.path();
  }
}

TEST_F(IdempotencyKey, BelongsToItsCaller) {
  const auto made = ask("POST", "/api-tokens", R"({"name":"script","scopes":["roles:write"]})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(post("k", "/roles", R"({"name":"A"})").status, 201);
  const Headers other{{"Authorization", "Bearer " + text(made, "token")}, {"Idempotency-Key", "k"}};
  EXPECT_EQ(send("POST", "/admin/v1/roles", R"({"name":"B"})", other).status, 201);
  EXPECT_EQ(send("POST", "/admin/v1/roles", R"({"name":"C"})", other).status, 422);
}

/// Is asked for the time in the middle of a request, and does something then.
class InterruptingClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override {
    if (auto interrupt = std::exchange(interrupt_, {})) interrupt();
    return Instant(std::chrono::seconds(1'800'000'000));
  }
  mutable std::function<void()> interrupt_;
};

TEST_F(IdempotencyKey, OfARequestThatIsBeingWorkedOn_Is409WithRetryAfter) {
  const InterruptingClock clock;
  instance_clock_ = &clock;
  start();
  http::Response meanwhile;
  clock.interrupt_ = [&] { meanwhile = post("k", "/roles", R"({"name":"A"})"); };
  EXPECT_EQ(post("k", "/roles", R"({"name":"A"})").status, 201);
  EXPECT_EQ(meanwhile.status, 409) << meanwhile.body;
  EXPECT_EQ(header(meanwhile, "Retry-After"), "1");
  EXPECT_EQ(header(post("k", "/roles", R"({"name":"A"})"), "Idempotency-Replayed"), "true");
  instance_.reset();
}

TEST_F(IdempotencyKey, OfAWorkspace_BelongsToNone) {
  const auto first = post("k", "/workspaces", R"({"name":"north"})");
  EXPECT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(post("k", "/workspaces", R"({"name":"north"})").body, first.body);
  EXPECT_EQ(post("k", "/roles", R"({"name":"A"})").status, 201) << "keys of different workspaces do not meet";
  EXPECT_EQ(post("k", "/roles?workspace=north", R"({"name":"A"})").status, 201);
}

TEST_F(IdempotencyKey, ThatIsNoText_Is400) {
  for (const std::string& key : {std::string(), std::string("a b"), std::string("\xc3\xbc"), std::string(256, 'k')}) {
    EXPECT_EQ(post(key, "/roles", R"({"name":"A"})").status, 400) << key;
  }
  EXPECT_EQ(post(std::string(255, 'k'), "/roles", R"({"name":"A"})").status, 201);
  Headers twice = admin();
  twice.emplace_back("Idempotency-Key", "a");
  twice.emplace_back("Idempotency-Key", "a");
  EXPECT_EQ(send("POST", "/admin/v1/roles", R"({"name":"B"})", twice).status, 400);
}

TEST_F(EntityTags, AnswersOfOneResource_CarryTheTagThatReadingItGives) {
  create_group("Desk");
  const auto role = ask("POST", "/roles", R"({"name":"Night Desk","permissions":["requests.view"]})");
  EXPECT_EQ(header(role, "ETag"), tag_of("/roles/Night%20Desk"));
  const auto link = ask("POST", "/links", R"({"group":"Desk","role":"Night Desk"})");
  ASSERT_EQ(link.status, 201) << link.body;
  const auto changed = ask("PATCH", "/links/" + text(link, "id"), R"({"state":"paused"})", "*");
  EXPECT_EQ(header(changed, "ETag"), tag_of("/links/" + text(link, "id")));
  const auto connection = ask("PATCH", "/connections/okta", R"({"unknown_groups":"refuse"})", "*");
  EXPECT_EQ(header(connection, "ETag"), tag_of("/connections/okta"));
  EXPECT_EQ(header(ask("GET", "/roles"), "ETag"), "(absent)");
}

TEST_F(EntityTags, ChangeWithoutOne_Is428AndWithAnOldOne412) {
  create_group("Desk");
  ask("POST", "/roles", R"({"name":"Night Desk"})");
  const std::string link = "/links/" + make_link("IT Agent");
  struct Case {
    std::string method, path, body;
  };
  for (const Case& one : {Case{"PATCH", "/roles/Night%20Desk", R"({"description":"x"})"},
                          Case{"DELETE", "/roles/Night%20Desk", ""}, Case{"PATCH", link, R"({"state":"paused"})"},
                          Case{"DELETE", link, ""}, Case{"PATCH", "/connections/okta", R"({"ceiling":"IT Admin"})"}}) {
    const std::string before = head();
    const auto blind = ask(one.method, one.path, one.body);
    EXPECT_EQ(blind.status, 428) << one.path;
    EXPECT_EQ(text(blind, "code"), "precondition_required");
    EXPECT_NE(text(blind, "next").find("GET"), std::string::npos);
    const std::string tag = tag_of(one.path);
    const std::string old = '"' + std::string(tag.size() - 2, '0') + '"';
    EXPECT_EQ(ask(one.method, one.path, one.body, old).status, 412) << one.path;
    EXPECT_EQ(ask(one.method, one.path, one.body, "W/" + tag).status, 412) << "a weak tag promises too little";
    EXPECT_EQ(head(), before);
  }
  EXPECT_EQ(ask("DELETE", "/links/none", {}, "*").status, 404) << "what is not there cannot have changed";
}

TEST_F(EntityTags, CurrentOne_LetsTheChangeThroughOnce) {
  ask("POST", "/roles", R"({"name":"Night Desk"})");
  const std::string tag = tag_of("/roles/Night%20Desk");
  const std::string change = R"({"description":"When the others sleep."})";
  EXPECT_EQ(ask("PATCH", "/roles/Night%20Desk", change, "\"x\" , " + tag).status, 200);
  EXPECT_EQ(ask("PATCH", "/roles/Night%20Desk", change, tag).status, 412);
  EXPECT_EQ(ask("DELETE", "/roles/Night%20Desk", {}, tag_of("/roles/Night%20Desk")).status, 204);
}

TEST_F(DryRun, DoesTheSameAndKeepsNothing) {
  const std::string maya = create_user("maya");
  create_group("Desk", {maya});
  const std::string before = head();
  const auto rehearsed = ask("POST", "/links?dry_run=true", R"({"group":"Desk","role":"HR Admin"})");
  EXPECT_EQ(rehearsed.status, 201) << rehearsed.body;
  EXPECT_EQ(header(rehearsed, "X-Rolecall-Dry-Run"), "true");
  EXPECT_EQ(header(rehearsed, "ETag"), "(absent)") << "there is nothing that it could be the tag of";
  EXPECT_EQ(text(rehearsed, "role"), "HR Admin");
  const std::string found = text(rehearsed, "dry_run");
  EXPECT_NE(found.find("link.created"), std::string::npos) << found;
  EXPECT_NE(found.find("grant.added"), std::string::npos) << found;
  EXPECT_NE(found.find("User/" + maya), std::string::npos) << found;
  EXPECT_EQ(head(), before);
  EXPECT_EQ(ask("GET", "/links/" + text(rehearsed, "id")).status, 404);
  const auto real = ask("POST", "/links?dry_run=false", R"({"group":"Desk","role":"HR Admin"})");
  EXPECT_EQ(real.status, 201);
  EXPECT_EQ(header(real, "X-Rolecall-Dry-Run"), "(absent)");
}

TEST_F(DryRun, RefusesWhatTheRealRunRefuses) {
  ask("POST", "/roles", R"({"name":"Night Desk"})");
  EXPECT_EQ(ask("POST", "/roles?dry_run=true", R"({"name":"night desk"})").status, 409);
  EXPECT_EQ(ask("DELETE", "/roles/Owner?dry_run=true", {}, "*").status, 403);
  EXPECT_EQ(ask("DELETE", "/roles/Night%20Desk?dry_run=true").status, 428);
  EXPECT_EQ(ask("DELETE", "/roles/Night%20Desk?dry_run=true", {}, "\"x\"").status, 412);
  // Neither a slip of the pen nor a doubled parameter may turn a look into a change.
  EXPECT_EQ(ask("POST", "/roles?dry_run=yes", R"({"name":"X"})").status, 400);
  EXPECT_EQ(ask("POST", "/roles?dry_run=true&dry_run=false", R"({"name":"X"})").status, 400);
  EXPECT_EQ(ask("GET", "/roles/X").status, 404);
}

TEST_F(DryRun, OfWhatAnswersNothing_AnswersTheRows) {
  ask("POST", "/roles", R"({"name":"Night Desk"})");
  const auto rehearsed = ask("DELETE", "/roles/Night%20Desk?dry_run=true", {}, "*");
  EXPECT_EQ(rehearsed.status, 200);
  EXPECT_NE(text(rehearsed, "dry_run").find("role.removed"), std::string::npos) << rehearsed.body;
  EXPECT_EQ(ask("GET", "/roles/Night%20Desk").status, 200);
}

TEST_F(DryRun, OfAWorkspace_ShowsTheRowsOfTheNewOne) {
  const auto rehearsed = ask("POST", "/workspaces?dry_run=true", R"({"name":"north"})");
  EXPECT_EQ(rehearsed.status, 201) << rehearsed.body;
  EXPECT_NE(text(rehearsed, "dry_run").find("workspace.created"), std::string::npos) << rehearsed.body;
  EXPECT_EQ(ask("GET", "/workspaces").body.find("north"), std::string::npos);
}

TEST_F(DryRun, OfAToken_ShowsNoneAndLogsNothing) {
  const std::string log_before = log_text_;
  const auto rehearsed = ask("POST", "/tokens?dry_run=true", R"({"connection":"okta"})");
  EXPECT_EQ(rehearsed.status, 201) << rehearsed.body;
  EXPECT_EQ(text(rehearsed, "token"), "(absent)");
  EXPECT_EQ(rehearsed.body.find("rolecall_"), std::string::npos);
  const std::string id = text(rehearsed, "id");
  EXPECT_EQ(ask("GET", "/tokens").body.find(id), std::string::npos);
  const auto listed = parse(ask("GET", "/tokens"));
  const json::Object& live = *listed.find("items")->as_array()->front().as_object();
  EXPECT_EQ(ask("DELETE", "/tokens/" + *live.find("id")->as_string() + "?dry_run=true").status, 200);
  EXPECT_EQ(scim("GET", "/Users").status, 200) << "the token still opens";
  EXPECT_EQ(log_text_.substr(log_before.size()).find("token_created"), std::string::npos);
  EXPECT_EQ(log_text_.substr(log_before.size()).find("token_revoked"), std::string::npos);
}

TEST_F(Problems, SayWhereAndWhatNext) {
  const auto wrong = ask("POST", "/roles", R"({"name":"X","permissions":"all"})");
  EXPECT_EQ(text(wrong, "pointer"), "/permissions");
  EXPECT_EQ(text(wrong, "type"), "/docs#error-invalid_value");
  EXPECT_EQ(text(wrong, "request").substr(0, 8), "request-");
  EXPECT_EQ(text(wrong, "next"), "(absent)");
  ask("POST", "/tokens", R"({"connection":"okta"})");
  const auto third = ask("POST", "/tokens", R"({"connection":"okta"})");
  EXPECT_EQ(third.status, 409);
  EXPECT_NE(text(third, "next").find("Revoke"), std::string::npos) << third.body;
  EXPECT_EQ(text(third, "detail").find("Revoke"), std::string::npos) << "said once";
}

}  // namespace
}  // namespace rolecall::test
