#include "api_fixture.hpp"

namespace rolecall::test {
namespace {

class AdminApi : public ApiTest {
 protected:
  http::Response get(const std::string& path) { return send("GET", "/admin/v1" + path, {}, admin()); }
  http::Response change(const std::string& method, const std::string& path, const std::string& body = {}) {
    Headers headers = admin();
    headers.emplace_back("If-Match", "*");
    return send(method, "/admin/v1" + path, body, headers);
  }
  static void expect_problem(const http::Response& response, int status, const std::string& code) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(header(response, "Content-Type"), "application/problem+json");
    EXPECT_EQ(text(response, "code"), code);
    EXPECT_GT(text(response, "detail").size(), 10U);
    EXPECT_EQ(text(response, "type"), "/docs#error-" + code);
    EXPECT_EQ(text(response, "request").substr(0, 8), "request-");
  }
};
using Decisions = AdminApi;
using Faces = AdminApi;

TEST_F(AdminApi, NeedsTheAdminToken) {
  for (const Headers& headers :
       {Headers{}, Headers{{"Authorization", "Bearer x"}}, Headers{{"Authorization", token_}}}) {
    expect_problem(send("GET", "/admin/v1/roles", {}, headers), 401, "unauthenticated");
  }
  EXPECT_EQ(get("/roles").status, 200);
}

TEST_F(AdminApi, LinkedGroup_GivesItsRoleAndTheExplanationSaysSo) {
  const std::string user = create_user("maya@example.com");
  create_group("Service Desk", {user});
  const auto link = change("POST", "/links", R"({"group":"Service Desk","role":"IT Admin"})");
  ASSERT_EQ(link.status, 201) << link.body;
  const auto explained = get("/users/maya%40example.com/explanation");
  EXPECT_NE(text(explained, "sentence").find("IT Admin"), std::string::npos) << explained.body;
  EXPECT_NE(text(explained, "text").find("Service Desk"), std::string::npos);
  EXPECT_NE(text(get("/users/maya@example.com"), "roles").find("IT Admin"), std::string::npos);
  EXPECT_NE(get("/roles/IT%20Admin/holders").body.find("maya@example.com"), std::string::npos);
  const std::string id = text(link, "id");
  EXPECT_EQ(text(change("PATCH", "/links/" + id, R"({"state":"paused"})"), "state"), "paused");
  EXPECT_EQ(text(get("/users/maya@example.com"), "roles").find("IT Admin"), std::string::npos);
  EXPECT_EQ(text(change("PATCH", "/links/" + id, R"({"state":"active"})"), "state"), "active");
  EXPECT_EQ(change("DELETE", "/links/" + id).status, 204);
  expect_problem(get("/links/" + id), 404, "not_found");
}

TEST_F(AdminApi, Roles_AreMadeChangedAndRemoved) {
  const auto made = change("POST", "/roles", R"({"name":"Night Desk","permissions":["requests.reply"]})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(text(made, "permissions"), R"(["requests.reply"])");
  expect_problem(change("POST", "/roles", R"({"name":"night desk"})"), 409, "uniqueness");
  expect_problem(change("POST", "/roles", R"({"name":"X","permissions":["requests.replly"]})"), 400, "invalid_value");
  expect_problem(change("POST", "/roles", R"({"name":5})"), 400, "invalid_value");
  EXPECT_EQ(text(change("PATCH", "/roles/Night%20Desk", R"({"permissions":[]})"), "permissions"), "[]");
  EXPECT_EQ(change("DELETE", "/roles/Night%20Desk").status, 204);
  expect_problem(get("/roles/Night%20Desk"), 404, "not_found");
  expect_problem(change("PATCH", "/roles/Owner", R"({"permissions":[]})"), 403, "forbidden");
}

TEST_F(AdminApi, DirectGrant_ComesAndGoes) {
  create_user("ana");
  EXPECT_EQ(change("POST", "/users/ana/grants", R"({"role":"Owner"})").status, 201);
  EXPECT_NE(text(get("/users/ana"), "roles").find("Owner"), std::string::npos);
  expect_problem(change("POST", "/users/ana/grants", R"({"role":"Owner"})"), 409, "conflict");
  // The last holder of a protected role keeps it.
  expect_problem(change("DELETE", "/users/ana/grants/Owner"), 403, "forbidden");
}

TEST_F(AdminApi, Pages_FollowEachOther) {
  for (const std::string name : {"a", "b", "c"}) create_user(name);
  const auto first = get("/users?limit=2");
  EXPECT_EQ(text(first, "total"), "3");
  EXPECT_EQ(parse(first).find("items")->as_array()->size(), 2U);
  const auto second = get("/users?limit=2&cursor=" + text(first, "next_cursor"));
  EXPECT_EQ(parse(second).find("items")->as_array()->size(), 1U);
  EXPECT_EQ(text(second, "next_cursor"), "null");
}

TEST_F(AdminApi, Connections_ChangeOneSettingAtATime) {
  EXPECT_EQ(text(change("PATCH", "/connections/okta", R"({"unknown_groups":"refuse"})"), "unknown_groups"), "refuse");
  expect_scim_error(scim("POST", "/Groups", R"({"displayName":"Nobody knows"})"), 403);
  expect_problem(change("PATCH", "/connections/okta", R"({"unknown_groups":"x"})"), 400, "invalid_value");
  EXPECT_EQ(text(get("/connections/okta"), "asserted_roles"), "grant");
  EXPECT_EQ(text(change("PATCH", "/connections/okta", R"({"asserted_roles":"ignore"})"), "asserted_roles"), "ignore");
  expect_problem(change("PATCH", "/connections/okta", R"({"asserted_roles":"x"})"), 400, "invalid_value");
  expect_problem(change("PATCH", "/connections/okta", R"({"asserted_roles":""})"), 400, "invalid_value");
  EXPECT_EQ(text(change("POST", "/connections", R"({"name":"two","asserted_roles":"ignore"})"), "asserted_roles"),
            "ignore");
  expect_problem(change("PATCH", "/connections/okta", R"({"ceiling":"Owner","default_role":"IT Agent"})"), 400,
                 "invalid_value");
  expect_problem(change("PATCH", "/connections/okta", R"({"ceiling":"Owner"})"), 403, "forbidden");
}

TEST_F(AdminApi, UnknownMembers_AreAPolicyOfTheConnection) {
  EXPECT_EQ(text(get("/connections/okta"), "unknown_members"), "accept_known");
  EXPECT_EQ(text(change("POST", "/connections", R"({"name":"a","dialect":"strict"})"), "unknown_members"), "strict");
  EXPECT_EQ(text(change("POST", "/connections", R"({"name":"b","unknown_members":"parked"})"), "unknown_members"),
            "parked");
  expect_problem(change("POST", "/connections", R"({"name":"c","unknown_members":"x"})"), 400, "invalid_value");
  EXPECT_EQ(text(change("PATCH", "/connections/okta", R"({"unknown_members":"strict"})"), "unknown_members"), "strict");
  expect_scim_error(scim("POST", "/Groups", R"({"displayName":"Desk","members":[{"value":"nobody"}]})"), 400,
                    "invalidValue");
  expect_problem(change("PATCH", "/connections/okta", R"({"unknown_members":"x"})"), 400, "invalid_value");
  expect_problem(change("PATCH", "/connections/okta", R"({"unknown_members":"strict","unknown_groups":"refuse"})"), 400,
                 "invalid_value");
  EXPECT_EQ(text(change("PATCH", "/connections/okta", R"({"unknown_members":"parked"})"), "unknown_members"), "parked");
  EXPECT_EQ(scim("POST", "/Groups", R"({"displayName":"Desk","members":[{"value":"nobody"}]})").status, 201);
  EXPECT_EQ(text(get("/groups/Desk?connection=okta"), "parked_members"), "1");
  EXPECT_EQ(text(get("/groups/Desk?connection=okta"), "members"), "0");
}

TEST_F(AdminApi, Adoption_HandsOverAndTellsWhatItDid) {
  create_user("ana");
  create_group("Desk", {});
  ASSERT_EQ(change("POST", "/connections", R"({"name":"entra"})").status, 201);
  const auto dry = change("POST", "/users/ana/adoption?dry_run=true", R"({"connection":"entra"})");
  ASSERT_EQ(dry.status, 200) << dry.body;
  EXPECT_NE(text(dry, "dry_run").find("user.adopted"), std::string::npos) << dry.body;
  EXPECT_EQ(text(dry, "users"), "1");
  EXPECT_EQ(text(get("/users/ana"), "connection"), "okta");
  const auto done = change("POST", "/users/ana/adoption", R"({"connection":"entra"})");
  EXPECT_EQ(text(done, "from"), "okta");
  EXPECT_EQ(text(done, "to"), "entra");
  EXPECT_EQ(text(get("/users/ana"), "connection"), "entra");
  expect_problem(change("POST", "/users/ana/adoption", R"({"connection":"entra"})"), 409, "conflict");
  expect_problem(change("POST", "/users/ana/adoption"), 400, "invalid_value");
  expect_problem(change("POST", "/users/ana/adoption", R"({"connection":"okta","keep_roles":"yes"})"), 400,
                 "invalid_value");
  expect_problem(change("POST", "/users/nobody/adoption", R"({"connection":"okta"})"), 404, "not_found");
  expect_problem(change("POST", "/groups/Desk/adoption", R"({"connection":"entra","from":"okta"})"), 409, "conflict");
  const auto back = change("POST", "/connections/okta/adoption", R"({"from":"entra","keep_roles":true})");
  ASSERT_EQ(back.status, 200) << back.body;
  EXPECT_EQ(text(back, "users"), "1");
  EXPECT_EQ(text(get("/users/ana"), "connection"), "okta");
}

TEST_F(AdminApi, Audit_ListsChangesAndVerifies) {
  create_user("ana");
  EXPECT_NE(get("/audit?limit=10").body.find("user.created"), std::string::npos);
  EXPECT_EQ(text(get("/audit/verification"), "intact"), "true");
  EXPECT_EQ(get("/audit").body.find("ana"), std::string::npos) << "names of attributes, never values";
}

TEST_F(AdminApi, Doctor_FindsNothingWrongInAFreshInstallation) {
  const auto found = get("/doctor?deep=true");
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(found.body.find("failed"), std::string::npos) << found.body;
  EXPECT_NE(found.body.find("\"audit\""), std::string::npos);
}

TEST_F(AdminApi, UnknownAddressesMethodsAndWorkspaces_AreRefused) {
  expect_problem(get("/nothing"), 404, "not_found");
  expect_problem(get("/roles?workspace=none"), 404, "not_found");
  const auto refused = change("DELETE", "/roles");
  expect_problem(refused, 405, "method_not_allowed");
  EXPECT_EQ(header(refused, "Allow"), "GET, POST");
  expect_problem(change("POST", "/roles", "{"), 400, "invalid_syntax");
  expect_problem(change("POST", "/roles", "[]"), 400, "invalid_syntax");
}

TEST_F(Decisions, FollowTheUser) {
  const std::string user = create_user("maya@example.com");
  const auto ask = [&](const std::string& subject, const std::string& permission,
                       const std::string& workspace = "default") {
    const auto answered = send("POST", "/access/v1/evaluation",
                               R"({"subject":{"type":"user","id":")" + subject + R"("},"action":{"name":")" +
                                   permission + R"("},"resource":{"type":"workspace","id":")" + workspace + R"("}})",
                               admin());
    EXPECT_EQ(answered.status, 200) << answered.body;
    return text(answered, "decision");
  };
  EXPECT_EQ(ask("maya@example.com", "requests.reply"), "true");
  EXPECT_EQ(ask(user, "requests.reply"), "true");
  EXPECT_EQ(ask("MAYA@example.com", "no.such"), "false");
  EXPECT_EQ(ask("nobody", "requests.reply"), "false");
  EXPECT_EQ(ask(user, "requests.reply", "elsewhere"), "false");
  scim("PATCH", "/Users/" + user, patch_body(R"({"op":"replace","value":{"active":false}})"));
  EXPECT_EQ(ask(user, "requests.reply"), "false");
}

