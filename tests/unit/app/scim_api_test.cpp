#include "api_fixture.hpp"

namespace rolecall::test {
namespace {

using ScimResources = ApiTest;
using ScimErrors = ApiTest;
using ScimLists = ApiTest;
using ScimVersions = ApiTest;
using ScimDiscovery = ApiTest;

TEST_F(ScimResources, CreatedUser_IsAnsweredInFullWithItsAddress) {
  const auto made = scim("POST", "/Users",
                         R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ana@acme.example",
                             "name":{"givenName":"Ana"},"emails":[{"value":"ana@acme.example","type":"work"}]})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string location = "http://scim.example.com/scim/v2/Users/" + text(made, "id");
  EXPECT_EQ(header(made, "Location"), location);
  EXPECT_EQ(header(made, "Content-Type"), "application/scim+json");
  EXPECT_EQ(header(made, "ETag"), "W/\"1\"");
  const json::Object body = parse(made);
  const json::Object& meta = *body.find("meta")->as_object();
  EXPECT_EQ(*meta.find("location"), json::Value(location));
  EXPECT_EQ(*meta.find("resourceType"), json::Value("User"));
  EXPECT_EQ(*meta.find("version"), json::Value("W/\"1\""));
  EXPECT_EQ(*meta.find("created"), *meta.find("lastModified"));
  const auto read = scim("GET", "/Users/" + text(made, "id"));
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(parse(read), body);
}

TEST_F(ScimResources, PublicUrl_IsTheBaseOfAddresses) {
  start({{"server.public_url", "https://id.example.org/"}});
  const auto made = scim("POST", "/Users", R"({"userName":"ana"})");
  EXPECT_EQ(header(made, "Location"), "https://id.example.org/scim/v2/Users/" + text(made, "id"));
}

TEST_F(ScimResources, AliasPrefix_AnswersToo) {
  create_user("ana");
  const auto listed = send("GET", "/scim_v2/Users", {}, {{"Authorization", token_}});
  EXPECT_EQ(listed.status, 200);
  EXPECT_EQ(text(listed, "totalResults"), "1");
}

TEST_F(ScimResources, GroupAndItsMember_ShowEachOther) {
  const std::string user = create_user("ana");
  const std::string group = create_group("Service Desk", {user});
  const json::Object group_body = parse(scim("GET", "/Groups/" + group));
  const json::Object& member = *group_body.find("members")->as_array()->front().as_object();
  EXPECT_EQ(*member.find("value"), json::Value(user));
  EXPECT_EQ(*member.find("type"), json::Value("User"));
  EXPECT_EQ(*member.find("$ref"), json::Value("http://scim.example.com/scim/v2/Users/" + user));
  const json::Object user_body = parse(scim("GET", "/Users/" + user));
  const json::Object& membership = *user_body.find("groups")->as_array()->front().as_object();
  EXPECT_EQ(*membership.find("value"), json::Value(group));
  EXPECT_EQ(*membership.find("display"), json::Value("Service Desk"));
  EXPECT_EQ(*membership.find("type"), json::Value("direct"));
}

TEST_F(ScimResources, PatchedUser_Answers200WithBody) {
  const std::string user = create_user("ana");
  const auto patched = scim("PATCH", "/Users/" + user, patch_body(R"({"op":"replace","value":{"active":false}})"));
  EXPECT_EQ(patched.status, 200);
  EXPECT_EQ(text(patched, "active"), "false");
  EXPECT_EQ(header(patched, "ETag"), "W/\"2\"");
}

TEST_F(ScimResources, PatchedGroup_Answers204UnlessAttributesAreAskedFor) {
  const std::string user = create_user("ana");
  const std::string group = create_group("Desk");
  const std::string add = patch_body(R"({"op":"add","path":"members","value":[{"value":")" + user + R"("}]})");
  const auto quiet = scim("PATCH", "/Groups/" + group, add);
  EXPECT_EQ(quiet.status, 204);
  EXPECT_EQ(quiet.body, "");
  EXPECT_EQ(header(quiet, "ETag"), "W/\"2\"");
  const auto asked = scim("PATCH", "/Groups/" + group + "?attributes=displayName",
                          patch_body(R"({"op":"replace","value":{"displayName":"Help"}})"));
  EXPECT_EQ(asked.status, 200);
  EXPECT_EQ(text(asked, "displayName"), "Help");
  EXPECT_EQ(text(asked, "members"), "(absent)");
}

TEST_F(ScimResources, ReplacedUser_ShowsTheNewStateAndDeletedOneIsGone) {
  const std::string user = create_user("ana");
  const auto replaced = scim("PUT", "/Users/" + user, R"({"userName":"ana2","title":"Lead"})");
  EXPECT_EQ(replaced.status, 200);
  EXPECT_EQ(text(replaced, "userName"), "ana2");
  EXPECT_EQ(text(replaced, "id"), user);
  EXPECT_EQ(scim("DELETE", "/Users/" + user).status, 204);
  expect_scim_error(scim("GET", "/Users/" + user), 404);
  expect_scim_error(scim("DELETE", "/Users/" + user), 404);
}

TEST_F(ScimResources, Projection_ShowsWhatWasAskedFor) {
  const std::string user = create_user("ana");
  const auto named = scim("GET", "/Users/" + user + "?attributes=userName");
  EXPECT_EQ(text(named, "userName"), "ana");
  EXPECT_EQ(text(named, "id"), user);
  EXPECT_EQ(text(named, "active"), "(absent)");
  EXPECT_EQ(text(named, "meta"), "(absent)");
  const auto excluded = scim("GET", "/Users/" + user + "?excludedAttributes=active,id");
  EXPECT_EQ(text(excluded, "active"), "(absent)");
  EXPECT_EQ(text(excluded, "id"), user);
  expect_scim_error(scim("GET", "/Users/" + user + "?attributes=id&excludedAttributes=name"), 400, "invalidValue");
}

TEST_F(ScimErrors, TakenUserName_IsAConflictThatSaysWhatToDo) {
  create_user("ana");
  expect_scim_error(scim("POST", "/Users", R"({"userName":"ANA"})"), 409, "uniqueness");
}

TEST_F(ScimErrors, UnreadableBodies_AreRefusedAndNothingIsStored) {
  for (const std::string body : {"{", "[]", "7", "{\"userName\":\"a\",\"userName\":\"b\"}", " \n"}) {
    expect_scim_error(scim("POST", "/Users", body), 400, "invalidSyntax");
  }
  expect_scim_error(send("POST", "/scim/v2/Users", "", {{"Authorization", token_}}), 400, "invalidSyntax");
  expect_scim_error(scim("POST", "/Users", R"({"userName":5})"), 400, "invalidValue");
  EXPECT_EQ(text(scim("GET", "/Users"), "totalResults"), "0");
}

TEST_F(ScimErrors, WrongMethods_NameTheRightOnes) {
  const auto refused = scim("DELETE", "/Users");
  expect_scim_error(refused, 405);
  EXPECT_EQ(header(refused, "Allow"), "GET, HEAD, POST");
  EXPECT_EQ(header(scim("POST", "/Users/1", "{}"), "Allow"), "GET, HEAD, PUT, PATCH, DELETE");
  EXPECT_EQ(header(scim("PUT", "/ServiceProviderConfig", "{}"), "Allow"), "GET, HEAD");
  EXPECT_EQ(header(scim("DELETE", "/Schemas"), "Allow"), "GET, HEAD");
}

TEST_F(ScimErrors, UnknownAddresses_AreNotFound) {
  expect_scim_error(scim("GET", "/Nothing"), 404);
  expect_scim_error(scim("GET", "/Users/1/2"), 404);
  expect_scim_error(scim("GET", "/Users/%zz"), 400);
  expect_scim_error(scim("GET", "/Me"), 501);
}

TEST_F(ScimResources, Me_IsTheUserOfTheToken) {
  const std::string user = create_user("ana");
  const auto make_own = [&] {
    return text(send("POST", "/admin/v1/tokens", R"({"connection":"okta","user":"ana"})", admin()), "token");
  };
  std::string ana = make_own();
  const auto as_ana = [&](const std::string& method, const std::string& body = {}) {
    Headers headers{{"Authorization", "Bearer " + ana}, {"Content-Type", "application/scim+json"}};
    return send(method, "/scim/v2/Me", body, headers);
  };
  const auto shown = as_ana("GET");
  EXPECT_EQ(shown.body, scim("GET", "/Users/" + user).body);
  EXPECT_EQ(header(shown, "Location"), "http://scim.example.com/scim/v2/Users/" + user);
  EXPECT_EQ(header(shown, "ETag"), "W/\"1\"");
  EXPECT_EQ(as_ana("PATCH", patch_body(R"({"op":"replace","path":"title","value":"Lead"})")).status, 200);
  EXPECT_EQ(text(as_ana("PUT", R"({"userName":"ana","nickName":"An"})"), "nickName"), "An");
  EXPECT_EQ(text(scim("GET", "/Users/" + user), "nickName"), "An");
  const auto refused = as_ana("POST", "{}");
  expect_scim_error(refused, 405);
  EXPECT_EQ(header(refused, "Allow"), "GET, HEAD, PUT, PATCH, DELETE");
  EXPECT_EQ(scim("PATCH", "/Users/" + user, patch_body(R"({"op":"replace","path":"active","value":false})")).status,
            200);
  expect_scim_error(as_ana("GET"), 401);
  EXPECT_EQ(scim("PATCH", "/Users/" + user, patch_body(R"({"op":"replace","path":"active","value":true})")).status,
            200);
  expect_scim_error(as_ana("GET"), 401);
  ana = make_own();
  EXPECT_EQ(as_ana("DELETE").status, 204);
  expect_scim_error(as_ana("GET"), 401);
  EXPECT_EQ(scim("GET", "/Users/" + user).status, 404);
}

TEST_F(ScimErrors, MediaTypes_AreCheckedOnBothSides) {
  const std::string body = R"({"userName":"ana"})";
  const auto post = [&](const std::string& type) {
    return send("POST", "/scim/v2/Users", body, {{"Authorization", token_}, {"Content-Type", type}});
  };
  expect_scim_error(post("text/plain"), 415);
  expect_scim_error(post("application/json; charset=iso-8859-1"), 415);
  EXPECT_EQ(post("application/json").status, 201);
  EXPECT_EQ(post("APPLICATION/SCIM+JSON; charset=\"UTF-8\"").status, 409);
  const auto get = [&](const std::string& accept) {
    return send("GET", "/scim/v2/Users", "", {{"Authorization", token_}, {"Accept", accept}});
  };
  for (const std::string accept :
       {"application/scim+json", "text/html, application/json;q=0.5", "*/*", "application/*", ""}) {
    EXPECT_EQ(get(accept).status, 200) << accept;
  }
  expect_scim_error(get("text/html"), 406);
  expect_scim_error(get("application/scim+json;q=0"), 406);
}

TEST_F(ScimLists, EmptyList_HasIntegersAndAnArray) {
  const auto listed = scim("GET", "/Users?startIndex=1&count=2");
  EXPECT_EQ(listed.status, 200);
  EXPECT_EQ(listed.body,
            R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,)"
            R"("itemsPerPage":0,"Resources":[]})");
}

