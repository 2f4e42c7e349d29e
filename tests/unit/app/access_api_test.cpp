#include <fstream>
#include <set>

#include "api_fixture.hpp"

namespace rolecall::test {
namespace {

/// AuthZEN Authorization API 1.0 as an application speaks it. The vectors are played by conformance/authzen/run.
class AccessApi : public ApiTest {
 protected:
  http::Response post(const std::string& path, const std::string& body, Headers headers = admin()) {
    headers.emplace_back("Content-Type", "application/json");
    return send("POST", "/access/v1/" + path, body, headers);
  }
  static std::string question(const std::string& subject, const std::string& permission) {
    return R"("subject":{"type":"user","id":")" + subject + R"("},"action":{"name":")" + permission +
           R"("},"resource":{"type":"workspace","id":"default"})";
  }
  /// "+-" for the decisions of a list, in order.
  std::string decisions(const std::string& body) {
    const auto answered = post("evaluations", body);
    EXPECT_EQ(answered.status, 200) << answered.body;
    std::string text;
    const auto answer = parse(answered);
    const json::Value* items = answer.find("evaluations");
    if (items == nullptr || !items->is_array()) return answered.body;
    for (const json::Value& item : *items->as_array()) {
      text += *item.as_object()->find("decision")->as_bool() ? '+' : '-';
    }
    return text;
  }
  std::vector<std::string> results(const http::Response& answered, const char* member = "id") {
    EXPECT_EQ(answered.status, 200) << answered.body;
    std::vector<std::string> found;
    const auto answer = parse(answered);
    const json::Value* items = answer.find("results");
    if (items == nullptr) return found;
    for (const json::Value& item : *items->as_array()) found.push_back(*item.as_object()->find(member)->as_string());
    return found;
  }
  static std::string next_token(const http::Response& answered) {
    const auto answer = parse(answered);
    const json::Value* page = answer.find("page");
    return page == nullptr ? "(absent)" : *page->as_object()->find("next_token")->as_string();
  }
  static void expect_message(const http::Response& answered, int status) {
    EXPECT_EQ(answered.status, status) << answered.body;
    EXPECT_EQ(header(answered, "Content-Type"), "application/json");
    const auto message = json::parse(answered.body);
    ASSERT_TRUE(message && message->is_string()) << answered.body;
    EXPECT_GT(message->as_string()->size(), 10U);
  }
};

TEST_F(AccessApi, Decision_CarriesAReasonOnlyWhenDenied) {
  create_user("maya@example.com");
  const auto allowed = post("evaluation", "{" + question("maya@example.com", "requests.reply") + "}");
  EXPECT_EQ(allowed.body, R"({"decision":true})");
  EXPECT_EQ(header(allowed, "Content-Type"), "application/json");
  const auto denied = post("evaluation", "{" + question("maya@example.com", "requests.delete") + "}");
  EXPECT_EQ(text(denied, "decision"), "false");
  const auto body = parse(denied);
  const json::Object& context = *body.find("context")->as_object();
  EXPECT_EQ(*context.find("id")->as_string(), header(denied, "X-Request-Id"));
  EXPECT_EQ(json::write(*context.find("reason_admin")),
            R"({"en":"No role of maya@example.com gives requests.delete."})");
  EXPECT_EQ(json::write(*context.find("reason_user")), R"({"en":"You do not have the permission that this needs."})");
}

TEST_F(AccessApi, Faults_AreMessagesInTheStatusesOfTheStandard) {
  expect_message(post("evaluation", "{"), 400);
  expect_message(post("evaluation", "{" + question("maya", "x") + R"(,"context":[]})"), 400);
  expect_message(post("evaluation", R"({"subject":{"type":"user","id":"a","properties":7}})"), 400);
  Headers text_type = admin();
  text_type.emplace_back("Content-Type", "text/plain");
  expect_message(send("POST", "/access/v1/evaluation", "{}", text_type), 400);
  const auto stranger = post("evaluation", "{}", {{"Authorization", "Bearer " + token_}});
  expect_message(stranger, 401);
  EXPECT_EQ(header(stranger, "WWW-Authenticate").substr(0, 6), "Bearer");
  expect_message(post("evaluation?workspace=nowhere", "{" + question("maya", "x") + "}"), 404);
  expect_message(post("nothing", "{}"), 404);
  for (const char* path : {"evaluation", "evaluations", "search/subject", "search/resource", "search/action"}) {
    const auto refused = send("GET", std::string("/access/v1/") + path, {}, admin());
    expect_message(refused, 405);
    EXPECT_EQ(header(refused, "Allow"), "POST") << path;
    expect_message(post(path, "[]"), 400);
    expect_message(post(path, R"({"subject":{"type":"user","id":"a"}})"), 400);
  }
  for (const int status : {400, 408, 413, 503}) {
    expect_message(instance_->service().refusal(status, "It cannot be read.", "/access/v1/evaluation"), status);
  }
}

