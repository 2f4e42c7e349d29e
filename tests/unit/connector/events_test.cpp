#include <gmock/gmock.h>

#include "rolecall/connector/connector.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::connector {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Instant kNow{std::chrono::seconds(1'767'225'600)};
const Connector& okta() { return *find_connector("okta"); }

std::string target(const std::string& id, const std::string& type = "User") {
  return R"({"id":")" + id + R"(","type":")" + type + R"(","alternateId":"x@acme.example"})";
}
std::string event(const std::string& type, const std::string& targets, const std::string& uuid = "e-1") {
  return R"({"uuid":")" + uuid + R"(","published":"2026-01-01T00:00:00.000Z","eventType":")" + type +
         R"(","target":[)" + targets + "]}";
}
std::string delivery(const std::string& events) { return R"({"data":{"events":[)" + events + "]}}"; }

TEST(OktaEvents, Delivery_NamesThePeopleItIsAbout) {
  const auto read = okta().read_delivery(
      delivery(event("user.lifecycle.suspend", target("00u1") + "," + target("00u1")) + "," +
               event("group.user_membership.add", target("00u2") + "," + target("00g1", "UserGroup"), "e-2") + "," +
               event("user.session.clear", target("00u3"), "e-3")));
  ASSERT_TRUE(read) << read.error().detail;
  ASSERT_EQ(read->size(), 3U);
  EXPECT_EQ((*read)[0], (DirectoryEvent{"e-1", "user.lifecycle.suspend", kNow, {"00u1"}, false}));
  EXPECT_EQ((*read)[1], (DirectoryEvent{"e-2", "group.user_membership.add", kNow, {"00u2"}, true}));
  EXPECT_THAT((*read)[2].people, IsEmpty()) << "nothing that is read changes by it";
}

TEST(OktaEvents, IdsThatCouldBeAnotherPath_NameNobody) {
  const auto read =
      okta().read_delivery(delivery(event("user.lifecycle.suspend", target("../users") + "," + target("") + "," +
                                                                        target("a b") + ",7,null," + target("ok"))));
  ASSERT_TRUE(read);
  EXPECT_THAT(read->front().people, ElementsAre("ok"));
}

TEST(OktaEvents, WhatIsNoDelivery_IsRefused) {
  for (const char* body :
       {"", "x", "[]", "{}", R"({"data":[]})", R"({"data":{}})", R"({"data":{"events":{}}})",
        R"({"data":{"events":[null]}})", R"({"data":{"events":[{"uuid":"x y","eventType":"t"}]}})"}) {
    const auto read = okta().read_delivery(body);
    ASSERT_FALSE(read) << body;
    EXPECT_EQ(read.error().code, ErrorCode::invalid_syntax) << body;
  }
  EXPECT_TRUE(okta().read_delivery(delivery(""))) << "nothing happened";
  EXPECT_EQ(okta().read_delivery(delivery("null," + event("user.lifecycle.suspend", target("00u1"))))->size(), 1U)
      << "one that cannot be read keeps the others from nobody";
}

TEST(OktaEvents, AsManyAsThereMayBe_AndNotOneMore) {
  const auto of = [](std::size_t count, const std::string& one) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += (i == 0 ? "" : ",") + one;
    return all;
  };
  const std::string one = event("user.lifecycle.suspend", target("00u1"));
  EXPECT_EQ(okta().read_delivery(delivery(of(kEventsAtOnce, one)))->size(), kEventsAtOnce);
  const auto more = okta().read_delivery(delivery(of(kEventsAtOnce + 1, one)));
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::too_many);
  std::string people;
  for (std::size_t i = 0; i <= kPeopleOfEvent; ++i) people += (i == 0 ? "" : ",") + target("00u" + std::to_string(i));
  EXPECT_EQ(okta().read_delivery(delivery(event("user.lifecycle.suspend", people)))->front().people.size(),
            kPeopleOfEvent);
}