TEST_F(ScimLists, Paging_IsClampedAndEchoed) {
  for (const std::string name : {"a", "b", "c"}) create_user(name);
  const auto page = [&](const std::string& query) {
    const auto listed = scim("GET", "/Users?" + query);
    return text(listed, "totalResults") + "/" + text(listed, "startIndex") + "/" + text(listed, "itemsPerPage");
  };
  EXPECT_EQ(page("startIndex=2&count=1"), "3/2/1");
  EXPECT_EQ(page("startIndex=0"), "3/1/3");
  EXPECT_EQ(page("startIndex=-5"), "3/1/3");
  EXPECT_EQ(page("count=0"), "3/1/0");
  EXPECT_EQ(page("count=-1"), "3/1/0");
  EXPECT_EQ(page("count=99999999999999999999999"), "3/1/3");
  EXPECT_EQ(page("startIndex=4"), "3/4/0");
  EXPECT_EQ(page("startIndex=99999999999999999999999"), "3/9007199254740992/0");
  for (const std::string query : {"count=abc", "count=", "startIndex=1.5", "startIndex=0x1", "count=1&count=2"}) {
    expect_scim_error(scim("GET", "/Users?" + query), 400, "invalidValue");
  }
}

TEST_F(ScimLists, PageSize_HasADefaultAndAMaximum) {
  start({{"limits.page_default", "2"}, {"limits.page_max", "100"}});
  for (int at = 0; at < 103; ++at) create_user("user" + std::to_string(at));
  EXPECT_EQ(text(scim("GET", "/Users"), "itemsPerPage"), "2");
  EXPECT_EQ(text(scim("GET", "/Users?count=100"), "itemsPerPage"), "100");
  EXPECT_EQ(text(scim("GET", "/Users?count=101"), "itemsPerPage"), "100");
}

