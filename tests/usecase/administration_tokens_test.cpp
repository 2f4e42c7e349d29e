#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "rolecall/administration/token_format.hpp"
#include "rolecall/administration/tokens.hpp"
#include "rolecall/administration/workspaces.hpp"
#include "rolecall/base/encoding.hpp"
#include "world/administration_world.hpp"

namespace rolecall::administration {
namespace {

using rolecall::testing_support::World;
using testing::HasSubstr;
using testing::Not;

class AdministrationTokens : public testing::Test {
 protected:
  Result<CreatedToken> create(std::optional<Instant> expires = std::nullopt) {
    return create_token(world.environment, world.workspace, world.admin, "okta", "test", expires);
  }
  Result<CreatedToken> create_for(const std::string& user) {
    return create_token(world.environment, world.workspace, world.admin, "okta", "", std::nullopt, user);
  }
  Result<AuthenticatedToken> authenticate(std::string_view presented) {
    return world.tokens.authenticate(presented, world.clock.now());
  }
  World world;
};

TEST_F(AdministrationTokens, NewToken_OpensItsConnectionOnly) {
  const auto created = create();
  ASSERT_TRUE(created) << created.error().detail;
  EXPECT_EQ(created->token.expose().size(), kTokenLength);
  EXPECT_THAT(created->token.expose(), testing::StartsWith("rolecall_" + created->record.id.value() + "_"));
  for (int i = 0; i < 2; ++i) {
    const auto known = authenticate(created->token.expose());
    ASSERT_TRUE(known);
    EXPECT_EQ(known->workspace, world.workspace);
    EXPECT_EQ(known->connection, world.okta);
    EXPECT_EQ(known->token, created->record.id);
  }
}

TEST_F(AdministrationTokens, Stored_IsADigestAndNoSecret) {
  const auto created = create();
  const auto tokens = list_tokens(world.environment, world.workspace);
  ASSERT_TRUE(tokens);
  ASSERT_EQ(tokens->size(), 1U);
  EXPECT_EQ(tokens->front().digest, world.digest->sha256(created->token.expose()));
  const std::string secret = created->token.expose().substr(26, 43);
  for (const auto& file : std::filesystem::recursive_directory_iterator(world.directory.path())) {
    if (!file.is_regular_file()) continue;
    std::ifstream stream(file.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    EXPECT_EQ(bytes.find(secret), std::string::npos) << file.path();
  }
}

TEST_F(AdministrationTokens, EverythingElse_GetsTheSameAnswer) {
  const auto created = create();
  ASSERT_TRUE(created);
  const std::string& good = created->token.expose();
  auto unknown = generate_token(*world.random, *world.digest);
  std::vector<std::string> bad{"",
                               " ",
                               good.substr(1),
                               good + "x",
                               good.substr(0, good.size() - 1) + (good.back() == '0' ? "1" : "0"),
                               "Bearer " + good,
                               std::string(kTokenLength, 'a'),
                               std::string(100'000, 'a'),
                               std::string(kTokenLength, '\0'),
                               unknown.token.expose()};
  std::string upper = good;
  upper[0] = 'R';
  bad.push_back(upper);
  std::string words;
  for (const std::string& presented : bad) {
    const auto refused = authenticate(presented);
    ASSERT_FALSE(refused) << presented.substr(0, 100);
    EXPECT_EQ(refused.error().code, ErrorCode::unauthenticated);
    if (words.empty()) words = refused.error().detail;
    EXPECT_EQ(refused.error().detail, words);
  }
}

TEST_F(AdministrationTokens, AnotherSecretUnderAKnownId_IsRefused) {
  const auto created = create();
  ASSERT_TRUE(created);
  // A forger knows id and checksum rule, not the secret.
  class Fixed final : public RandomSource {
   public:
    explicit Fixed(const TokenId& id) : id_(*parse_hex(id.value())) {}
    void fill(std::span<std::byte> out) override {
      for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = out.size() == id_.size() ? static_cast<std::byte>(id_[i]) : std::byte{7};
      }
    }

   private:
    std::string id_;
  } forger(created->record.id);
  const auto forged = generate_token(forger, *world.digest);
  ASSERT_EQ(forged.id, created->record.id);
  ASSERT_TRUE(parse_token(forged.token.expose()));
  EXPECT_FALSE(authenticate(forged.token.expose()));
  EXPECT_TRUE(authenticate(created->token.expose()));
  EXPECT_FALSE(authenticate(forged.token.expose())) << "also when the record is remembered";
}

TEST_F(AdministrationTokens, Revoked_IsRefusedFromThatMoment) {
  const auto created = create();
  ASSERT_TRUE(authenticate(created->token.expose()));
  ASSERT_TRUE(revoke_token(world.environment, world.workspace, world.admin, created->record.id));
  EXPECT_FALSE(authenticate(created->token.expose()));
  EXPECT_EQ(revoke_token(world.environment, world.workspace, world.admin, created->record.id).error().code,
            ErrorCode::not_found);
  const auto tokens = list_tokens(world.environment, world.workspace, "okta");
  EXPECT_TRUE(tokens->front().revoked);
}

TEST_F(AdministrationTokens, Expiry_IsTheFirstInstantItFails) {
  const Instant expires = world.clock.now() + std::chrono::hours(1);
  const auto created = create(expires);
  ASSERT_TRUE(created);
  world.clock.set(expires - std::chrono::microseconds(1));
  EXPECT_TRUE(authenticate(created->token.expose()));
  world.clock.set(expires);
  EXPECT_FALSE(authenticate(created->token.expose()));
  EXPECT_EQ(create(world.clock.now()).error().code, ErrorCode::invalid_value);
}

TEST_F(AdministrationTokens, TwoLive_AreTheLimitAndDeadOnesDoNotCount) {
  const auto first = create(world.clock.now() + std::chrono::hours(1));
  ASSERT_TRUE(first);
  const auto second = create();
  ASSERT_TRUE(second);
  const auto refused = create();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_THAT(refused.error().next, HasSubstr("Revoke"));
  EXPECT_TRUE(authenticate(first->token.expose()));
  EXPECT_TRUE(authenticate(second->token.expose()));
  world.clock.advance(std::chrono::hours(2));
  ASSERT_TRUE(create()) << "the first has expired";
  EXPECT_FALSE(create());
  ASSERT_TRUE(revoke_token(world.environment, world.workspace, world.admin, second->record.id));
  EXPECT_TRUE(create());
}

TEST_F(AdministrationTokens, AnotherWorkspace_CannotRevokeOrListIt) {
  const auto created = create();
  const auto other = create_workspace(world.environment, world.admin, "other");
  ASSERT_TRUE(other);
  EXPECT_EQ(revoke_token(world.environment, other->id, world.admin, created->record.id).error().code,
            ErrorCode::not_found);
  EXPECT_TRUE(list_tokens(world.environment, other->id)->empty());
  EXPECT_TRUE(authenticate(created->token.expose()));
}

TEST_F(AdministrationTokens, UnknownIds_AreForgottenWhenTheTokenIsMade) {
  // The directory has seen this id as unknown before the token exists.
  const auto early = generate_token(*world.random, *world.digest);
  EXPECT_FALSE(authenticate(early.token.expose()));
  ASSERT_TRUE(world.push([&](store::Workspace& reached, audit::Trail&) {
    return reached.tokens().insert(
        {early.id, world.workspace, world.okta, {}, early.digest, "", world.clock.now(), std::nullopt, std::nullopt});
  }));
  EXPECT_FALSE(authenticate(early.token.expose())) << "remembered as unknown";
  world.tokens.forget(early.id);
  EXPECT_TRUE(authenticate(early.token.expose()));
}

TEST_F(AdministrationTokens, TokenOfAUser_EndsWithTheUser) {
  const ResourceId maya = world.add_user("maya@acme.example");
  const auto created = create_for("MAYA@acme.example");
  ASSERT_TRUE(created) << created.error().detail;
  EXPECT_EQ(created->record.user, maya);
  EXPECT_EQ(list_tokens(world.environment, world.workspace)->front().user, maya);
  EXPECT_EQ(authenticate(created->token.expose())->user, maya);
  EXPECT_FALSE(authenticate(create()->token.expose())->user);
  const auto refused = authenticate("nothing");
  ASSERT_TRUE(world.set_active(maya, false));
  EXPECT_EQ(authenticate(created->token.expose()).error(), refused.error());
  ASSERT_TRUE(world.set_active(maya, true));
  EXPECT_EQ(authenticate(created->token.expose()).error(), refused.error()) << "revoked for good";
  EXPECT_EQ(revoke_token(world.environment, world.workspace, world.admin, created->record.id).error().code,
            ErrorCode::not_found);
  const auto second = create_for("maya@acme.example");
  ASSERT_TRUE(second);
  EXPECT_TRUE(authenticate(second->token.expose()));
  ASSERT_TRUE(world.delete_user(maya));
  EXPECT_EQ(authenticate(second->token.expose()).error(), refused.error());
}

TEST_F(AdministrationTokens, TokensOfUsers_AreCountedForEach) {
  world.add_user("maya");
  world.add_user("li");
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(create());
    EXPECT_TRUE(create_for("maya"));
    EXPECT_TRUE(create_for("li"));
  }
  EXPECT_EQ(create().error().code, ErrorCode::conflict);
  const auto third = create_for("li");
  EXPECT_EQ(third.error().code, ErrorCode::conflict);
  EXPECT_THAT(third.error().detail, HasSubstr("The user li has 2 live tokens"));
}

TEST_F(AdministrationTokens, Holders_MustBeActiveUsersOfTheConnection) {
  EXPECT_EQ(create_for("nobody").error().code, ErrorCode::not_found);
  world.add_user("gone", {}, false);
  EXPECT_EQ(create_for("gone").error().code, ErrorCode::conflict);
  world.add_user("maya");
  NewConnection second;
  second.name = "entra";
  ASSERT_TRUE(create_connection(world.environment, world.workspace, world.admin, second));
  EXPECT_EQ(
      create_token(world.environment, world.workspace, world.admin, "entra", "", std::nullopt, "maya").error().code,
      ErrorCode::invalid_value);
  EXPECT_TRUE(list_tokens(world.environment, world.workspace)->empty());
}

TEST_F(AdministrationTokens, ManyUnknownIds_StayBoundedAndHarmless) {
  const auto created = create();
  for (std::size_t i = 0; i < TokenDirectory::kUnknownLimit + 10; ++i) {
    ASSERT_FALSE(authenticate(generate_token(*world.random, *world.digest).token.expose()));
  }
  EXPECT_TRUE(authenticate(created->token.expose()));
}

TEST_F(AdministrationTokens, RevokedWhileInUse_IsNeverRememberedAsLive) {
  for (int round = 0; round < 20; ++round) {
    const auto created = create();
    ASSERT_TRUE(created);
    std::atomic<bool> is_revoked = false;
    std::atomic<bool> was_let_in_late = false;
    std::thread user([&] {
      for (int i = 0; i < 200; ++i) {
        const bool must_fail = is_revoked.load();
        world.tokens.clear();
        if (world.tokens.authenticate(created->token.expose(), world.clock.now()) && must_fail) was_let_in_late = true;
      }
    });
    EXPECT_TRUE(revoke_token(world.environment, world.workspace, world.admin, created->record.id));
    is_revoked = true;
    user.join();
    EXPECT_FALSE(was_let_in_late);
    EXPECT_FALSE(authenticate(created->token.expose()));
  }
}

TEST(TokenFormat, Generated_ParsesAndEveryOneCharacterChangeDoesNot) {
  const auto digest = adapter::crypto::make_digest();
  const auto random = adapter::crypto::make_random_source();
  const auto generated = generate_token(*random, *digest);
  const std::string& text = generated.token.expose();
  const auto parsed = parse_token(text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->id, generated.id);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'a' ? 'b' : 'a';
    EXPECT_FALSE(parse_token(changed)) << i;
  }
}

}  // namespace
}  // namespace rolecall::administration
