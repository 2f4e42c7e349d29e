#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/base/clock.hpp"
#include "rolecall/base/ids.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/store/directories.hpp"

// What an administrator of an identity provider agrees to, and what that is worth: the way there, which begins here,
// goes through a browser and comes back to any replica, and the tokens that came of it, which each use replaces.

namespace rolecall::store {

/// The consent to one directory. Sealed texts open only as what they are of this row.
struct ConsentRecord {
  DirectoryId directory;
  // The way there that was begun last.
  std::string state;     ///< hexadecimal digest of what comes back with the answer; empty: none was begun
  std::string verifier;  ///< sealed (RFC 7636)
  std::string redirect;  ///< the address that the answer comes to
  Instant expires{};     ///< no answer counts from then on
  bool is_answered = false;
  std::string asked_by;
  Instant asked{};
  std::string code;  ///< sealed; empty: none, or it has been exchanged
  // What came of it.
  std::string granted;           ///< sealed tokens; empty: nobody has consented
  std::int64_t failures = 0;     ///< attempts at something due, since the last that did not fail
  std::optional<Instant> due{};  ///< when something has to be done without anybody asking

  bool operator==(const ConsentRecord&) const = default;
};

struct FoundConsent {
  WorkspaceId workspace;
  ConsentRecord consent;
};

/// How an exchange or a renewal ended.
struct ConsentEnd {
  std::string granted;  ///< sealed, also where it is as before
  std::string code;     ///< sealed, as it was; it is forgotten with this. Empty: it stays
  std::int64_t failures = 0;
  std::optional<Instant> due{};
};

class ConsentRepository {
 public:
  virtual ~ConsentRepository() = default;
  [[nodiscard]] virtual Result<std::optional<ConsentRecord>> find(const DirectoryId& directory) = 0;
  [[nodiscard]] virtual Result<std::vector<ConsentRecord>> list() = 0;
  /// Begins a way: the one before ends. What was granted stays.
  [[nodiscard]] virtual Result<void> ask(const ConsentRecord& consent) = 0;
  /// Takes the answer to the way of that state, once and before it expires; true for whoever did. A `code` is due at
  /// once, and without one there is nothing to be done.
  [[nodiscard]] virtual Result<bool> answer(const DirectoryId& directory, const std::string& state,
                                            const std::string& code, Instant now) = 0;
  /// True when it is nobody else's: the caller's until `until`, when it is due for whoever is there.
  [[nodiscard]] virtual Result<bool> lease(const DirectoryId& directory, const std::string& lease, Instant now,
                                           Instant until) = 0;
  /// Stores the end and gives it back; false when it is no longer the holder's of this lease. A code that came
  /// meanwhile stays, and is due as it was.
  [[nodiscard]] virtual Result<bool> settle(const DirectoryId& directory, const std::string& lease,
                                            const ConsentEnd& end) = 0;
  /// The same texts sealed anew; false when one of them is another by now.
  [[nodiscard]] virtual Result<bool> reseal(const ConsentRecord& before, const ConsentRecord& after) = 0;
  [[nodiscard]] virtual Result<bool> remove(const DirectoryId& directory) = 0;
};

}  // namespace rolecall::store