TEST_F(ScimLists, Filters_AreReadWithBothEncodingsOfABlank) {
  create_user("ana");
  create_user("bea");
  EXPECT_EQ(text(scim("GET", "/Users?filter=userName%20eq%20%22ANA%22"), "totalResults"), "1");
  EXPECT_EQ(text(scim("GET", "/Users?filter=userName+eq+%22ana%22"), "totalResults"), "1");
  EXPECT_EQ(text(scim("GET", "/Users?unknown=1"), "totalResults"), "2");
  expect_scim_error(scim("GET", "/Users?filter="), 400, "invalidFilter");
  expect_scim_error(scim("GET", "/Users?filter=userName+foo+%22a%22"), 400, "invalidFilter");
  expect_scim_error(scim("GET", "/Users?filter=id+pr&filter=id+pr"), 400, "invalidFilter");
  expect_scim_error(scim("GET", "/Users?filter=" + std::string(9000, '(')), 400, "invalidFilter");
}

TEST_F(ScimLists, Sorting_GoesBothWaysAndRefusesWhatHasNoOrder) {
  for (const std::string name : {"b", "c", "a"}) create_user(name);
  const auto first = [&](const std::string& query) {
    const json::Object listed = parse(scim("GET", "/Users?" + query));
    return *listed.find("Resources")->as_array()->front().as_object()->find("userName")->as_string();
  };
  EXPECT_EQ(first("sortBy=userName"), "a");
  EXPECT_EQ(first("sortBy=userName&sortOrder=descending"), "c");
  expect_scim_error(scim("GET", "/Users?sortBy=nothing"), 400, "invalidValue");
  expect_scim_error(scim("GET", "/Users?sortBy=name"), 400, "invalidValue");
  expect_scim_error(scim("GET", "/Users?sortBy=userName&sortOrder=up"), 400, "invalidValue");
}

