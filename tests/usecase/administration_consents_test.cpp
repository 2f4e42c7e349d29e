#include <gmock/gmock.h>

#include <deque>

#include "rolecall/administration/consents.hpp"
#include "rolecall/administration/directories.hpp"
#include "rolecall/base/encoding.hpp"
#include "world/administration_world.hpp"

namespace rolecall::administration {
namespace {

using connector::Reply;
using connector::Trouble;
using store::DirectoryState;
using testing::HasSubstr;
using testing::Not;
using testing_support::World;

constexpr std::chrono::milliseconds kLease{15'000};
const std::string kPublicUrl = "https://scim.example.com";

Reply tokens(const std::string& access, const std::string& refresh) {
  std::string body = R"({"token_type":"Bearer","expires_in":3600,"scope":"okta.users.read","access_token":")" + access;
  if (!refresh.empty()) body += R"(","refresh_token":")" + refresh;
  return {200, {}, body + "\"}"};
}
const Reply kEnded{
    400, {}, R"({"error":"invalid_grant","error_description":"The refresh token is invalid or expired."})"};

std::string parameter(const std::string& url, const std::string& name) {
  const auto start = url.find(name + "=") + name.size() + 1;
  return url.substr(start, url.find('&', start) - start);
}

class AdministrationConsents : public testing::Test {
 protected:
  void SetUp() override {
    const auto made =
        create_directory(world.environment, world.workspace, world.admin,
                         {"okta-web", "okta", "acme.okta.com", "consent", "0oa1", Secret("s3cr3t-of-app"), {}});
    ASSERT_TRUE(made) << made.error().detail;
  }
  BegunConsent begin() {
    auto begun = begin_consent(world.environment, world.workspace, world.admin, "okta-web", kPublicUrl);
    EXPECT_TRUE(begun) << begun.error().detail << begun.error().note;
    return begun.value_or(BegunConsent());
  }
  Result<TakenConsent> take(const ConsentAnswer& answer) {
    return take_consent(world.environment, RequestId("r"), answer);
  }
  Result<TakenConsent> take(const BegunConsent& begun, const std::string& code = "code-of-okta") {
    return take({parameter(begun.url.expose(), "state"), code, "", "", ""});
  }
  std::optional<ConsentJob> claim() {
    auto job = claim_consent(world.environment, kLease);
    EXPECT_TRUE(job) << job.error().note;
    return std::move(job).value_or(std::nullopt);
  }
  auto work(const ConsentJob& job) {
    auto done =
        work_on_consent(world.environment, job,
                        [this](const connector::Call& call) {
                          asked.push_back(call.body);
                          if (replies.empty())
                            return connector::Answer<Reply>(tl::unexpected(connector::no_reply("No answer came.")));
                          Reply reply = std::move(replies.front());
                          replies.pop_front();
                          return connector::Answer<Reply>(std::move(reply));
                        },
                        {"acme.okta.com"});
    EXPECT_TRUE(done) << done.error().note;
    return *done;
  }
  /// From the beginning to the tokens.
  void consent() {
    ASSERT_TRUE(take(begin()));
    const auto job = claim();
    ASSERT_TRUE(job);
    replies = {tokens("a1", "refresh-1")};
    ASSERT_TRUE(work(*job));
    asked.clear();
  }
  Reach reach(const std::string& rejected = "") {
    auto found = reach_consented(world.environment, world.workspace, directory(), Secret(rejected), kLease);
    EXPECT_TRUE(found) << found.error().note;
    return std::move(found).value_or(Reach());
  }
  store::DirectoryRecord directory() { return *get_directory(world.environment, world.workspace, "okta-web"); }
  std::vector<std::string> audited() {
    std::vector<std::string> all;
    const auto rows = store::read(
        *world.store, [&](store::UnitOfWork& unit) { return unit.workspace(world.workspace).audit().page(0, 100); });
    for (const auto& row : *rows) all.push_back(row.action);
    return all;
  }

