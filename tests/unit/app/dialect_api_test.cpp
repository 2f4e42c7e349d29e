#include <fstream>
#include <map>
#include <sstream>

#include "api_fixture.hpp"
#include "rolecall/app/config_keys.hpp"
#include "rolecall/patch/dialect.hpp"

// The dialect of the connection, as seen by its client and in the log. What each rule makes of a request is in
// tests/cases/dialect; here the same files go through the whole program.

namespace rolecall::test {
namespace {

class DialectApi : public ApiTest {
 protected:
  /// The client of a connection that has this dialect.
  const std::string& token_of(const std::string& dialect) {
    std::string& token = tokens_[dialect];
    if (token.empty()) {
      const auto made = send("POST", "/admin/v1/connections",
                             R"({"name":"the )" + dialect + R"( one","dialect":")" + dialect + R"("})", admin());
      EXPECT_EQ(made.status, 201) << made.body;
      token = make_token("the " + dialect + " one");
    }
    return token;
  }

  http::Response ask(const std::string& dialect, const std::string& method, const std::string& path,
                     const std::string& body = {}, Headers headers = {}) {
    token_ = token_of(dialect);
    log_text_.clear();
    return scim(method, path, body, std::move(headers));
  }

  /// What `request_completed` of the last request says about the dialect; "(none)" when there is no such line.
  std::string logged_rewrites() const {
    std::istringstream lines(log_text_);
    std::string found = "(none)";
    for (std::string line; std::getline(lines, line);) {
      const auto parsed = json::parse(line);
      if (!parsed || parsed->as_object()->find("event") == nullptr) continue;
      if (*parsed->as_object()->find("event") != json::Value("request_completed")) continue;
      const json::Value* rewrites = parsed->as_object()->find("rewrites");
      found = rewrites != nullptr && rewrites->is_string() ? *rewrites->as_string() : "(absent)";
      EXPECT_EQ(*parsed->as_object()->find("level"), json::Value("info"));
    }
    return found;
  }

  /// Sends one case; a user that it is about is made before.
  http::Response play(const json::Object& c, const std::string& dialect) {
    const json::Object& when = *c.find("when")->as_object();
    const bool is_group = *c.find("given")->as_object()->find("type") == json::Value("Group");
    const std::string endpoint = is_group ? "/Groups" : "/Users";
    if (const json::Value* filter = when.find("filter")) {
      return ask(dialect, "POST", endpoint + "/.search",
                 json::write(json::Value(json::Object{{"filter", *filter}, {"schemas", search_schemas()}})));
    }
    if (const json::Value* resource = when.find("resource")) {
      return ask(dialect, "POST", endpoint, json::write(*resource));
    }
    const json::Value& given = *c.find("given")->as_object()->find("resource");
    const auto made = ask(dialect, "POST", endpoint, json::write(given));
    EXPECT_EQ(made.status, 201) << made.body;
    std::string body = when.find("message") != nullptr ? json::write(*when.find("message")) : message_of(when);
    if (const auto at = body.find("\"self\""); at != std::string::npos) body.replace(at + 1, 4, text(made, "id"));
    return ask(dialect, "PATCH", endpoint + "/" + text(made, "id"), body);
  }

  /// Takes away what a case left behind, so that the next one finds its names free.
  void clean(const std::string& dialect) {
    for (const std::string kind : {"User", "Group"}) {
      const auto all = ask(dialect, "GET", "/" + kind + "s?count=1000");
      const json::Object page = parse(all);
      for (const json::Value& item : *page.find("Resources")->as_array()) {
        const json::Object& resource = *item.as_object();
        const json::Value* name = resource.find(kind == "User" ? "userName" : "displayName");
        const bool is_role = kind == "Group" && *name != json::Value("Desk") && *name != json::Value("Tier 2");
        if (!is_role) (void)ask(dialect, "DELETE", "/" + kind + "s/" + *resource.find("id")->as_string());
      }
    }
  }

  static std::string message_of(const json::Object& when) {
    json::Object message = when;
    message.set("schemas", json::Value(json::Array{json::Value("urn:ietf:params:scim:api:messages:2.0:PatchOp")}));
    return json::write(json::Value(std::move(message)));
  }
  static json::Value search_schemas() {
    return json::Value(json::Array{json::Value("urn:ietf:params:scim:api:messages:2.0:SearchRequest")});
  }