TEST_F(AccessApi, Configuration_NamesEveryEndpoint) {
  const auto configuration = send("GET", "/.well-known/authzen-configuration", {}, {});
  EXPECT_EQ(text(configuration, "policy_decision_point"), "http://scim.example.com");
  EXPECT_EQ(text(configuration, "access_evaluations_endpoint"), "http://scim.example.com/access/v1/evaluations");
  EXPECT_EQ(text(configuration, "search_subject_endpoint"), "http://scim.example.com/access/v1/search/subject");
  EXPECT_EQ(text(configuration, "search_resource_endpoint"), "http://scim.example.com/access/v1/search/resource");
  EXPECT_EQ(text(configuration, "search_action_endpoint"), "http://scim.example.com/access/v1/search/action");
  expect_message(send("POST", "/.well-known/authzen-configuration", {}, {}), 405);
}

TEST_F(AccessApi, Evaluations_TakeDefaultsAsAWholeAndStopAsAsked) {
  create_user("maya");
  const std::string yes = R"({"action":{"name":"requests.reply"}})";
  const std::string no = R"({"action":{"name":"requests.delete"}})";
  const auto list = [&](const std::string& semantic, const std::string& items) {
    return "{" + question("maya", "requests.view") + R"(,"options":{"evaluations_semantic":")" + semantic +
           R"("},"evaluations":[)" + items + "]}";
  };
  EXPECT_EQ(decisions(list("execute_all", "{}," + no + "," + yes)), "+-+");
  EXPECT_EQ(decisions(list("deny_on_first_deny", yes + "," + no + "," + yes)), "+-");
  EXPECT_EQ(decisions(list("permit_on_first_permit", no + "," + yes + "," + no)), "-+");
  // A member of an item is not merged with the default of that name.
  EXPECT_EQ(decisions(list("execute_all", R"({"subject":{"id":"maya"}},{"subject":{"type":"user","id":"nobody"}},7)")),
            "---");
  EXPECT_EQ(decisions("{" + question("maya", "requests.view") + R"(,"evaluations":[]})"), R"({"decision":true})");
  EXPECT_EQ(decisions("{" + question("maya", "requests.view") + "}"), R"({"decision":true})");
  const auto faulty =
      post("evaluations", "{" + question("maya", "requests.view") + R"(,"evaluations":[{"resource":7}]})");
  EXPECT_NE(faulty.body.find(R"("error":{"status":400,"message":")"), std::string::npos) << faulty.body;
  expect_message(post("evaluations", list("at_random", "{}")), 400);
  expect_message(post("evaluations", R"({"evaluations":{}})"), 400);
  expect_message(post("evaluations", R"({"subject":"maya","evaluations":[{}]})"), 400);
  expect_message(post("evaluations", R"({"options":[],"evaluations":[{}]})"), 400);
}

TEST_F(AccessApi, Evaluations_AreBounded) {
  start({{"limits.evaluations", "3"}});
  const auto items = [&](int count) {
    std::string text = "{";
    text += question("maya", "requests.view") + R"(,"evaluations":[{})";
    for (int i = 1; i < count; ++i) text += ",{}";
    return text + "]}";
  };
  EXPECT_EQ(decisions(items(3)), "---");
  expect_message(post("evaluations", items(4)), 400);
}

TEST_F(AccessApi, Search_WalksPagesByTokensThatFitNothingElse) {
  for (int i = 0; i < 5; ++i) create_user("user" + std::to_string(i));
  const auto body = [](const std::string& page, const std::string& permission = "requests.reply") {
    return R"({"subject":{"type":"user"},"action":{"name":")" + permission +
           R"("},"resource":{"type":"workspace","id":"default"},"context":{"b":1,"a":2},"page":)" + page + "}";
  };
  const auto first = post("search/subject", body(R"({"limit":2})"));
  EXPECT_EQ(results(first), (std::vector<std::string>{"user0", "user1"}));
  const std::string token = next_token(first);
  ASSERT_FALSE(token.empty());
  EXPECT_EQ(token.find("user"), std::string::npos);
  const auto second = post("search/subject", body(R"({"token":")" + token + R"("})"));
  EXPECT_EQ(results(second), (std::vector<std::string>{"user2", "user3"}));
  const auto third = post("search/subject", body(R"({"limit":2,"token":")" + next_token(second) + R"("})"));
  EXPECT_EQ(results(third), (std::vector<std::string>{"user4"}));
  EXPECT_EQ(next_token(third), "");
  // The order of members is nothing that a client decides.
  std::string turned = body(R"({"token":")" + token + R"("})");
  turned.replace(turned.find(R"("b":1,"a":2)"), 11, R"("a":2,"b":1)");
  EXPECT_EQ(results(post("search/subject", turned)).size(), 2U);

  expect_message(post("search/subject", body(R"({"limit":3,"token":")" + token + R"("})")), 400);
  expect_message(post("search/subject", body(R"({"token":")" + token + R"("})", "requests.view")), 400);
  expect_message(post("search/action", body(R"({"token":")" + token + R"("})")), 400);
  expect_message(post("search/subject?workspace=none", body("{}")), 404);
  for (const std::string page :
       {"[]", R"({"token":7})", R"({"token":"x"})", R"({"limit":0})", R"({"limit":"2"})", R"({"limit":1.5})"}) {
    expect_message(post("search/subject", body(page)), 400);
  }
  expect_message(post("search/subject", body(R"({"token":")" + std::string(9000, 'x') + R"("})")), 400);
  EXPECT_EQ(results(post("search/subject", body(R"({"limit":1000000})"))).size(), 5U);
}

