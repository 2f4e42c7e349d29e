#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "rolecall/base/encoding.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/connector/connector.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

// Exchanges with Okta as data: tests/cases/connector/okta.

namespace rolecall::connector {
namespace {

constexpr Instant kNow{std::chrono::seconds(1'767'225'600)};
constexpr std::string_view kDomain = "acme.okta.com";

const Connector& okta() { return *find_connector("okta"); }

std::vector<json::Object> cases_of(const std::string& name) {
  const std::string path = std::string(ROLECALL_SOURCE_DIR) + "/tests/cases/connector/okta/" + name + ".json";
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  const auto parsed = json::parse(text.str());
  EXPECT_TRUE(parsed) << path;
  std::vector<json::Object> cases;
  if (!parsed) return cases;
  for (const json::Value& one : *parsed->as_array()) cases.push_back(*one.as_object());
  EXPECT_FALSE(cases.empty()) << path;
  return cases;
}

const json::Object& part(const json::Object& object, std::string_view name) { return *object.find(name)->as_object(); }

std::string text(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_string() ? *value->as_string() : std::string();
}

std::int64_t number(const json::Value& value) { return *json::to_integer(*value.as_number()); }

Reply reply_of(const json::Object& when) {
  Reply reply;
  reply.status = static_cast<int>(number(*when.find("status")));
  const json::Value& headers = *when.find("headers");
  if (headers.is_object()) {
    for (const auto& [name, value] : *headers.as_object()) reply.headers.emplace_back(name, *value.as_string());
  } else {
    for (const json::Value& pair : *headers.as_array()) {
      reply.headers.emplace_back(*pair.as_array()->at(0).as_string(), *pair.as_array()->at(1).as_string());
    }
  }
  reply.body = text(when, "body");
  return reply;
}

ActionRequest request_of(const json::Object& when) {
  return {text(when, "action"), text(when, "user"), text(when, "object"), part(when, "parameters")};
}

json::Value instant_or_null(const std::optional<Instant>& instant) {
  return instant ? json::Value(to_timestamp(*instant)) : json::Value();
}

json::Object shown(const Person& person) {
  return {{"id", person.id},
          {"login", person.login},
          {"email", person.email},
          {"display_name", person.display_name},
          {"employee_number", person.employee_number},
          {"title", person.title},
          {"department", person.department},
          {"manager", person.manager},
          {"manager_id", person.manager_id},
          {"city", person.city},
          {"country", person.country},
          {"status", name_of(person.status)},
          {"raw_status", person.raw_status},
          {"next_status", person.next_status},
          {"type", person.type},
          {"changed", instant_or_null(person.changed)},
          {"custom", person.custom}};
}

json::Object shown(const DirectoryGroup& group) {
  return {{"id", group.id},
          {"name", group.name},
          {"description", group.description},
          {"kind", group.kind},
          {"accepts_members", group.accepts_members},
          {"changed", instant_or_null(group.changed)},
          {"members_changed", instant_or_null(group.members_changed)}};
}

json::Value shown(const std::string& id) { return id; }

/// Each item has at least what is expected of it.
template <typename T>
void expect_page(const Answer<Page<T>>& page, const json::Object& then) {
  const std::string trouble = text(then, "trouble");
  if (!trouble.empty()) {
    ASSERT_FALSE(page) << "was read";
    EXPECT_EQ(name_of(page.error().kind), trouble);
    EXPECT_FALSE(sentence_of(page.error()).empty());
    return;
  }
  ASSERT_TRUE(page) << sentence_of(page.error());
  EXPECT_EQ(page->next, text(then, "next"));
  const json::Array& items = *then.find("items")->as_array();
  ASSERT_EQ(page->items.size(), items.size());
  for (std::size_t at = 0; at < items.size(); ++at) {
    const json::Value found = shown(page->items[at]);
    if (!items[at].is_object()) {
      EXPECT_EQ(found, items[at]);
      continue;
    }
    for (const auto& [name, value] : *items[at].as_object()) {
      EXPECT_EQ(*found.as_object()->find(name), value) << name << ": " << json::write(*found.as_object()->find(name));
    }
  }
}

TEST(Okta, Domains) {
  for (const json::Object& one : cases_of("domains")) {
    const auto domain = okta().normalize_domain(text(one, "text"));
    if (one.find("domain")->is_null()) {
      EXPECT_FALSE(domain) << text(one, "text");
      if (!domain) {
        EXPECT_EQ(domain.error().code, ErrorCode::invalid_value);
      }
    } else {
      EXPECT_EQ(domain.value_or("refused"), text(one, "domain")) << text(one, "text");
    }
  }
}

TEST(Okta, Actions_BecomeCalls) {
  std::set<std::string, std::less<>> seen;
  for (const json::Object& one : cases_of("actions")) {
    SCOPED_TRACE(text(one, "name"));
    const auto request = request_of(part(one, "when"));
    const auto call = okta().action_call(request);
    const json::Object& then = part(one, "then");
    if (then.find("error") != nullptr) {
      ASSERT_FALSE(call);
      EXPECT_EQ(name_of(call.error().code), text(then, "error"));
      EXPECT_EQ(call.error().attribute, text(then, "attribute"));
      continue;
    }
    ASSERT_TRUE(call) << call.error().detail;
    seen.insert(request.action);
    Call expected{text(then, "method"), text(then, "target"), {}, text(then, "body")};
    for (const auto& [name, value] : part(then, "headers")) expected.headers.emplace_back(name, *value.as_string());
    EXPECT_EQ(*call, expected) << call->method << " " << call->target << " " << call->body;
  }
  for (const ActionType& type : okta().actions()) EXPECT_TRUE(seen.contains(type.name)) << type.name;
}

TEST(Okta, Troubles) {
  for (const json::Object& one : cases_of("troubles")) {
    SCOPED_TRACE(text(one, "name"));
    const json::Object& then = part(one, "then");
    const auto trouble = okta().trouble_of(reply_of(part(one, "when")), kNow);
    ASSERT_TRUE(trouble);
    EXPECT_EQ(name_of(trouble->kind), text(then, "kind"));
    if (then.find("code") != nullptr) {
      EXPECT_EQ(trouble->code, text(then, "code"));
    }
    if (then.find("message") != nullptr) {
      EXPECT_EQ(trouble->message, text(then, "message"));
    }
    if (then.find("request_id") != nullptr) {
      EXPECT_EQ(trouble->request_id, text(then, "request_id"));
    }
    EXPECT_EQ(trouble->scope, text(then, "scope"));
    if (const json::Value* wait = then.find("wait"); wait != nullptr) {
      ASSERT_EQ(trouble->retry_at.has_value(), wait->is_number());
      if (trouble->retry_at) {
        EXPECT_EQ(*trouble->retry_at, kNow + std::chrono::seconds(number(*wait)));
      }
    }
    if (const json::Value* crowd = then.find("is_concurrency"); crowd != nullptr) {
      EXPECT_EQ(trouble->is_concurrency, *crowd->as_bool());
    }
  }
}

TEST(Okta, Lists) {
  for (const json::Object& one : cases_of("lists")) {
    SCOPED_TRACE(text(one, "name"));
    const json::Object& when = part(one, "when");
    const Reply reply = reply_of(when);
    const std::string list = text(when, "list");
    const json::Object& then = part(one, "then");
    if (list == "people") expect_page(okta().read_people(reply, kDomain, kNow), then);
    if (list == "groups") expect_page(okta().read_groups(reply, kDomain, kNow), then);
    if (list == "members") expect_page(okta().read_members(reply, kDomain, kNow), then);
  }
}

TEST(Okta, Tokens) {
  for (const json::Object& one : cases_of("tokens")) {
    SCOPED_TRACE(text(one, "name"));
    const json::Object& then = part(one, "then");
    const auto access = okta().read_access(reply_of(part(one, "when")), kNow);
    if (then.find("trouble") != nullptr) {
      ASSERT_FALSE(access);
      EXPECT_EQ(name_of(access.error().kind), text(then, "trouble"));
      EXPECT_EQ(access.error().code, text(then, "code"));
      continue;
    }
    ASSERT_TRUE(access) << sentence_of(access.error());
    EXPECT_EQ(access->authorization.expose(), text(then, "authorization"));
    EXPECT_EQ(access->ends, kNow + std::chrono::seconds(number(*then.find("lasts"))));
    json::Array scopes;
    for (const std::string& scope : access->scopes) scopes.emplace_back(scope);
    EXPECT_EQ(json::Value(scopes), *then.find("scopes"));
  }
}

TEST(Okta, Decisions_BeforeAnAction) {
  const auto name = [](Decision::Kind kind) {
    switch (kind) {
      case Decision::Kind::call:
        return "call";
      case Decision::Kind::already:
        return "already";
      case Decision::Kind::waits:
        return "waits";
      case Decision::Kind::refuse:
        return "refuse";
    }
    return "";
  };
  for (const json::Object& one : cases_of("decisions")) {
    const json::Object& when = part(one, "when");
    const std::string body = json::write(json::Object{{"id", "00u1"},
                                                      {"status", text(when, "raw_status")},
                                                      {"transitioningToStatus", text(when, "next_status")},
                                                      {"profile", json::Object{{"login", "x"}}}});
    const auto person = okta().read_person({200, {}, body}, kNow);
    ASSERT_TRUE(person);
    const auto decision = okta().decide({text(when, "action"), "00u1", {}, {}}, *person);
    EXPECT_EQ(name(decision.kind), text(one, "then")) << json::write(when);
    EXPECT_EQ(decision.action, text(one, "as"));
    EXPECT_TRUE(decision.kind != Decision::Kind::refuse || !decision.sentence.empty());
  }
}

TEST(Okta, Calls_ThatRead) {
  EXPECT_EQ(okta().list_people(std::nullopt).target,
            "/api/v1/users?search=lastUpdated%20gt%20%221970-01-01T00%3A00%3A00.000Z%22&limit=200");
  EXPECT_EQ(okta().list_people(kNow).target,
            "/api/v1/users?search=lastUpdated%20gt%20%222026-01-01T00%3A00%3A00.000Z%22&limit=200");
  EXPECT_EQ(okta().list_groups(std::nullopt).target, "/api/v1/groups?limit=200");
  EXPECT_EQ(okta().list_groups(kNow).target,
            "/api/v1/groups?filter=lastUpdated%20gt%20%222026-01-01T00%3A00%3A00.000Z%22%20or%20lastMembershipUpdated"
            "%20gt%20%222026-01-01T00%3A00%3A00.000Z%22&limit=200");
  EXPECT_EQ(okta().list_applications().target, "/api/v1/apps?limit=200");
  EXPECT_EQ(okta().list_assignments("0oa1").target, "/api/v1/apps/0oa1/users?limit=500");
  EXPECT_EQ(okta().list_members("00g/1").target, "/api/v1/groups/00g%2F1/users?limit=200");
  EXPECT_EQ(okta().get_person("a b").target, "/api/v1/users/a%20b");
  EXPECT_EQ(okta().go_on("/api/v1/users?after=x").target, "/api/v1/users?after=x");
  for (const Scope& scope : okta().scopes()) {
    const auto probe = okta().probe(scope.name);
    EXPECT_EQ(probe.has_value(), scope.name.ends_with(".read")) << scope.name;
    if (probe) {
      EXPECT_EQ(probe->method, "GET");
    }
  }
}

TEST(Okta, Applications_OfOnePerson) {
  EXPECT_EQ(okta().list_applications_of("00u1").target,
            "/api/v1/apps?filter=user.id%20eq%20%2200u1%22&expand=user%2F00u1&limit=200");
  const auto held = okta().read_applications_of(
      {200,
       {},
       R"([{"id":"0oa1","_embedded":{"user":{"id":"00u1","scope":"USER"}}},)"
       R"({"id":"0oa2","_embedded":{"user":{"id":"00u1","scope":"GROUP"}}},{"id":"0oa3"}])"},
      "a.b", kNow);
  ASSERT_TRUE(held);
  EXPECT_EQ(held->items, (std::vector<HeldApplication>{{"0oa1", true}, {"0oa2", false}, {"0oa3", true}}));
  EXPECT_FALSE(okta().read_applications_of({200, {}, R"([{"id":"../x"}])"}, "a.b", kNow));
}

TEST(Okta, Applications_AndWhoHasThem) {
  const auto applications = okta().read_applications(
      {200, {}, R"([{"id":"0oa1","label":"Payroll","signOnMode":"SAML_2_0","status":"INACTIVE"}])"}, "a.b", kNow);
  ASSERT_TRUE(applications);
  EXPECT_EQ(applications->items, (std::vector<Application>{{"0oa1", "Payroll", "SAML_2_0", "INACTIVE", std::nullopt}}));
  const auto assignments = okta().read_assignments(
      {200, {}, R"([{"id":"00u1","scope":"USER"},{"id":"00u2","scope":"GROUP"}])"}, "a.b", kNow);
  ASSERT_TRUE(assignments);
  EXPECT_EQ(assignments->items, (std::vector<Assignment>{{"00u1", true}, {"00u2", false}}));
  EXPECT_FALSE(okta().read_applications({200, {}, R"([{"id":"0oa1"}])"}, "a.b", kNow));
  EXPECT_TRUE(okta().reads_applications({}));
  EXPECT_TRUE(okta().reads_applications({"okta.users.read", "okta.apps.manage"}));
  EXPECT_FALSE(okta().reads_applications({"okta.users.read"}));
}

TEST(Okta, Ids_AreShortAndPlain) {
  for (const auto& id : {std::string(), std::string("a b"), std::string("../x"), std::string(101, 'a')}) {
    EXPECT_FALSE(okta().read_members({200, {}, R"([{"id":")" + id + R"("}])"}, "a.b", kNow)) << id;
  }
  EXPECT_TRUE(okta().read_members({200, {}, R"([{"id":")" + std::string(100, 'a') + R"("}])"}, "a.b", kNow));
}

TEST(Okta, Absence_IsByTheWordOfOktaItself) {
  const auto trouble = [](const std::string& body) { return *okta().trouble_of({404, {}, body}, kNow); };
  EXPECT_TRUE(okta().is_absence(trouble(R"({"errorCode":"E0000007"})")));
  EXPECT_FALSE(okta().is_absence(trouble("<html>")));
  EXPECT_FALSE(okta().is_absence(*okta().trouble_of({403, {}, R"({"errorCode":"E0000007"})"}, kNow)));
}

TEST(Okta, Pause_LeavesATenthOfALimit) {
  const auto pause = [](const char* limit, const char* remaining, std::int64_t in) {
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(kNow.time_since_epoch()).count();
    return okta().pause_after({200,
                               {{"X-Rate-Limit-Limit", limit},
                                {"X-Rate-Limit-Remaining", remaining},
                                {"X-Rate-Limit-Reset", std::to_string(now + in)}},
                               ""},
                              kNow);
  };
  EXPECT_FALSE(pause("600", "61", 30));
  EXPECT_EQ(pause("600", "60", 30), kNow + std::chrono::seconds(31));
  EXPECT_EQ(pause("1", "0", 30), kNow + std::chrono::seconds(31));
  EXPECT_FALSE(pause("600", "0", 0)) << "it is renewed";
  EXPECT_FALSE(pause("600", "0", 3600)) << "not believed";
  EXPECT_FALSE(pause("many", "0", 30));
  EXPECT_FALSE(okta().pause_after({200, {}, ""}, kNow));
}

TEST(Okta, ClientSecret_GoesIntoOneHeader) {
  const Credential credential{"client_secret", "0oa:1", Secret("s/3 cr:et")};
  const auto made = okta().access_call(credential, {"okta.users.read", "okta.groups.read"}, {});
  ASSERT_TRUE(made && *made);
  const auto& call = *made;
  EXPECT_EQ(call->target, "/oauth2/v1/token");
  EXPECT_EQ(call->body, "grant_type=client_credentials&scope=okta.users.read%20okta.groups.read");
  // 0oa%3A1:s%2F3%20cr%3Aet
  EXPECT_EQ(call->headers.front(),
            (std::pair<std::string, std::string>("Authorization", "Basic MG9hJTNBMTpzJTJGMyUyMGNyJTNBZXQ=")));
  EXPECT_FALSE(*okta().access_call({"ssws", "", Secret("00t")}, {}, {})) << "it is access by itself";
  EXPECT_EQ(okta().direct_access({"ssws", "", Secret("00t")}).authorization.expose(), "SSWS 00t");
}

class FakeSigner final : public Signer {
 public:
  [[nodiscard]] Result<std::string> algorithm_of(const Secret& key) const override {
    if (key.expose() == "a key") return std::string("ES256");
    return fail(ErrorCode::invalid_value, "This is no key.");
  }
  [[nodiscard]] Result<std::string> sign(const Secret&, std::string_view text) const override {
    return "signature of " + std::to_string(text.size());
  }
  [[nodiscard]] Result<Secret> make_key() const override { return internal_error("nobody asks for one"); }
  [[nodiscard]] Result<PublicPoint> public_point(const Secret&) const override {
    return internal_error("nobody asks for one");
  }
};

TEST(Okta, PrivateKey_SignsWhoAsksForWhatAndIsNotSent) {
  const FakeSigner signer;
  const Credential credential{"private_key_jwt", "0oa1", Secret("a key")};
  const auto made = okta().access_call(credential, {"okta.users.read"}, {"acme.okta.com", kNow, "id-1", &signer});
  ASSERT_TRUE(made && *made);
  const Call& call = **made;
  EXPECT_EQ(call.target, "/oauth2/v1/token");
  for (const auto& [name, value] : call.headers) EXPECT_NE(name, "Authorization") << value;
  const std::string start =
      "grant_type=client_credentials&scope=okta.users.read&client_assertion_type="
      "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=";
  ASSERT_TRUE(call.body.starts_with(start)) << call.body;
  const std::string assertion = call.body.substr(start.size());
  const auto first = assertion.find('.');
  const auto second = assertion.find('.', first + 1);
  ASSERT_NE(second, std::string::npos);
  EXPECT_EQ(parse_base64url(assertion.substr(0, first)), R"({"alg":"ES256","typ":"JWT"})");
  EXPECT_EQ(
      parse_base64url(assertion.substr(first + 1, second - first - 1)),
      R"({"iss":"0oa1","sub":"0oa1","aud":"https://acme.okta.com/oauth2/v1/token","exp":1767225900,"jti":"id-1"})");
  EXPECT_EQ(parse_base64url(assertion.substr(second + 1)), "signature of " + std::to_string(second));
  const auto unusable = okta().access_call({"private_key_jwt", "0oa1", Secret("x")}, {}, {"a.b", kNow, "i", &signer});
  ASSERT_FALSE(unusable);
  EXPECT_EQ(unusable.error().kind, Trouble::Kind::unauthorized) << "somebody has to bring another key";
  EXPECT_EQ(unusable.error().message, "This is no key.");
  EXPECT_FALSE(okta().access_call(credential, {}, {"a.b", kNow, "i", nullptr}));
}

TEST(Okta, Consent_IsAskedForAtTheDomainAndPaidOutByTheClient) {
  // The challenge is that of RFC 7636 appendix B.
  const Secret url = okta().consent_url(kDomain, {"0oa:1",
                                                  {"okta.users.read", "okta.groups.read"},
                                                  Secret("id.st&te"),
                                                  "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                                                  "https://scim.example.com/directories/callback"});
  EXPECT_EQ(url.expose(),
            "https://acme.okta.com/oauth2/v1/authorize?response_type=code&client_id=0oa%3A1&redirect_uri="
            "https%3A%2F%2Fscim.example.com%2Fdirectories%2Fcallback&scope=openid%20offline_access%20okta.users.read"
            "%20okta.groups.read&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
            "&state=id.st%26te");
  const Credential credential{"consent", "0oa:1", Secret("s")};
  const Call code = okta().code_call(credential, {Secret("c&1"), Secret("v1"), "https://a.b/c"});
  EXPECT_EQ(code.target, "/oauth2/v1/token");
  EXPECT_EQ(code.body, "grant_type=authorization_code&code=c%261&redirect_uri=https%3A%2F%2Fa.b%2Fc&code_verifier=v1");
  EXPECT_EQ(code.headers.front().second, "Basic MG9hJTNBMTpz");
  const Call refresh = okta().refresh_call(credential, Secret("r=1"));
  EXPECT_EQ(refresh.body, "grant_type=refresh_token&refresh_token=r%3D1");
  EXPECT_EQ(refresh.headers, code.headers);
  const auto none = okta().access_call(credential, {}, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, Trouble::Kind::no_consent);
  const auto access = okta().read_access(
      {200, {}, R"({"token_type":"Bearer","access_token":"a","refresh_token":"r1","scope":"x"})"}, kNow);
  ASSERT_TRUE(access);
  EXPECT_EQ(access->refresh.expose(), "r1");
}

TEST(Okta, Action_AnswersOfItsOwn) {
  const Reply gone{404, {}, R"({"errorCode":"E0000007"})"};
  EXPECT_TRUE(okta().read_action({"remove_application", "u", "a", {}}, gone, kNow)) << "removed before";
  EXPECT_FALSE(okta().read_action({"remove_from_group", "u", "g", {}}, gone, kNow)) << "there is no such group";
  EXPECT_FALSE(okta().read_action({"suspend", "u", {}, {}}, gone, kNow));
  const ActionRequest temporary{"temporary_password", "u", {}, {}};
  EXPECT_EQ(okta().read_action(temporary, {200, {}, R"({"tempPassword":"x9"})"}, kNow)->secret.expose(), "x9");
  EXPECT_FALSE(okta().read_action(temporary, {200, {}, "{}"}, kNow));
  EXPECT_TRUE(okta().read_action({"suspend", "u", {}, {}}, {200, {}, "{}"}, kNow)->secret.empty());
}

TEST(Catalogue, HoldsTogether) {
  for (const Connector* connector : connectors()) {
    EXPECT_EQ(find_connector(connector->provider()), connector);
    std::set<std::string_view> scopes;
    for (const Scope& scope : connector->scopes()) EXPECT_TRUE(scopes.insert(scope.name).second) << scope.name;
    std::set<std::string_view> names;
    for (const ActionType& type : connector->actions()) {
      EXPECT_TRUE(names.insert(type.name).second) << type.name;
      EXPECT_TRUE(scopes.contains(type.scope)) << type.name << " needs a scope that nobody can choose";
      EXPECT_EQ(find_action(*connector, type.name)->title, type.title);
    }
    for (const ActionType& type : connector->actions()) {
      EXPECT_TRUE(type.undone_by.empty() || names.contains(type.undone_by)) << type.name;
    }
  }
  EXPECT_EQ(find_connector("nobody"), nullptr);
  EXPECT_EQ(find_action(okta(), "nothing"), nullptr);
}

TEST(Trouble, SaysWhatToDo) {
  EXPECT_EQ(sentence_of(no_reply("No answer came in time.")),
            "The provider cannot be reached or has a fault of its own. No answer came in time.");
  Trouble scope{Trouble::Kind::missing_scope, 403, "insufficient_scope", "", ""};
  scope.scope = "okta.groups.read";
  EXPECT_EQ(sentence_of(scope),
            "The scope okta.groups.read is not granted. Grant it at the provider, then reauthorize. It said 403 "
            "insufficient_scope.");
  Trouble consent = no_reply("");
  consent.kind = Trouble::Kind::no_consent;
  EXPECT_EQ(sentence_of(consent), "An administrator of the provider has to consent first: authorize the directory.");
  consent = {Trouble::Kind::no_consent, 400, "invalid_grant", "The refresh token is invalid or expired.", ""};
  EXPECT_EQ(sentence_of(consent),
            "The consent no longer counts at the provider. Authorize the directory again. It said 400 invalid_grant: "
            "The refresh token is invalid or expired.");
}

}  // namespace
}  // namespace rolecall::connector
