#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rolecall/base/clock.hpp"
#include "rolecall/connector/connector.hpp"
#include "rolecall/connector/possession.hpp"

namespace rolecall::connector {

/// A number of calls with one credential. One thread at a time; what it refers to outlives it.
class Session {
 public:
  Session(const Connector& connector, Credential credential, std::vector<std::string> scopes, const Clock& clock,
          Send send, Prover prover = {});

  /// Access, got if need be. Of a shape that is access by itself nothing is asked.
  [[nodiscard]] Answer<const Access*> open();
  /// Sends it with access, and with a proof where the token wants one. It is sent a second time, and never a third,
  /// when the token is no longer accepted, because it may have ended on the way, or when another nonce is wanted; the
  /// reply is then whatever it is.
  [[nodiscard]] Answer<Reply> call(const Call& call);

  /// Takes what authenticates out of a provider's words, should it have put that there.
  void hide_secrets(Trouble& trouble) const;

  [[nodiscard]] const Connector& connector() const { return connector_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }

 private:
  [[nodiscard]] Answer<Access> ask();
  [[nodiscard]] Answer<Call> authorize(Call call, const Access& access) const;

  const Connector& connector_;
  Credential credential_;
  std::vector<std::string> scopes_;
  const Clock& clock_;
  Send send_;
  Prover prover_;
  std::optional<Access> access_;
  Secret rejected_;  ///< what the provider did not accept any more
};

/// What is known of a credential after it was tried.
struct Tested {
  std::vector<std::string> granted;  ///< of the scopes; empty where the shape has none
  std::optional<Trouble> trouble;    ///< the first, and none when everything works
  bool is_usable = true;             ///< false: the trouble is that of what everything needs
};
/// Gets access and makes the smallest read for each scope that a read of ours needs: a token says what was granted to
/// the application, not what its administrator role lets it do. `scopes` are those asked for, empty where the shape has
/// none.
[[nodiscard]] Tested test_access(Session& session, const std::vector<std::string>& scopes);

}  // namespace rolecall::connector
