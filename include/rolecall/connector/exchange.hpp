#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rolecall/base/clock.hpp"
#include "rolecall/base/result.hpp"

// What goes to an identity provider's API and what comes back, as values. Nothing here sends anything: connectors build
// calls and read replies, somebody else carries them.

namespace rolecall::connector {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// One request to the provider that a connection names. It knows no host, so that none but that one can get it, and no
/// credential.
struct Call {
  std::string method;
  std::string target;  ///< path and query, encoded: "/api/v1/users?limit=200"
  Fields headers;
  std::string body;

  bool operator==(const Call&) const = default;
};

struct Reply {
  int status = 0;
  Fields headers;
  std::string body;

  /// The first field of that name, without regard to case; null when absent.
  [[nodiscard]] const std::string* find(std::string_view name) const;
};

/// Why a call came to nothing. The kind decides what happens next; the rest is for people.
struct Trouble {
  enum class Kind {
    unauthorized,   ///< the credential, or the token made with it, is not accepted
    no_consent,     ///< an administrator of the provider has to consent first, or again
    missing_scope,  ///< `scope` was not granted
    missing_role,   ///< the credential is good, its administrator role is not
    not_found,
    refused,      ///< the provider says no to just this
    try_again,    ///< it says no for a moment: something else is under way
    throttled,    ///< too many calls; `retry_at` when it is known
    unavailable,  ///< a fault of the provider, or it cannot be reached
    unreadable,   ///< an answer that cannot be believed
  };
  Kind kind = Kind::unreadable;
  int status = 0;          ///< 0: no answer
  std::string code;        ///< the provider's own
  std::string message;     ///< the provider's words, at most kLongestMessage bytes of valid UTF-8
  std::string request_id;  ///< what its support asks for
  std::string scope = {};
  std::optional<Instant> retry_at = {};
  bool is_concurrency = false;  ///< throttled because too many calls ran at once

  bool operator==(const Trouble&) const = default;
};
inline constexpr std::size_t kLongestMessage = 500;

/// Stable lower-case name: "missing_scope".
[[nodiscard]] const char* name_of(Trouble::Kind kind);
/// Could the very same call succeed later, without anybody doing anything?
[[nodiscard]] bool passes(Trouble::Kind kind);
/// Is nothing wrong with the call, but with what it was made with?
[[nodiscard]] constexpr bool is_of_credential(Trouble::Kind kind) {
  return kind == Trouble::Kind::unauthorized || kind == Trouble::Kind::no_consent;
}
/// Takes what authenticates out of a provider's words, should it have put that there.
void hide(Trouble& trouble, const std::vector<std::string_view>& secrets);
/// One sentence, with the provider's words in it.
[[nodiscard]] std::string sentence_of(const Trouble& trouble);

template <typename T>
using Answer = tl::expected<T, Trouble>;

/// No reply came; `reason` is a sentence.
[[nodiscard]] Trouble no_reply(std::string reason);

/// Everything but unreserved characters (RFC 3986 §2.3) escaped.
[[nodiscard]] std::string percent_encode(std::string_view text);

}  // namespace rolecall::connector
