#include "rolecall/connector/possession.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "rolecall/adapter/crypto/digest.hpp"
#include "rolecall/adapter/crypto/signer.hpp"
#include "rolecall/base/encoding.hpp"
#include "rolecall/connector/session.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"
#include "unit/ecdsa.hpp"

namespace rolecall::connector {
namespace {

constexpr Instant kNow{std::chrono::seconds(1'767'225'600)};
const std::vector<std::string> kScopes{"okta.users.read"};
const Reply kBound{200, {}, R"({"token_type":"DPoP","expires_in":3600,"access_token":"a1","scope":"okta.users.read"})"};
const Reply kOtherBound{
    200, {}, R"({"token_type":"DPoP","expires_in":3600,"access_token":"a2","scope":"okta.users.read"})"};
const Reply kDemand{400, {}, R"({"error":"invalid_dpop_proof","error_description":"The proof is missing."})"};
const Reply kFine{200, {}, "[]"};
const Reply kEnded{401, {{"WWW-Authenticate", R"(DPoP error="invalid_token")"}}, ""};

Reply wants_nonce(const std::string& nonce) {
  return {400, {{"dpop-nonce", nonce}}, R"({"error":"use_dpop_nonce","error_description":"Use it."})"};
}
Reply call_wants_nonce(const std::string& nonce) {
  return {401, {{"WWW-Authenticate", R"(DPoP error="use_dpop_nonce")"}, {"DPoP-Nonce", nonce}}, ""};
}

class Numbers final : public IdGenerator {
 public:
  std::string next() override { return "id-" + std::to_string(++last_); }

 private:
  int last_ = 0;
};

/// What a proof says; it has been checked that its own key signed it.
struct Read {
  json::Object header, claims;

  [[nodiscard]] std::string said(std::string_view name) const {
    const json::Value* value = claims.find(name);
    return value != nullptr && value->is_string() ? *value->as_string() : std::string();
  }
  [[nodiscard]] std::string key() const { return json::write(*header.find("jwk")); }
};

std::optional<Read> proof_in(const Call& call) {
  const auto header =
      std::find_if(call.headers.begin(), call.headers.end(), [](const auto& h) { return h.first == "DPoP"; });
  if (header == call.headers.end()) return std::nullopt;
  const std::string& text = header->second;
  const auto first = text.find('.');
  const auto second = text.find('.', first + 1);
  const auto object = [](const std::string& part) { return *json::parse(*parse_base64url(part))->as_object(); };
  Read read{object(text.substr(0, first)), object(text.substr(first + 1, second - first - 1))};
  const json::Object& jwk = *read.header.find("jwk")->as_object();
  const auto number = [&](const char* name) { return *parse_base64url(*jwk.find(name)->as_string()); };
  EXPECT_TRUE(tests::is_signed_by(number("x"), number("y"), std::string_view(text).substr(0, second),
                                  *parse_base64url(text.substr(second + 1))));
  return read;
}

class PossessionTest : public testing::Test {
 protected:
  Session session() {
    return {*find_connector("okta"),
            {"client_secret", "0oa1", Secret("s")},
            kScopes,
            clock_,
            [this](const Call& call) {
              asked_.push_back(call);
              if (replies_.empty()) return Answer<Reply>(tl::unexpected(no_reply("Nobody expected this.")));
              auto reply = std::move(replies_.front());
              replies_.pop_front();
              return reply;
            },
            prover()};
  }
  Prover prover() { return {"acme.okta.com", &ids_, signer_.get(), digest_.get(), &possession_}; }
  static Answer<Reply> list(Session& session) { return session.call(session.connector().list_groups(std::nullopt)); }
  std::optional<Read> proof(std::size_t call) { return proof_in(asked_.at(call)); }

  std::unique_ptr<Signer> signer_ = adapter::crypto::make_signer();
  std::unique_ptr<Digest> digest_ = adapter::crypto::make_digest();
  Numbers ids_;
  Possession possession_;
  ManualClock clock_{kNow};
  std::deque<Answer<Reply>> replies_;
  std::vector<Call> asked_;
};

TEST_F(PossessionTest, Proof_SaysWhatTheStandardWants) {
  const Secret key = *signer_->make_key();
  // The token and its digest are those of RFC 9449 §7.1.
  const auto made = with_proof({"GET", "/api/v1/users?limit=200#x", {}, ""}, prover(), key,
                               "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU", kNow);
  ASSERT_TRUE(made);
  const auto read = proof_in(*made);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read->header.find("typ")->as_string(), "dpop+jwt");
  EXPECT_EQ(*read->header.find("alg")->as_string(), "ES256");
  EXPECT_EQ(read->header.find("jwk")->as_object()->find("d"), nullptr) << "the public half alone";
  EXPECT_EQ(read->said("htm"), "GET");
  EXPECT_EQ(read->said("htu"), "https://acme.okta.com/api/v1/users");
  EXPECT_EQ(read->said("jti"), "id-1");
  EXPECT_EQ(read->said("ath"), "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
  EXPECT_EQ(json::write(*read->claims.find("iat")), "1767225600");
  EXPECT_EQ(read->claims.find("nonce"), nullptr);
}

TEST_F(PossessionTest, Demand_IsMetAndRemembered) {
  replies_ = {kDemand, wants_nonce("n1"), kBound, kFine};
  Session first = session();
  EXPECT_EQ(list(first)->status, 200);
  ASSERT_EQ(asked_.size(), 4U);
  EXPECT_FALSE(proof(0)) << "nobody had demanded one";
  EXPECT_EQ(proof(1)->said("nonce"), "");
  EXPECT_EQ(proof(2)->said("nonce"), "n1");
  EXPECT_EQ(proof(2)->said("ath"), "") << "there is no token yet";
  EXPECT_EQ(proof(3)->said("ath"), to_base64url(digest_->sha256("a1")));
  EXPECT_EQ(proof(2)->key(), proof(3)->key());
  EXPECT_NE(proof(1)->said("jti"), proof(2)->said("jti"));
  EXPECT_EQ(asked_[3].headers[asked_[3].headers.size() - 2].second, "DPoP a1");
  // Another session of the process needs no telling.
  replies_ = {kBound, kFine};
  Session second = session();
  EXPECT_EQ(list(second)->status, 200);
  EXPECT_EQ(proof(4)->said("nonce"), "n1");
  EXPECT_EQ(proof(4)->key(), proof(3)->key());
}

TEST_F(PossessionTest, ProviderThatIsNeverContent_IsAskedThreeTimes) {
  replies_ = {kDemand, wants_nonce("n1"), wants_nonce("n2"), wants_nonce("n3")};
  Session one = session();
  const auto reply = list(one);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, "use_dpop_nonce");
  EXPECT_EQ(reply.error().kind, Trouble::Kind::unauthorized);
  EXPECT_EQ(asked_.size(), 3U);
  replies_ = {kDemand};
  EXPECT_EQ(list(one).error().code, "invalid_dpop_proof") << "a proof that was sent is not sent again";
  EXPECT_EQ(asked_.size(), 4U);
}

TEST_F(PossessionTest, WishForANonceWithoutOne_IsNoReasonToAskAgain) {
  replies_ = {kDemand, Reply{400, {}, R"({"error":"use_dpop_nonce"})"}};
  Session one = session();
  EXPECT_FALSE(list(one));
  EXPECT_EQ(asked_.size(), 2U);
}

TEST_F(PossessionTest, CallThatWantsAnotherNonce_IsRepeatedOnceWithTheSameToken) {
  replies_ = {kDemand, kBound, call_wants_nonce("n1"), kFine, call_wants_nonce("n2"), call_wants_nonce("n3"), kFine};
  Session one = session();
  EXPECT_EQ(list(one)->status, 200);
  EXPECT_EQ(proof(2)->said("nonce"), "");
  EXPECT_EQ(proof(3)->said("nonce"), "n1");
  EXPECT_EQ(proof(3)->said("ath"), proof(2)->said("ath"));
  EXPECT_NE(proof(3)->said("jti"), proof(2)->said("jti"));
  EXPECT_EQ(list(one)->status, 401);
  EXPECT_EQ(asked_.size(), 6U) << "never a third time";
  EXPECT_EQ(list(one)->status, 200);
  EXPECT_EQ(proof(6)->said("nonce"), "n3");
}

TEST_F(PossessionTest, NonceOfASuccess_IsUsedFromThenOn) {
  replies_ = {kDemand, Reply{200, {{"DPoP-Nonce", "n1"}}, kBound.body}, Reply{200, {{"DPoP-Nonce", "n2"}}, "[]"},
              Reply{200, {{"DPoP-Nonce", "not\"one"}}, "[]"}, kFine};
  Session one = session();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(list(one)->status, 200);
  EXPECT_EQ(proof(2)->said("nonce"), "n1");
  EXPECT_EQ(proof(3)->said("nonce"), "n2");
  EXPECT_EQ(proof(4)->said("nonce"), "n2") << "what is no nonce is not taken for one";
}

TEST_F(PossessionTest, TokenThatEnded_IsRenewedWithProof) {
  replies_ = {kDemand, kBound, kEnded, kOtherBound, kFine};
  Session one = session();
  EXPECT_EQ(list(one)->status, 200);
  EXPECT_EQ(proof(4)->said("ath"), to_base64url(digest_->sha256("a2")));
}

TEST_F(PossessionTest, BoundTokenThatNobodyAskedFor_IsNotUsed) {
  replies_ = {kBound};
  Session one = session();
  EXPECT_FALSE(list(one));
  EXPECT_EQ(asked_.size(), 1U);
}

TEST_F(PossessionTest, BearerTokenAfterAProof_IsUsedAsOne) {
  replies_ = {kDemand, Reply{200, {}, R"({"token_type":"Bearer","expires_in":3600,"access_token":"b"})"}, kFine};
  Session one = session();
  EXPECT_EQ(list(one)->status, 200);
  EXPECT_FALSE(proof(2));
}

TEST_F(PossessionTest, WhereNothingCanBeSigned_TheDemandIsShownAsItself) {
  replies_ = {kDemand};
  Session one{*find_connector("okta"), {"client_secret", "0oa1", Secret("s")}, kScopes, clock_, [this](const Call&) {
                return std::exchange(replies_.front(), Reply{});
              }};
  EXPECT_EQ(one.open().error().code, "invalid_dpop_proof");
}

TEST_F(PossessionTest, WhatDoesNotFit_IsForgottenAndMadeAnew) {
  const Secret first = *possession_.make_key("a", "0", *signer_);
  EXPECT_EQ(possession_.make_key("a", "0", *signer_)->expose(), first.expose());
  EXPECT_NE(possession_.make_key("b", "0", *signer_)->expose(), first.expose()) << "another provider, another key";
  for (std::size_t i = 0; i < Possession::kRemembered; ++i) {
    EXPECT_TRUE(possession_.keep_nonce("host" + std::to_string(i), {200, {{"dpop-nonce", "n"}}, ""}));
  }
  EXPECT_EQ(possession_.nonce_of("host0"), "n");
  EXPECT_TRUE(possession_.keep_nonce("one more", {200, {{"dpop-nonce", "m"}}, ""}));
  EXPECT_EQ(possession_.nonce_of("host0"), "");
  EXPECT_EQ(possession_.nonce_of("one more"), "m");
  const std::string longest(Possession::kLongestNonce, 'n');
  EXPECT_TRUE(possession_.keep_nonce("a", {200, {{"dpop-nonce", longest}}, ""}));
  EXPECT_FALSE(possession_.keep_nonce("a", {200, {{"dpop-nonce", longest + "n"}}, ""}));
}

}  // namespace
}  // namespace rolecall::connector