TEST_F(AccessApi, SearchToken_Expires) {
  ManualClock clock(clock_.now());
  instance_clock_ = &clock;
  start({{"limits.cursor_timeout", "60s"}});
  create_user("ana");
  create_user("bo");
  const auto ask = [&](const std::string& page) {
    return post("search/subject", R"({"subject":{"type":"user"},"action":{"name":"requests.reply"},)"
                                  R"("resource":{"type":"workspace","id":"default"},"page":)" +
                                      page + "}");
  };
  const std::string token = next_token(ask(R"({"limit":1})"));
  clock.advance(std::chrono::seconds(60));
  EXPECT_EQ(results(ask(R"({"token":")" + token + R"("})")).size(), 1U);
  clock.advance(std::chrono::seconds(1));
  expect_message(ask(R"({"token":")" + token + R"("})"), 400);
  instance_.reset();
  instance_clock_ = nullptr;
}

TEST_F(AccessApi, SearchOfActionsAndResources_AnswerByName) {
  create_user("maya");
  const auto actions = results(post("search/action", R"({"subject":{"type":"user","id":"maya"},)"
                                                     R"("resource":{"type":"requests","id":"1"}})"),
                               "name");
  EXPECT_EQ(actions.front(), "notes");
  EXPECT_EQ(std::count(actions.begin(), actions.end(), "reply"), 1);
  EXPECT_EQ(std::count(actions.begin(), actions.end(), "delete"), 0);
  EXPECT_EQ(results(post("search/resource", R"({"subject":{"type":"user","id":"maya"},)"
                                            R"("action":{"name":"requests.reply"},"resource":{"type":"workspace"}})")),
            (std::vector<std::string>{"default"}));
}

TEST_F(AccessApi, PermissionsFile_AddsToTheCatalogueAtStart) {
  const std::string path = directory_ + "/permissions.json";
  const auto write = [&](const std::string& body) { std::ofstream(path, std::ios::trunc) << body; };
  write(R"({"features":[{"name":"ticket","permissions":[{"verb":"close","description":"Close."}]}],)"
        R"("scopes":[{"name":"open","description":"d","all":[{"one_of":["resource.state"],"in":["open"]}]}]})");
  start({{"access.permissions_file", path}});
  create_user("maya");
  const auto created =
      send("POST", "/admin/v1/roles", R"({"name":"Closer","permissions":["ticket.close@open"]})", admin());
  EXPECT_EQ(created.status, 201) << created.body;
  EXPECT_EQ(text(created, "permissions"), R"(["ticket.close@open"])");
  EXPECT_EQ(send("POST", "/admin/v1/roles", R"({"name":"No","permissions":["ticket.close@shut"]})", admin()).status,
            400);
  EXPECT_EQ(send("POST", "/admin/v1/users/maya/grants", R"({"role":"Closer"})", admin()).status / 100, 2);
  const auto close = [&](const std::string& state) {
    return text(post("evaluation", R"({"subject":{"type":"user","id":"maya"},"action":{"name":"close"},)"
                                   R"("resource":{"type":"ticket","id":"1","properties":{"state":")" +
                                       state + R"("}}})"),
                "decision");
  };
  EXPECT_EQ(close("open"), "true");
  EXPECT_EQ(close("shut"), "false");
  const auto owner = send("GET", "/admin/v1/roles/Owner", {}, admin());
  EXPECT_NE(owner.body.find("ticket.close"), std::string::npos) << "Owner is everything, also what came later";
  write("{");
  app::Configuration::Sources sources;
  sources.flags = {{"access.permissions_file", path}};
  app::Instance::Options options;
  options.directory = directory_ + "/other";
  std::filesystem::create_directories(options.directory);
  const auto refused = app::Instance::open(*app::Configuration::load(sources), *log_, std::move(options));
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().detail.find("the permissions file"), std::string::npos) << refused.error().detail;
}

}  // namespace
}  // namespace rolecall::test
