#include "rolecall/connector/possession.hpp"

#include <algorithm>

#include "rolecall/base/encoding.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::connector {
namespace {

constexpr std::string_view kProofWanted = "invalid_dpop_proof";
constexpr std::string_view kNonceWanted = "use_dpop_nonce";

/// NQCHAR (RFC 6749 appendix A), of which a nonce is made.
bool is_nonce(std::string_view text) {
  return !text.empty() && text.size() <= Possession::kLongestNonce && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && static_cast<unsigned char>(c) < 0x7f && c != '"' && c != '\\';
  });
}

/// A demand that cannot be met.
tl::unexpected<Trouble> unproven(std::string sentence) {
  Trouble trouble = no_reply(std::move(sentence));
  trouble.kind = Trouble::Kind::unauthorized;
  return tl::unexpected(std::move(trouble));
}

std::string error_in(const Reply& reply) {
  const auto body = json::parse(reply.body);
  if (!body || !body->is_object()) return {};
  const json::Value* error = body->as_object()->find("error");
  return error != nullptr && error->is_string() ? *error->as_string() : std::string();
}

template <typename Map>
void make_room(Map& map) {
  if (map.size() >= Possession::kRemembered) map.clear();
}

}  // namespace

std::string Possession::nonce_of(const std::string& domain) const {
  const std::lock_guard lock(mutex_);
  const auto found = nonces_.find(domain);
  return found == nonces_.end() ? std::string() : found->second;
}

bool Possession::keep_nonce(const std::string& domain, const Reply& reply) {
  const std::string* nonce = reply.find("dpop-nonce");
  if (nonce == nullptr || !is_nonce(*nonce)) return false;
  const std::lock_guard lock(mutex_);
  if (!nonces_.contains(domain)) make_room(nonces_);
  nonces_[domain] = *nonce;
  return true;
}

Secret Possession::key_of(const std::string& domain, const std::string& client) const {
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find({domain, client});
  return found == keys_.end() ? Secret() : found->second;
}

Result<Secret> Possession::make_key(const std::string& domain, const std::string& client, const Signer& signer) {
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find({domain, client});
  if (found != keys_.end()) return found->second;
  ROLECALL_TRY_ASSIGN(auto key, signer.make_key());
  make_room(keys_);
  keys_[{domain, client}] = key;
  return key;
}

Wish wish_of(const Reply& reply) {
  if (reply.status != 400 && reply.status != 401) return Wish::nothing;
  // The token endpoint says it in its body, whoever takes tokens in a challenge (RFC 9449 §7.1).
  const std::string* challenge = reply.find("www-authenticate");
  const std::string error = error_in(reply);
  const auto is_said = [&](std::string_view word) {
    return error == word ||
           (challenge != nullptr && challenge->find("error=\"" + std::string(word) + "\"") != std::string::npos);
  };
  if (is_said(kNonceWanted)) return Wish::nonce;
  return is_said(kProofWanted) ? Wish::proof : Wish::nothing;
}

Answer<Call> with_proof(Call call, const Prover& prover, const Secret& key, std::string_view token, Instant now) {
  if (prover.signer == nullptr || prover.digest == nullptr || prover.ids == nullptr || prover.possession == nullptr) {
    return unproven("The provider demands proof of a key, and nothing can be signed here.");
  }
  const auto point = prover.signer->public_point(key);
  if (!point) return unproven(point.error().detail);
  const json::Object jwk{{"kty", "EC"}, {"crv", "P-256"}, {"x", to_base64url(point->x)}, {"y", to_base64url(point->y)}};
  const std::string head = json::write(json::Object{{"typ", "dpop+jwt"}, {"alg", "ES256"}, {"jwk", jwk}});
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  // `htu` is without query and fragment.
  const std::string path = call.target.substr(0, call.target.find_first_of("?#"));
  json::Object claims{{"jti", prover.ids->next()},
                      {"htm", call.method},
                      {"htu", "https://" + prover.domain + path},
                      {"iat", static_cast<std::int64_t>(seconds)}};
  const std::string nonce = prover.possession->nonce_of(prover.domain);
  if (!nonce.empty()) claims.append("nonce", nonce);
  if (!token.empty()) claims.append("ath", to_base64url(prover.digest->sha256(token)));
  const std::string text = to_base64url(head) + "." + to_base64url(json::write(claims));
  const auto signature = prover.signer->sign(key, text);
  if (!signature) return unproven(signature.error().detail);
  call.headers.emplace_back("DPoP", text + "." + to_base64url(*signature));
  return call;
}

Answer<Access> ask_for_access(const Connector& connector, const MakeCall& make, const Send& send, const Clock& clock,
                              const Prover& prover, const std::string& client, Secret key) {
  const bool can_prove = prover.possession != nullptr && prover.signer != nullptr;
  bool has_asked_with_new_nonce = false;
  for (;;) {
    auto call = make();
    if (!call) return tl::unexpected(std::move(call).error());
    if (!key.empty()) {
      call = with_proof(std::move(*call), prover, key, {}, clock.now());
      if (!call) return tl::unexpected(std::move(call).error());
    }
    const auto reply = send(*call);
    if (!reply) return tl::unexpected(reply.error());
    const bool has_nonce = can_prove && prover.possession->keep_nonce(prover.domain, *reply);
    const Wish wish = can_prove ? wish_of(*reply) : Wish::nothing;
    const bool is_demand = wish != Wish::nothing && key.empty();
    const bool is_new_nonce = wish == Wish::nonce && has_nonce && !has_asked_with_new_nonce;
    if (is_demand) {
      const auto made = prover.possession->make_key(prover.domain, client, *prover.signer);
      if (!made) return unproven("No key could be made to prove.");
      key = *made;
    }
    if (is_new_nonce) has_asked_with_new_nonce = true;
    if (is_demand || is_new_nonce) continue;
    auto access = connector.read_access(*reply, clock.now());
    if (!access) return access;
    if (access->authorization.expose().starts_with("DPoP ")) {
      if (key.empty()) return tl::unexpected(no_reply("The token wants a proof that was not asked for."));
      access->key = std::move(key);
    }
    return access;
  }
}

}  // namespace rolecall::connector