TEST_F(Decisions, UnreadableQuestions_Are400AndStrangers401) {
  const auto post = [&](const std::string& body) { return send("POST", "/access/v1/evaluation", body, admin()); };
  for (const std::string body :
       {"", "{", "[]", "{}", R"({"subject":{"type":"user"},"action":{"name":"x"},"resource":{"type":"t","id":"i"}})",
        R"({"subject":"maya","action":{"name":"x"},"resource":{"type":"t","id":"i"}})",
        R"({"subject":{"type":"user","id":7},"action":{"name":"x"},"resource":{"type":"t","id":"i"}})"}) {
    EXPECT_EQ(post(body).status, 400) << body;
  }
  EXPECT_EQ(send("POST", "/access/v1/evaluation", "{}", {{"Authorization", token_}}).status, 401);
  EXPECT_EQ(send("GET", "/access/v1/evaluation", {}, admin()).status, 405);
  const auto configuration = send("GET", "/.well-known/authzen-configuration", {}, {});
  EXPECT_EQ(text(configuration, "access_evaluation_endpoint"), "http://scim.example.com/access/v1/evaluation");
}

TEST_F(Faces, Health_TurnsUnreadyWhileDraining) {
  EXPECT_EQ(send("GET", "/healthz/live", {}, {}).status, 200);
  EXPECT_EQ(send("GET", "/healthz/ready", {}, {}).status, 200);
  instance_->service().start_draining();
  EXPECT_EQ(send("GET", "/healthz/ready", {}, {}).status, 503);
  EXPECT_EQ(send("GET", "/healthz/live", {}, {}).status, 200);
}

