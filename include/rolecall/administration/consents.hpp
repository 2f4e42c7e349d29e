#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "rolecall/administration/environment.hpp"
#include "rolecall/base/secret.hpp"
#include "rolecall/connector/possession.hpp"
#include "rolecall/connector/session.hpp"

// The consent of an administrator of the provider to a directory: authorization code with PKCE (RFC 6749 §4.1, RFC
// 7636), then refresh tokens with rotation (RFC 6749 §6). The way there is in the database, so that the answer may come
// to any replica; what comes of it is used by one of them at a time and stored before anybody uses it.

namespace rolecall::administration {

inline constexpr std::chrono::minutes kConsentLasts{10};  ///< from the beginning to the answer
inline constexpr std::string_view kConsentPath = "/directories/callback";

struct BegunConsent {
  store::DirectoryRecord directory;
  Secret url;            ///< to be opened by an administrator of the provider
  std::string redirect;  ///< what the app has to be registered with there
  Instant expires;
};
/// `public_url` is that of this server. A way that was begun before ends. `conflict` for a directory whose kind of
/// credential needs no consent, or that is paused, and where this server does not know its address.
[[nodiscard]] Result<BegunConsent> begin_consent(const Environment& environment, const WorkspaceId& workspace,
                                                 const Actor& actor, const std::string& directory,
                                                 const std::string& public_url);

/// What a browser brings back; anybody may have made it up.
struct ConsentAnswer {
  std::string state;
  std::string code;
  std::string error;        ///< the provider's word
  std::string description;  ///< its sentence
  std::string issuer;       ///< RFC 9207; empty: it does not say
};
struct TakenConsent {
  WorkspaceId workspace;
  DirectoryId directory;
  std::string name;   ///< of the directory
  std::string title;  ///< of the provider
  bool is_given = false;
  std::string error;        ///< clean and short
  std::string description;  ///< likewise
};
/// Takes it once: a code is exchanged soon after, by whoever claims it. `bad_request` with a sentence for an unknown, a
/// used and an expired state.
[[nodiscard]] Result<TakenConsent> take_consent(const Environment& environment, const RequestId& request,
                                                const ConsentAnswer& answer);

// For who calls providers.

/// A code to be exchanged, or tokens to be renewed, by whoever holds the lease.
struct ConsentJob {
  WorkspaceId workspace;
  store::DirectoryRecord directory;
  store::ConsentRecord consent;
  std::string lease;
  std::optional<connector::Credential> credential;  ///< none when no key opens it
  std::optional<connector::ConsentCode> code;       ///< none: renew
  std::optional<connector::Access> access;          ///< what there is; none: nobody has consented
};
/// A job that is due: a code that came, or a renewal that somebody began and did not end.
[[nodiscard]] Result<std::optional<ConsentJob>> claim_consent(const Environment& environment,
                                                              std::chrono::milliseconds lease);

/// What there is to call with: one of these, and none of them while somebody else renews it.
struct Reach {
  std::optional<connector::Access> access = {};
  std::optional<ConsentJob> job = {};  ///< it is for the caller to renew it
  std::optional<connector::Trouble> trouble = {};
};
/// Access that has not ended and is not `rejected`.
[[nodiscard]] Result<Reach> reach_consented(const Environment& environment, const WorkspaceId& workspace,
                                            const store::DirectoryRecord& directory, const Secret& rejected,
                                            std::chrono::milliseconds lease);

/// Makes the calls and stores what comes of them; only then is there access. None when the lease has gone to somebody
/// else: what they have is the newer.
[[nodiscard]] Result<std::optional<connector::Answer<connector::Access>>> work_on_consent(
    const Environment& environment, const ConsentJob& job, const connector::Send& send,
    const connector::Prover& prover);
/// As if it had not been claimed.
[[nodiscard]] Result<void> abandon_consent(const Environment& environment, const ConsentJob& job);

}  // namespace rolecall::administration
