#include <set>

#include "api_fixture.hpp"
#include "rolecall/base/clock.hpp"

namespace rolecall::test {
namespace {

/// Paging of the lists of the admin API: `limit`, `cursor`, `next_cursor`.
class AdminLists : public ApiTest {
 protected:
  http::Response ask(const std::string& path, const std::string& token = kAdminToken) {
    return send("GET", "/admin/v1" + path, {}, {{"Authorization", "Bearer " + token}});
  }
  http::Response change(const std::string& path, const std::string& body) {
    auto headers = admin();
    headers.emplace_back("Content-Type", "application/json");
    return send("POST", "/admin/v1" + path, body, headers);
  }
  std::string api_token(const std::string& name, const std::string& scopes) {
    return text(change("/api-tokens", R"({"name":")" + name + R"(","scopes":)" + scopes + "}"), "token");
  }
  static std::string next_of(const http::Response& page) { return text(page, "next_cursor"); }
  static void expect_refused(const http::Response& page, const std::string& code = "invalid_cursor") {
    EXPECT_EQ(page.status, 400) << page.body;
    EXPECT_EQ(text(page, "code"), code) << page.body;
    EXPECT_EQ(text(page, "pointer"), "/cursor") << page.body;
    EXPECT_NE(text(page, "next").find("without a cursor"), std::string::npos) << page.body;
  }
  /// All items of a list, one a page.
  std::vector<std::string> walk(const std::string& path) {
    std::vector<std::string> items;
    const std::string separator = path.find('?') == std::string::npos ? "?" : "&";
    std::string cursor;
    for (int pages = 0; pages < 200; ++pages) {
      const auto page = ask(path + separator + "limit=1" + (cursor.empty() ? "" : "&cursor=" + cursor));
      EXPECT_EQ(page.status, 200) << page.body;
      const json::Object body = parse(page);
      for (const json::Value& item : *body.find("items")->as_array()) items.push_back(json::write(item));
      if (body.find("next_cursor")->is_null()) return items;
      cursor = next_of(page);
    }
    ADD_FAILURE() << path << " has no end";
    return items;
  }
  std::vector<std::string> whole(const std::string& path) {
    std::vector<std::string> items;
    const json::Object body = parse(ask(path));
    for (const json::Value& item : *body.find("items")->as_array()) items.push_back(json::write(item));
    EXPECT_TRUE(body.find("next_cursor")->is_null()) << path;
    return items;
  }
};

TEST_F(AdminLists, EveryList_IsTheSamePageByPage) {
  const std::string ana = create_user("ana");
  create_user("bo");
  create_group("Desk", {ana});
  // Before a second connection has groups of the same names: no page ends within a name.
  EXPECT_EQ(walk("/groups"), whole("/groups"));
  change("/tokens", R"({"connection":"okta"})");
  change("/connections", R"({"name":"entra"})");
  change("/workspaces", R"({"name":"north"})");
  api_token("one", R"(["users:read"])");
  api_token("two", R"(["users:read"])");
  change("/plans", "{}");
  change("/plans", "{}");
  for (const std::string path :
       {"/users", "/groups/Desk/members?connection=okta", "/roles", "/roles/IT%20Agent/holders", "/links",
        "/connections", "/workspaces", "/tokens", "/tokens?connection=okta", "/api-tokens", "/api-tokens/scopes",
        "/plans", "/permissions", "/permissions?feature=requests", "/requests", "/requests?status=2xx"}) {
    const auto all = whole(path);
    EXPECT_FALSE(all.empty()) << path;
    EXPECT_EQ(walk(path), all) << path;
  }
}

TEST_F(AdminLists, Audit_GoesBackFromTheNewestAndForwardFromARow) {
  const auto all = whole("/audit?limit=1000");
  ASSERT_GT(all.size(), 5U);
  const std::vector<std::string> backwards(all.rbegin(), all.rend());
  EXPECT_EQ(walk("/audit"), backwards);
  EXPECT_EQ(walk("/audit?after=0"), all);
  EXPECT_EQ(walk("/audit?after=2"), std::vector<std::string>(all.begin() + 2, all.end()));
  const auto newest = ask("/audit?limit=3");
  EXPECT_EQ(json::write(*parse(newest).find("items")->as_array()->begin()), all[all.size() - 3]) << "in order of seq";
}

TEST_F(AdminLists, Limit_IsCutToOneAndAThousand) {
  create_user("ana");
  create_user("bo");
  for (const std::string limit : {"0", "-5", "1"}) {
    EXPECT_EQ(parse(ask("/users?limit=" + limit)).find("items")->as_array()->size(), 1U) << limit;
  }
  for (const std::string limit : {"1000", "1001", "99999999999999999999"}) {
    EXPECT_EQ(parse(ask("/users?limit=" + limit)).find("items")->as_array()->size(), 2U) << limit;
  }
  EXPECT_EQ(ask("/users?limit=x").status, 400);
}

TEST_F(AdminLists, Cursor_IsGoodForItsListWorkspaceFiltersAndTokenOnly) {
  for (const std::string name : {"ana", "bo", "cy"}) create_user(name);
  create_group("Desk");
  change("/workspaces", R"({"name":"north"})");
  const std::string cursor = next_of(ask("/users?limit=1"));
  EXPECT_EQ(ask("/users?cursor=" + cursor).status, 200);
  EXPECT_EQ(ask("/users?limit=2&cursor=" + cursor).status, 200) << "a page may have another length";
  expect_refused(ask("/groups?cursor=" + cursor));
  expect_refused(ask("/roles?cursor=" + cursor));
  expect_refused(ask("/users?workspace=north&cursor=" + cursor));
  const std::string reader = api_token("reader", R"(["users:read","requests:read"])");
  const std::string other = api_token("other", R"(["users:read"])");
  expect_refused(ask("/users?cursor=" + cursor, reader));
  const std::string own = next_of(ask("/users?limit=1", reader));
  EXPECT_EQ(ask("/users?cursor=" + own, reader).status, 200);
  expect_refused(ask("/users?cursor=" + own, other));
  expect_refused(ask("/users?cursor=" + own));
  const std::string of_okta = next_of(ask("/requests?limit=1&connection=okta"));
  EXPECT_EQ(ask("/requests?connection=okta&cursor=" + of_okta).status, 200);
  expect_refused(ask("/requests?cursor=" + of_okta));
  expect_refused(ask("/requests?connection=okta&status=2xx&cursor=" + of_okta));
  const std::string desk = next_of(ask("/permissions?limit=1&feature=requests"));
  expect_refused(ask("/permissions?feature=services&cursor=" + desk));
}

TEST_F(AdminLists, Cursor_ThatWasChangedOrMadeUpIsRefused) {
  for (const std::string name : {"ana", "bo"}) create_user(name);
  const std::string cursor = next_of(ask("/users?limit=1"));
  expect_refused(ask("/users?cursor=x"));
  expect_refused(ask("/users?cursor=" + std::string(9000, 'A')));
  for (const std::size_t at : {std::size_t{0}, cursor.size() / 2, cursor.size() - 1}) {
    std::string changed = cursor;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    expect_refused(ask("/users?cursor=" + changed));
  }
  EXPECT_EQ(ask("/users?cursor=" + cursor + "&cursor=" + cursor).status, 400);
  EXPECT_EQ(cursor.find("ana"), std::string::npos);
}

TEST_F(AdminLists, Cursor_OutlivesWhatItStandsFor) {
  std::vector<std::string> ids;
  for (const std::string name : {"ana", "bo", "cy"}) ids.push_back(create_user(name));
  const std::string cursor = next_of(ask("/users?limit=1"));
  EXPECT_EQ(scim("DELETE", "/Users/" + ids[0]).status, 204);
  const auto rest = ask("/users?cursor=" + cursor);
  EXPECT_EQ(parse(rest).find("items")->as_array()->size(), 2U);
}

TEST_F(AdminLists, Cursor_ExpiresWithThoseOfScim) {
  ManualClock clock(clock_.now());
  instance_clock_ = &clock;
  start({{"limits.cursor_timeout", "60s"}});
  for (const std::string name : {"ana", "bo"}) create_user(name);
  const std::string cursor = next_of(ask("/users?limit=1"));
  clock.advance(std::chrono::seconds(60));
  EXPECT_EQ(ask("/users?cursor=" + cursor).status, 200);
  clock.advance(std::chrono::seconds(1));
  expect_refused(ask("/users?cursor=" + cursor), "expired_cursor");
  instance_.reset();  // the clock goes before it otherwise
}

TEST_F(AdminLists, Permissions_NameTheRolesThatHoldThem) {
  change("/roles", R"({"name":"Own","permissions":["requests.view@own"]})");
  change("/roles", R"({"name":"All","permissions":["requests.view"]})");
  const json::Object body = parse(ask("/permissions?limit=1000"));
  std::set<std::string> names;
  for (const json::Value& value : *body.find("items")->as_array()) {
    const json::Object& item = *value.as_object();
    names.insert(*item.find("name")->as_string());
    if (*item.find("name") != json::Value("requests.view")) continue;
    EXPECT_EQ(json::write(*item.find("scoped")), R"([{"role":"Own","scope":"own"}])");
    EXPECT_NE(json::write(*item.find("roles")).find("\"All\""), std::string::npos);
    EXPECT_EQ(json::write(*item.find("roles")).find("\"Own\""), std::string::npos);
  }
  EXPECT_EQ(names.count("requests.view"), 1U);
  EXPECT_NE(json::write(*body.find("scopes")).find("\"department\""), std::string::npos);
  EXPECT_EQ(text(ask("/permissions?feature=dragons"), "code"), "invalid_value");
}

TEST_F(AdminLists, Whoami_TellsEveryTokenWhoItIs) {
  EXPECT_EQ(text(ask("/whoami"), "caller"), "admin");
  EXPECT_EQ(text(ask("/whoami"), "scopes"), "null");
  const std::string token = api_token("reader", R"(["users:read"])");
  const auto answer = ask("/whoami", token);
  EXPECT_EQ(text(answer, "name"), "reader");
  EXPECT_EQ(text(answer, "workspace"), "default");
  EXPECT_EQ(text(answer, "scopes"), R"(["users:read"])");
  EXPECT_EQ(ask("/whoami", "nobody").status, 401);
  EXPECT_EQ(ask("/workspaces", token).status, 403);
  EXPECT_EQ(text(change("/api-tokens", R"({"name":"x","scopes":["self:read"]})"), "code"), "invalid_value")
      << "nothing to be given: everybody has it";
}

TEST_F(AdminLists, Scopes_AreThoseThatATokenCanHold) {
  const json::Object body = parse(ask("/api-tokens/scopes?limit=1000"));
  for (const json::Value& value : *body.find("items")->as_array()) {
    const json::Object& item = *value.as_object();
    EXPECT_FALSE(item.find("opens")->as_array()->empty()) << json::write(item);
    EXPECT_EQ(change("/api-tokens", R"({"name":"one","scopes":[)" + json::write(*item.find("scope")) + "]}").status,
              201);
  }
}

}  // namespace
}  // namespace rolecall::test