  std::map<std::string, std::string> tokens_;
};

std::vector<json::Object> dialect_cases() {
  std::vector<json::Object> cases;
  for (const patch::Rule& rule : patch::rules()) {
    std::ifstream file(std::filesystem::path(ROLECALL_SOURCE_DIR) / "tests/cases/dialect" /
                       (std::string(rule.name) + ".json"));
    std::ostringstream text;
    text << file.rdbuf();
    const auto parsed = json::parse(text.str());
    if (!parsed) continue;  // any_accept is about a header and has no file
    for (const json::Value& c : *parsed->as_array()) cases.push_back(*c.as_object());
  }
  return cases;
}

/// Members of a group must be users of the connection, which the cases of the pure engine do not have.
bool names_members(const json::Object& c) {
  const std::string when = json::write(*c.find("when"));
  return *c.find("given")->as_object()->find("type") == json::Value("Group") &&
         when.find("Operations") != std::string::npos;
}

TEST_F(DialectApi, CaseFiles_AreAnsweredAndLoggedInTheirProfileAndInStrict) {
  std::size_t played = 0;
  for (const json::Object& c : dialect_cases()) {
    if (names_members(c)) continue;
    SCOPED_TRACE(*c.find("rule")->as_string() + ": " + *c.find("name")->as_string());
    const std::string profile = *c.find("given")->as_object()->find("dialect")->as_string();
    for (const std::string& dialect : {profile, std::string("strict")}) {
      const auto answer = play(c, dialect);
      const std::string rewrites = " " + logged_rewrites() + " ";
      const json::Object& then = *c.find(dialect == "strict" ? "strict" : "then")->as_object();
      if (const json::Value* scim_type = then.find("scimType")) {
        expect_scim_error(answer, 400, *scim_type->as_string());
      } else {
        EXPECT_LT(answer.status, 300) << answer.body;
      }
      const bool is_named = rewrites.find(" " + *c.find("rule")->as_string() + " ") != std::string::npos;
      EXPECT_EQ(is_named, dialect != "strict" && c.find("untouched") == nullptr) << rewrites;
      clean(dialect);
    }
    ++played;
  }
  EXPECT_GT(played, 110U);
}

TEST_F(DialectApi, Accept_ThatExcludesScimIsPassedOverByTheRuleOnly) {
  const Headers browser{{"Accept", "text/html, application/xhtml+xml"}};
  const auto entra = ask("entra", "GET", "/Users", {}, browser);
  EXPECT_EQ(entra.status, 200) << entra.body;
  EXPECT_EQ(header(entra, "Content-Type"), "application/scim+json");
  EXPECT_EQ(logged_rewrites(), "any_accept");
  EXPECT_EQ(ask("entra", "GET", "/Users", {}, {{"Accept", "application/json"}}).status, 200);
  EXPECT_EQ(logged_rewrites(), "");
  for (const std::string dialect : {"strict", "okta"}) {
    expect_scim_error(ask(dialect, "GET", "/Users", {}, browser), 406);
    EXPECT_EQ(logged_rewrites(), "");
  }
  // Whose client it is, is not known without a token.
  expect_scim_error(send("GET", "/scim/v2/ServiceProviderConfig", {}, browser), 406);
}

TEST_F(DialectApi, RulesOfOneRequest_AreLoggedTogetherAndOneByOne) {
  const auto made = ask("entra", "POST", "/Users", R"({"userName":"ana","active":"True"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(logged_rewrites(), "loose_schemas text_booleans");
  const std::string body = patch_body(R"({"op":"Replace","path":"active","value":"False"},
                                         {"op":"Replace","path":"title","value":"Lead"})");
  EXPECT_EQ(ask("entra", "PATCH", "/Users/" + text(made, "id"), body).status, 200);
  EXPECT_EQ(logged_rewrites(), "capital_ops text_booleans");
  EXPECT_NE(log_text_.find(R"("dialect":"entra","rule":"capital_ops")"), std::string::npos) << log_text_;
  EXPECT_NE(log_text_.find(R"("dialect":"entra","rule":"text_booleans")"), std::string::npos) << log_text_;
}

TEST_F(DialectApi, RefusedRequest_StillSaysHowItWasRead) {
  const auto made = ask("entra", "POST", "/Users", R"({"userName":"ana"})");
  const auto refused = ask("entra", "PATCH", "/Users/" + text(made, "id"),
                           patch_body(R"({"op":"Replace","path":"active","value":"maybe"})"));
  expect_scim_error(refused, 400, "invalidValue");
  EXPECT_EQ(logged_rewrites(), "capital_ops");
}

TEST_F(DialectApi, FilterAtTheLimit_IsMeasuredAsTheClientWroteIt) {
  start({{"limits.filter", "64"}});
  const std::string word(64 - std::string("userName eq ").size(), 'a');
  EXPECT_EQ(ask("generic", "GET", "/Users?filter=userName+eq+" + word).status, 200);
  EXPECT_EQ(logged_rewrites(), "bare_words");
  expect_scim_error(ask("generic", "GET", "/Users?filter=userName+eq+" + word + "a"), 400, "invalidFilter");
  EXPECT_EQ(logged_rewrites(), "");
}

TEST_F(DialectApi, NewConnection_IsGenericUnlessItNamesOne) {
  const auto made = send("POST", "/admin/v1/connections", R"({"name":"other"})", admin());
  EXPECT_EQ(text(made, "dialect"), "generic") << made.body;
  start({{"scim.default_dialect", "jumpcloud"}});
  EXPECT_EQ(text(send("POST", "/admin/v1/connections", R"({"name":"third"})", admin()), "dialect"), "jumpcloud");
  EXPECT_EQ(text(send("GET", "/admin/v1/connections/okta", {}, admin()), "dialect"), "okta");
  EXPECT_EQ(send("POST", "/admin/v1/connections", R"({"name":"odd","dialect":"latin"})", admin()).status, 400);
}

TEST(DialectKey, Choices_AreTheDialectsThereAre) {
  const app::Key* key = app::find_key("scim.default_dialect");
  ASSERT_NE(key, nullptr);
  std::string names;
  for (const std::string_view name : patch::dialect_names()) names.append(names.empty() ? "" : " ").append(name);
  EXPECT_EQ(key->choices, names);
}

}  // namespace
}  // namespace rolecall::test