TEST_F(ScimLists, SearchBody_ActsAsTheQuery) {
  for (const std::string name : {"a", "b", "c"}) create_user(name);
  const auto found =
      scim("POST", "/Users/.search",
           R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"startIndex":2,"count":1,
                              "sortBy":"userName","sortOrder":"descending","attributes":["userName"]})");
  ASSERT_EQ(found.status, 200) << found.body;
  EXPECT_EQ(text(found, "totalResults"), "3");
  const json::Object body = parse(found);
  const json::Object& user = *body.find("Resources")->as_array()->front().as_object();
  EXPECT_EQ(*user.find("userName"), json::Value("b"));
  EXPECT_EQ(user.find("active"), nullptr);
  EXPECT_EQ(text(scim("POST", "/Users/.search", R"({"filter":"userName eq \"c\""})"), "totalResults"), "1");
  expect_scim_error(scim("POST", "/Users/.search", R"({"count":"2"})"), 400, "invalidValue");
  expect_scim_error(scim("POST", "/Users/.search", R"({"attributes":"userName"})"), 400, "invalidValue");
  expect_scim_error(scim("POST", "/Users/.search", R"({"filter":"userName eq"})"), 400, "invalidFilter");
}

TEST_F(ScimVersions, IfNoneMatch_Saves_TheBody) {
  const std::string user = create_user("ana");
  const auto fresh = scim("GET", "/Users/" + user, {}, {{"If-None-Match", "W/\"7\", W/\"1\""}});
  EXPECT_EQ(fresh.status, 304);
  EXPECT_EQ(fresh.body, "");
  EXPECT_EQ(header(fresh, "ETag"), "W/\"1\"");
  EXPECT_EQ(scim("GET", "/Users/" + user, {}, {{"If-None-Match", "W/\"2\""}}).status, 200);
}