  World world;
  std::deque<Reply> replies;
  std::vector<std::string> asked;
};

TEST_F(AdministrationConsents, Way_LeadsToTheDomainWithAChallengeAndComesBackHere) {
  const auto begun = begin();
  EXPECT_EQ(begun.redirect, "https://scim.example.com/directories/callback");
  EXPECT_EQ(begun.expires, world.clock.now() + kConsentLasts);
  EXPECT_THAT(begun.url.expose(), testing::StartsWith("https://acme.okta.com/oauth2/v1/authorize?"));
  const auto taken = take(begun);
  ASSERT_TRUE(taken) << taken.error().detail;
  EXPECT_TRUE(taken->is_given);
  EXPECT_EQ(taken->name, "okta-web");
  EXPECT_EQ(taken->title, "Okta");
  const auto job = claim();
  ASSERT_TRUE(job && job->code);
  EXPECT_EQ(job->code->code.expose(), "code-of-okta");
  EXPECT_EQ(job->code->verifier.expose().size(), 43U);
  EXPECT_EQ(to_base64url(world.digest->sha256(job->code->verifier.expose())),
            parameter(begun.url.expose(), "code_challenge"));
  EXPECT_FALSE(claim()) << "one is enough";
  replies = {tokens("a1", "refresh-1")};
  const auto done = work(*job);
  ASSERT_TRUE(done && *done);
  EXPECT_THAT(asked.front(), HasSubstr("code=code-of-okta&redirect_uri=https%3A%2F%2Fscim.example.com"));
  EXPECT_EQ(directory().state, DirectoryState::untested);
  EXPECT_EQ(directory().test_due, world.clock.now());
  EXPECT_EQ(reach().access->authorization.expose(), "Bearer a1");
  EXPECT_FALSE(claim());
  EXPECT_THAT(audited(), testing::IsSupersetOf({"directory.authorization_begun", "directory.authorized"}));
}

TEST_F(AdministrationConsents, Answer_CountsOnceInTimeAndForItsState) {
  const auto late = begin();
  world.clock.advance(kConsentLasts);
  auto refused = take(late);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::bad_request);
  EXPECT_THAT(refused.error().detail, HasSubstr("too late"));
  const auto first = begin();
  const auto begun = begin();
  EXPECT_THAT(take(first).error().detail, HasSubstr("Nobody here waits")) << "another way was begun since";
  const std::string state = parameter(begun.url.expose(), "state");
  for (const ConsentAnswer& forged :
       {ConsentAnswer{"", "c", "", "", ""}, ConsentAnswer{state + "x", "c", "", "", ""},
        ConsentAnswer{state.substr(0, state.find('.')), "c", "", "", ""}, ConsentAnswer{state, "", "", "", ""},
        ConsentAnswer{state, std::string(4'097, 'c'), "", "", ""},
        ConsentAnswer{state, "c", "", "", "https://evil.example"},
        ConsentAnswer{"00000000-0000-7000-8000-000000000000.x", "c", "", "", ""}}) {
    EXPECT_EQ(take(forged).error().code, ErrorCode::bad_request) << forged.state;
  }
  EXPECT_FALSE(claim());
  EXPECT_TRUE(take({state, std::string(4'096, 'c'), "", "", "https://acme.okta.com"}));
  EXPECT_THAT(take(begun).error().detail, HasSubstr("has come before"));
}

TEST_F(AdministrationConsents, No_IsTakenForNoAndIsWrittenDown) {
  const std::string state = parameter(begin().url.expose(), "state");
  const auto taken = take({state, "", "access_denied", "The owner\n denied " + std::string(2'000, 'x'), ""});
  ASSERT_TRUE(taken);
  EXPECT_FALSE(taken->is_given);
  EXPECT_EQ(taken->error, "access_denied");
  EXPECT_LE(taken->description.size(), connector::kLongestMessage);
  EXPECT_THAT(taken->description, Not(HasSubstr("\n")));
  EXPECT_FALSE(claim());
  EXPECT_THAT(audited(), testing::Contains("directory.authorization_refused"));
  EXPECT_EQ(reach().trouble->kind, Trouble::Kind::no_consent);
}

TEST_F(AdministrationConsents, CodeThatIsRefused_IsSaidInTheWordsOfTheProviderWithoutSecrets) {
  ASSERT_TRUE(take(begin()));
  const auto job = claim();
  replies = {{400, {}, R"({"error":"invalid_grant","error_description":"No: code-of-okta by s3cr3t-of-app"})"}};
  const auto done = work(*job);
  ASSERT_TRUE(done);
  EXPECT_FALSE(*done);
  const auto found = directory();
  EXPECT_EQ(found.state, DirectoryState::needs_reauthorization);
  EXPECT_EQ(found.vendor_code, "invalid_grant");
  EXPECT_THAT(found.reason, HasSubstr("No: … by …"));
  EXPECT_THAT(audited(), testing::Contains("directory.authorization_failed"));
  world.clock.advance(std::chrono::hours(1));
  EXPECT_FALSE(claim()) << "a code that was refused is not tried again";
}

TEST_F(AdministrationConsents, CodeWhoseAnswerIsLost_IsTriedAgainUntilItIsOld) {
  ASSERT_TRUE(take(begin()));
  auto job = claim();
  ASSERT_TRUE(job);
  EXPECT_FALSE(*work(*job));
  EXPECT_EQ(directory().state, DirectoryState::untested);
  world.clock.advance(kLease);
  job = claim();
  ASSERT_TRUE(job && job->code);
  world.clock.advance(kConsentLasts);
  EXPECT_FALSE(*work(*job));
  EXPECT_EQ(directory().state, DirectoryState::degraded);
  world.clock.advance(std::chrono::hours(1));
  EXPECT_FALSE(claim());
}

TEST_F(AdministrationConsents, Tokens_AreStoredBeforeTheyAreUsedAndByOneAtATime) {
  consent();
  EXPECT_EQ(reach("Bearer another").access->authorization.expose(), "Bearer a1");
  const auto renewal = reach("Bearer a1");
  ASSERT_TRUE(renewal.job);
  const auto meanwhile = reach("Bearer a1");
  EXPECT_FALSE(meanwhile.job || meanwhile.access || meanwhile.trouble) << "somebody is at it";
  EXPECT_EQ(reach().access->authorization.expose(), "Bearer a1") << "nobody said that it has ended";
  replies = {tokens("a2", "refresh-2")};
  const auto done = work(*renewal.job);
  ASSERT_TRUE(done && *done);
  EXPECT_THAT(asked.front(), HasSubstr("refresh_token=refresh-1"));
  EXPECT_EQ(reach("Bearer a1").access->authorization.expose(), "Bearer a2");
  // By time as well.
  world.clock.advance(std::chrono::hours(1));
  const auto ended = reach();
  ASSERT_TRUE(ended.job);
  replies = {tokens("a3", "")};
  ASSERT_TRUE(*work(*ended.job));
  EXPECT_THAT(asked.back(), HasSubstr("refresh_token=refresh-2"));
  world.clock.advance(std::chrono::hours(1));
  const auto again = reach();
  replies = {tokens("a4", "refresh-3")};
  ASSERT_TRUE(*work(*again.job));
  EXPECT_THAT(asked.back(), HasSubstr("refresh_token=refresh-2")) << "where there is no other, the old one counts";
}

TEST_F(AdministrationConsents, RenewalThatWasCutOff_IsTakenUpAndTheLateOneStoresNothing) {
  consent();
  const auto first = reach("Bearer a1");
  ASSERT_TRUE(first.job);
  world.clock.advance(kLease);
  const auto second = claim();
  ASSERT_TRUE(second && second->access && !second->code) << "without anybody asking";
  replies = {tokens("a2", "refresh-2")};
  ASSERT_TRUE(*work(*second));
  replies = {tokens("late", "refresh-late")};
  EXPECT_FALSE(work(*first.job)) << "it has no lease any more";
  EXPECT_EQ(reach("Bearer a1").access->authorization.expose(), "Bearer a2");
}

TEST_F(AdministrationConsents, RenewalWhoseAnswerIsLost_IsSoonTriedAgain) {
  consent();
  const auto job = reach("Bearer a1");
  EXPECT_FALSE(*work(*job.job));
  EXPECT_FALSE(claim());
  world.clock.advance(std::chrono::seconds(2));
  const auto again = claim();
  ASSERT_TRUE(again);
  EXPECT_FALSE(*work(*again));
  world.clock.advance(std::chrono::seconds(3));
  EXPECT_FALSE(claim()) << "twice as long";
  world.clock.advance(std::chrono::seconds(1));
  const auto third = claim();
  ASSERT_TRUE(third);
  replies = {tokens("a2", "refresh-2")};
  EXPECT_TRUE(*work(*third));
  world.clock.advance(std::chrono::hours(3));
  EXPECT_FALSE(claim());
}

TEST_F(AdministrationConsents, ConsentThatEnded_NeedsAnother) {
  consent();
  const auto job = reach("Bearer a1");
  replies = {kEnded};
  const auto done = work(*job.job);
  ASSERT_TRUE(done && !*done);
  EXPECT_EQ(done->error().kind, Trouble::Kind::no_consent);
  EXPECT_EQ(done->error().code, "invalid_grant");
  world.clock.advance(std::chrono::hours(1));
  EXPECT_FALSE(claim()) << "nothing passes by itself";
  // Another app's consent is no consent to this one, and a new secret of the same app is no reason to ask again.
  const NewCredential secret{"", "", Secret("another-secret")};
  ASSERT_TRUE(reauthorize_directory(world.environment, world.workspace, world.admin, "okta-web", secret));
  EXPECT_FALSE(reach().trouble);
  const NewCredential app{"", "0oa2", Secret("another-secret")};
  ASSERT_TRUE(reauthorize_directory(world.environment, world.workspace, world.admin, "okta-web", app));
  EXPECT_EQ(reach().trouble->kind, Trouble::Kind::no_consent);
}

TEST_F(AdministrationConsents, AnswerWithoutARefreshToken_IsNoConsentThatLasts) {
  ASSERT_TRUE(take(begin()));
  const auto job = claim();
  replies = {tokens("a1", "")};
  EXPECT_FALSE(*work(*job));
  EXPECT_THAT(directory().reason, HasSubstr("Refresh Token"));
}

TEST_F(AdministrationConsents, WhereThereIsNothingToConsentTo_ThatIsSaid) {
  const auto begun = begin_consent(world.environment, world.workspace, world.admin, "okta-web", "");
  EXPECT_EQ(begun.error().code, ErrorCode::conflict);
  EXPECT_THAT(begun.error().next, HasSubstr("server.public_url"));
  ASSERT_TRUE(create_directory(world.environment, world.workspace, world.admin,
                               {"okta-api", "okta", "acme.okta.com", "ssws", "", Secret("00token"), {}}));
  const auto none = begin_consent(world.environment, world.workspace, world.admin, "okta-api", kPublicUrl);
  EXPECT_EQ(none.error().code, ErrorCode::conflict);
  EXPECT_EQ(begin_consent(world.environment, world.workspace, world.admin, "nothing", kPublicUrl).error().code,
            ErrorCode::not_found);
  ASSERT_TRUE(take(begin()));
  ASSERT_TRUE(
      change_directory(world.environment, world.workspace, world.admin, "okta-web", {true, {}, {}, {}, {}, {}}));
  EXPECT_FALSE(claim()) << "nothing is sent for a paused one";
  EXPECT_FALSE(begin_consent(world.environment, world.workspace, world.admin, "okta-web", kPublicUrl));
}

}  // namespace
}  // namespace rolecall::administration
