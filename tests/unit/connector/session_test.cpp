#include "rolecall/connector/session.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace rolecall::connector {
namespace {

constexpr Instant kNow{std::chrono::seconds(1'767'225'600)};
constexpr const char* kToken =
    R"({"token_type":"Bearer","expires_in":3600,"access_token":"a1","scope":"okta.users.read okta.groups.read"})";
constexpr const char* kOther =
    R"({"token_type":"Bearer","expires_in":3600,"access_token":"a2","scope":"okta.users.read okta.groups.read"})";
const Reply kEnded{401, {{"WWW-Authenticate", R"(Bearer error="invalid_token")"}}, ""};
const Reply kNoScope{403, {{"WWW-Authenticate", R"(Bearer scope="okta.groups.read", error="insufficient_scope")"}}, ""};
const Reply kNoRole{403, {}, R"({"errorCode":"E0000006"})"};
const Reply kFine{200, {}, "[]"};

const std::vector<std::string> kScopes{"okta.users.read", "okta.groups.read"};

/// An Okta that answers from a list, and what it was asked.
struct Script {
  std::deque<Answer<Reply>> replies;
  std::vector<std::string> asked;
  ManualClock clock{kNow};

  Session session(Credential credential, std::vector<std::string> scopes) {
    return {*find_connector("okta"), std::move(credential), std::move(scopes), clock, [this](const Call& call) {
              asked.push_back(call.target + " " + call.headers.back().second);
              if (replies.empty()) return Answer<Reply>(tl::unexpected(no_reply("Nobody expected this.")));
              auto reply = std::move(replies.front());
              replies.pop_front();
              return reply;
            }};
  }
};

Credential with_secret() { return {"client_secret", "0oa1", Secret("s")}; }

TEST(Session, Token_IsGotOnceAndRenewedWhenItEnds) {
  Script okta;
  okta.replies = {Reply{200, {}, kToken}, kFine, kFine, Reply{200, {}, kOther}, kFine};
  Session session = okta.session(with_secret(), kScopes);
  EXPECT_TRUE(session.call(session.connector().list_groups(std::nullopt)));
  EXPECT_TRUE(session.call(session.connector().list_groups(std::nullopt)));
  okta.clock.advance(std::chrono::hours(1));
  EXPECT_TRUE(session.call(session.connector().list_groups(std::nullopt)));
  ASSERT_EQ(okta.asked.size(), 5U);
  EXPECT_EQ(okta.asked[1], "/api/v1/groups?limit=200 Bearer a1");
  EXPECT_EQ(okta.asked[2], okta.asked[1]);
  EXPECT_EQ(okta.asked[4], "/api/v1/groups?limit=200 Bearer a2");
}

TEST(Session, TokenThatIsRefused_IsRenewedOnceAndNoMore) {
  Script okta;
  okta.replies = {Reply{200, {}, kToken}, kEnded, Reply{200, {}, kOther}, kFine, kEnded,
                  Reply{200, {}, kToken}, kEnded};
  Session session = okta.session(with_secret(), kScopes);
  EXPECT_EQ(session.call(session.connector().list_groups(std::nullopt))->status, 200);
  EXPECT_EQ(okta.asked.size(), 4U);
  EXPECT_EQ(session.call(session.connector().list_groups(std::nullopt))->status, 401)
      << "a new token is refused as well";
  EXPECT_EQ(okta.asked.size(), 7U);
}

TEST(Session, AccessThatSomebodyElseKeeps_IsAskedForThere) {
  Script okta;
  okta.replies = {kFine, kEnded, kFine};
  std::vector<std::string> rejected;
  Prover prover;
  prover.renew = [&](const Secret& ended) -> Answer<Access> {
    rejected.push_back(ended.expose());
    const std::string token = "Bearer kept" + std::to_string(rejected.size());
    return Access{Secret(token), kNow + std::chrono::hours(1), {}};
  };
  Session session{*find_connector("okta"),
                  {"consent", "0oa1", Secret("s")},
                  kScopes,
                  okta.clock,
                  [&](const Call& call) {
                    okta.asked.push_back(call.headers.back().second);
                    auto reply = std::move(okta.replies.front());
                    okta.replies.pop_front();
                    return reply;
                  },
                  prover};
  EXPECT_EQ(session.call(session.connector().list_groups(std::nullopt))->status, 200);
  EXPECT_EQ(session.call(session.connector().list_groups(std::nullopt))->status, 200);
  EXPECT_EQ(okta.asked, (std::vector<std::string>{"Bearer kept1", "Bearer kept1", "Bearer kept2"}));
  EXPECT_EQ(rejected, (std::vector<std::string>{"", "Bearer kept1"}));
}

TEST(Session, ApiToken_ThatIsRefused_IsNotTriedAgain) {
  Script okta;
  okta.replies = {Reply{401, {}, R"({"errorCode":"E0000011"})"}};
  Session session = okta.session({"ssws", "", Secret("00t")}, {});
  EXPECT_EQ(session.call(session.connector().list_groups(std::nullopt))->status, 401);
  EXPECT_EQ(okta.asked, std::vector<std::string>{"/api/v1/groups?limit=200 SSWS 00t"});
}

TEST(TestAccess, EverythingWorks) {
  Script okta;
  okta.replies = {Reply{200, {}, kToken}, kFine, kFine};
  Session session = okta.session(with_secret(), kScopes);
  const Tested tested = test_access(session, kScopes);
  EXPECT_FALSE(tested.trouble);
  EXPECT_TRUE(tested.is_usable);
  EXPECT_EQ(tested.granted, kScopes);
}

TEST(TestAccess, ApiToken_IsTriedWithTheDefaultScopes) {
  Script okta;
  okta.replies = {kFine, kFine};
  Session session = okta.session({"ssws", "", Secret("00t")}, {});
  const Tested tested = test_access(session, {});
  EXPECT_FALSE(tested.trouble);
  EXPECT_TRUE(tested.granted.empty());
  EXPECT_EQ(okta.asked.size(), 2U);
}

TEST(TestAccess, NoToken_NothingElseIsTried) {
  Script okta;
  okta.replies = {Reply{401, {}, R"({"error":"invalid_client"})"}};
  Session session = okta.session(with_secret(), kScopes);
  const Tested tested = test_access(session, kScopes);
  EXPECT_EQ(tested.trouble->kind, Trouble::Kind::unauthorized);
  EXPECT_FALSE(tested.is_usable);
  EXPECT_EQ(okta.asked.size(), 1U);
}

TEST(TestAccess, ScopeThatIsMissing_IsNamed_AndTheOthersAreTried) {
  Script okta;
  okta.replies = {Reply{200, {}, kToken}, kFine, kNoScope};
  Session session = okta.session(with_secret(), kScopes);
  const Tested tested = test_access(session, kScopes);
  EXPECT_EQ(tested.trouble->scope, "okta.groups.read");
  EXPECT_TRUE(tested.is_usable);
  EXPECT_EQ(tested.granted, std::vector<std::string>{"okta.users.read"});
}

TEST(TestAccess, RoleThatIsMissingForPeople_MakesItUseless) {
  Script okta;
  okta.replies = {Reply{200, {}, kToken}, kNoRole, kFine};
  Session session = okta.session(with_secret(), kScopes);
  const Tested tested = test_access(session, kScopes);
  EXPECT_EQ(tested.trouble->kind, Trouble::Kind::missing_role);
  EXPECT_FALSE(tested.is_usable);
  EXPECT_EQ(okta.asked.size(), 3U);
}

TEST(TestAccess, ProviderThatRepeatsASecret_IsNotQuoted) {
  Script okta;
  okta.replies = {
      Reply{200, {}, R"({"token_type":"Bearer","expires_in":3600,"access_token":"token-of-ours","scope":""})"},
      Reply{400,
            {{"X-Okta-Request-Id", "token-of-ours"}},
            R"({"errorCode":"E1","errorSummary":"token-of-ours and long-secret, long-secret!"})"}};
  Session session = okta.session({"client_secret", "0oa1", Secret("long-secret")}, kScopes);
  const Tested tested = test_access(session, kScopes);
  EXPECT_EQ(tested.trouble->message, "… and …, …!");
  EXPECT_EQ(tested.trouble->request_id, "…");
}

TEST(TestAccess, Fault_EndsTheTest) {
  Script okta;
  okta.replies = {Reply{200, {}, kToken}, Reply{500, {}, ""}, kFine};
  Session session = okta.session(with_secret(), kScopes);
  const Tested tested = test_access(session, kScopes);
  EXPECT_EQ(tested.trouble->kind, Trouble::Kind::unavailable);
  EXPECT_EQ(okta.asked.size(), 2U);
}

}  // namespace
}  // namespace rolecall::connector