TEST_F(Faces, StartPage_NamesTheBaseUrlAndEchoesNothingElse) {
  const auto page = send("GET", "/console/", {}, {});
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("http://scim.example.com/scim/v2"), std::string::npos);
  EXPECT_EQ(header(page, "Content-Security-Policy").substr(0, 18), "default-src 'none'");
  http::Request hostile;
  hostile.method = "GET";
  hostile.target = "/";
  hostile.headers.add("Host", "<script>alert(1)</script>");
  EXPECT_EQ(instance_->service().handle(hostile).body.find("<script>"), std::string::npos);
}

TEST_F(Faces, Refusals_SpeakTheFormatOfTheirPath) {
  const auto& service = instance_->service();
  for (const int status : {400, 408, 413, 414, 417, 431, 501, 503, 505}) {
    expect_scim_error(service.refusal(status, "It cannot be read.", "/scim/v2/Users"), status);
    expect_scim_error(service.refusal(status, "It cannot be read.", ""), status);
    EXPECT_EQ(service.refusal(status, "It cannot be read.", "/admin/v1/roles").status, status);
  }
  EXPECT_EQ(header(service.refusal(503, "Busy.", "/admin/v1/x"), "Retry-After"), "1");
}

TEST_F(Faces, BodyLimits_DependOnTheRoute) {
  const auto& service = instance_->service();
  EXPECT_EQ(service.body_limit("POST", "/scim/v2/Users"), 1024U * 1024);
  EXPECT_EQ(service.body_limit("PATCH", "/scim_v2/Groups/1"), 8U * 1024 * 1024);
  EXPECT_EQ(service.body_limit("POST", "/scim/v2/Bulk"), 8U * 1024 * 1024);
  EXPECT_EQ(service.body_limit("POST", "/scim_v2/Bulk/"), 8U * 1024 * 1024);
  EXPECT_EQ(service.body_limit("POST", "/scim/v2/Bulk/x"), 1024U * 1024);
  EXPECT_EQ(service.body_limit("POST", "/Bulk"), 256U * 1024);
  EXPECT_EQ(service.body_limit("POST", "/admin/v1/roles"), 256U * 1024);
}

}  // namespace
}  // namespace rolecall::test