TEST(OktaEvents, PersonId_IsWhatOktaMakesAndNobodyChooses) {
  EXPECT_TRUE(okta().is_person_id("00u1ab2cd3EF4gh5IJ6k"));
  for (const char* text :
       {"", "00u1", "00g1ab2cd3EF4gh5IJ6k", "00u1ab2cd3EF4gh5IJ6k7", "00u1ab2cd3EF4gh5/J6k", "E00001"}) {
    EXPECT_FALSE(okta().is_person_id(text)) << text;
  }
}

TEST(OktaEvents, Hook_IsMadeWithItsSecretAndKnownByItsAddress) {
  const auto call = okta().create_hook("Rolecall okta-api", "https://scim.example.com/hooks/v1/okta/d1", Secret("s3"));
  EXPECT_EQ(call.method + " " + call.target, "POST /api/v1/eventHooks");
  const auto body = json::parse(call.body);
  ASSERT_TRUE(body) << call.body;
  for (const char* part : {R"("uri":"https://scim.example.com/hooks/v1/okta/d1")", R"("key":"Authorization")",
                           R"("value":"s3")", R"("user.lifecycle.suspend")", R"("type":"EVENT_TYPE")"}) {
    EXPECT_THAT(call.body, HasSubstr(part));
  }
  EXPECT_EQ(okta().verify_hook("who1").target, "/api/v1/eventHooks/who1/lifecycle/verify");
  EXPECT_EQ(okta().deactivate_hook("who1").target, "/api/v1/eventHooks/who1/lifecycle/deactivate");
  EXPECT_EQ(okta().delete_hook("w/1").target, "/api/v1/eventHooks/w%2F1");
  const std::string one = R"({"id":"who1","status":"INACTIVE","verificationStatus":"VERIFIED","channel":{"config":)"
                          R"({"uri":"https://x"}}})";
  EXPECT_EQ(*okta().read_hook({200, {}, one}, kNow), (VendorHook{"who1", "https://x", false, true}));
  EXPECT_EQ(okta().read_hooks({200, {}, "[" + one + "]"}, kNow)->size(), 1U);
  for (const char* text : {"", "[]", R"({"id":"a/b"})", "null"}) {
    EXPECT_EQ(okta().read_hook({200, {}, text}, kNow).error().kind, Trouble::Kind::unreadable) << text;
  }
  EXPECT_EQ(okta().read_hooks({200, {}, "{}"}, kNow).error().kind, Trouble::Kind::unreadable);
  EXPECT_EQ(okta().read_hooks({403, {}, R"({"errorCode":"E0000006"})"}, kNow).error().kind,
            Trouble::Kind::missing_role);
}

TEST(OktaEvents, Log_GoesOnFromItsNextPageAlsoWhenThatIsEmpty) {
  const auto call = okta().read_log(kNow);
  EXPECT_THAT(call.target, HasSubstr("/api/v1/logs?since=2026-01-01T00%3A00%3A00.000Z&sortOrder=ASCENDING&limit=1000"));
  EXPECT_THAT(call.target, HasSubstr("user.lifecycle.suspend"));
  const Fields next{{"Link", R"(<https://acme.okta.com/api/v1/logs?after=x>; rel="next")"}};
  const auto empty = okta().read_log_page({200, next, "[]"}, "acme.okta.com", kNow);
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->next, "/api/v1/logs?after=x");
  const std::string one = "[" + event("user.lifecycle.suspend", target("00u1")) + "]";
  EXPECT_EQ(okta().read_log_page({200, next, one}, "acme.okta.com", kNow)->items.size(), 1U);
  EXPECT_FALSE(okta().read_log_page({200, {}, one}, "acme.okta.com", kNow)) << "where to go on is not said";
  EXPECT_FALSE(okta().read_log_page({200, next, one}, "other.okta.com", kNow))
      << "our credential has no business there";
  EXPECT_FALSE(okta().read_log_page({200, next, "[null]"}, "acme.okta.com", kNow));
  EXPECT_FALSE(okta().read_log_page({200, next, "{}"}, "acme.okta.com", kNow));
  EXPECT_EQ(okta().read_log_page({429, {}, ""}, "acme.okta.com", kNow).error().kind, Trouble::Kind::throttled);
}

}  // namespace
}  // namespace rolecall::connector
