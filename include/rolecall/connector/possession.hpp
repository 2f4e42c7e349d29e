#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "rolecall/base/clock.hpp"
#include "rolecall/base/digest.hpp"
#include "rolecall/base/random.hpp"
#include "rolecall/base/signer.hpp"
#include "rolecall/connector/connector.hpp"

// Proof of possession (DPoP, RFC 9449): a token that is of no use to whoever took it, because each call with it is
// signed by a key that never leaves. §4.2 is the proof, §5 the call for a token, §7.1 a call with one, §8 and §9 the
// nonces.

namespace rolecall::connector {

/// Carries a call to the provider's host and brings the reply back; Trouble when there is none. Whoever implements it
/// sends to no other host, whatever a reply says.
using Send = std::function<Answer<Reply>(const Call& call)>;

/// What one process remembers of proofs, so that not every session has to be told again: the latest nonce of each host,
/// and the key of each client of whom one was demanded. In memory alone, as the tokens are that these keys go with: a
/// process that ends takes both along. Thread-safe; what does not fit is forgotten, which costs a call or two.
class Possession {
 public:
  static constexpr std::size_t kRemembered = 4'096;  ///< hosts, and clients
  static constexpr std::size_t kLongestNonce = 1'000;

  [[nodiscard]] std::string nonce_of(const std::string& domain) const;
  /// Takes the nonce of a reply, should there be one; whether there was.
  bool keep_nonce(const std::string& domain, const Reply& reply);
  /// Empty as long as nobody demanded one.
  [[nodiscard]] Secret key_of(const std::string& domain, const std::string& client) const;
  /// The same for everybody who asks, also at once.
  [[nodiscard]] Result<Secret> make_key(const std::string& domain, const std::string& client, const Signer& signer);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> nonces_;
  std::map<std::pair<std::string, std::string>, Secret> keys_;
};

/// Gives access that somebody else keeps, another than `rejected`, which may be empty.
using Renew = std::function<Answer<Access>(const Secret& rejected)>;

/// Where a session proves who it is, instead of sending a secret: all outlive it.
struct Prover {
  std::string domain = {};
  IdGenerator* ids = nullptr;
  const Signer* signer = nullptr;
  const Digest* digest = nullptr;
  Possession* possession = nullptr;  ///< null: no demand for a proof can be met
  Renew renew = {};                  ///< none: the session asks for access itself, with its credential
};

/// What a reply says is missing.
enum class Wish {
  nothing,
  proof,  ///< `invalid_dpop_proof`: there was none, or not a good one
  nonce,  ///< `use_dpop_nonce` (RFC 9449 §8, §9): the reply holds the one to use
};
[[nodiscard]] Wish wish_of(const Reply& reply);

/// The call with its proof: for a token where `token` is empty, otherwise with that one. Good once.
[[nodiscard]] Answer<Call> with_proof(Call call, const Prover& prover, const Secret& key, std::string_view token,
                                      Instant now);

/// Makes the call for a token, anew each time, as what it proves may be good once.
using MakeCall = std::function<Answer<Call>()>;
/// Gets access. `key` is that of the client; while it is empty no proof is sent, until one is demanded. That, and a
/// nonce that is another by now, is each a reason to ask once more: three calls at most.
[[nodiscard]] Answer<Access> ask_for_access(const Connector& connector, const MakeCall& make, const Send& send,
                                            const Clock& clock, const Prover& prover, const std::string& client,
                                            Secret key);

}  // namespace rolecall::connector