TEST_F(ScimVersions, IfMatch_GuardsEveryChange) {
  const std::string user = create_user("ana");
  const std::string change = patch_body(R"({"op":"replace","path":"title","value":"x"})");
  expect_scim_error(scim("PATCH", "/Users/" + user, change, {{"If-Match", "W/\"2\""}}), 412);
  expect_scim_error(scim("PUT", "/Users/" + user, R"({"userName":"b"})", {{"If-Match", "\"foreign\""}}), 412);
  expect_scim_error(scim("DELETE", "/Users/" + user, {}, {{"If-Match", "W/\"2\", W/\"3\""}}), 412);
  EXPECT_EQ(header(scim("GET", "/Users/" + user), "ETag"), "W/\"1\"");
  EXPECT_EQ(scim("PATCH", "/Users/" + user, change, {{"If-Match", "\"1\""}}).status, 200);
  EXPECT_EQ(scim("PUT", "/Users/" + user, R"({"userName":"b"})", {{"If-Match", "W/\"9\", W/\"2\""}}).status, 200);
  EXPECT_EQ(scim("DELETE", "/Users/" + user, {}, {{"If-Match", "*"}}).status, 204);
  expect_scim_error(scim("DELETE", "/Users/" + user, {}, {{"If-Match", "W/\"1\""}}), 404);
}

TEST_F(ScimDiscovery, Configuration_SaysWhatTheServerDoes) {
  const auto open = send("GET", "/scim/v2/ServiceProviderConfig", {}, {});
  EXPECT_EQ(open.status, 200);
  const json::Object body = parse(open);
  EXPECT_EQ(json::write(*body.find("filter")), R"({"supported":true,"maxResults":1000})");
  EXPECT_EQ(json::write(*body.find("bulk")), R"({"supported":true,"maxOperations":1000,"maxPayloadSize":8388608})");
  for (const char* name : {"patch", "changePassword", "sort", "etag"}) {
    EXPECT_TRUE(body.find(name)->as_object()->find("supported")->is_bool()) << name;
  }
  expect_scim_error(send("GET", "/scim/v2/ServiceProviderConfig", {}, {{"Authorization", "Bearer wrong"}}), 401);
}

TEST_F(ScimDiscovery, SchemasAndTypes_AreListedAndReadOneByOne) {
  for (const std::string path : {"/Schemas", "/ResourceTypes"}) {
    const auto listed = scim("GET", path + "?startIndex=2&count=1&sortBy=name");
    ASSERT_EQ(listed.status, 200);
    const json::Object body = parse(listed);
    const json::Array& resources = *body.find("Resources")->as_array();
    EXPECT_EQ(*body.find("totalResults"), json::Value(static_cast<std::int64_t>(resources.size())));
    for (const json::Value& resource : resources) {
      const json::Value* name = resource.as_object()->find(path == "/Schemas" ? "id" : "name");
      const auto one = scim("GET", path + "/" + *name->as_string());
      EXPECT_EQ(json::Value(parse(one)), resource);
    }
    expect_scim_error(scim("GET", path + "?filter=name+eq+%22User%22"), 403);
    expect_scim_error(scim("GET", path + "/user"), 404);
  }
}

}  // namespace
}  // namespace rolecall::test
