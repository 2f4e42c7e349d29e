#pragma once

#include <chrono>
#include <string>

#include "rolecall/access/role.hpp"
#include "rolecall/base/clock.hpp"
#include "rolecall/base/digest.hpp"
#include "rolecall/base/ids.hpp"
#include "rolecall/base/random.hpp"
#include "rolecall/base/sealer.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/store/store.hpp"

// The use cases behind the admin API, the console and the CLI: plain functions, each in one unit of work, all
// thread-safe. Their errors carry a sentence that says what to do next. `not_found` when something named does not exist
// in the workspace.

namespace rolecall::administration {

class TokenDirectory;
class PrivilegedDefaults;
class SessionUses;

/// Of sessions of users: how long one lasts without being used, and at most.
struct SessionLimits {
  std::chrono::milliseconds idle = std::chrono::minutes(30);
  std::chrono::milliseconds absolute = std::chrono::hours(12);
};

/// What every use case needs; the references outlive it.
struct Environment {
  store::Store& store;
  const access::Catalogue& catalogue;
  const TextFolder& folder;
  const Clock& clock;
  IdGenerator& ids;
  RandomSource& random;
  const Digest& digest;
  TokenDirectory* tokens = nullptr;  ///< told of every new and revoked token, so that both count at once
  const Sealer* sealer = nullptr;    ///< for secrets that have to be read again; without it there are no webhooks
  const PrivilegedDefaults* privileged_defaults = nullptr;  ///< null: none is confirmed

  bool* took_access = nullptr;  ///< set by a change by which somebody loses a role; whoever wants to know

  SessionLimits sessions = {};
  SessionUses* session_uses = nullptr;  ///< null: uses are not noted

  /// The same on another store. It does not tell the directory: whoever makes several changes one has to do that
  /// itself, after the commit.
  [[nodiscard]] Environment over(store::Store& other) const {
    return {other,  catalogue,           folder,  clock,   ids, random, digest, nullptr,
            sealer, privileged_defaults, nullptr, sessions};
  }
};

/// Who asks, for the audit.
struct Actor {
  std::string name = "admin";  ///< "admin", "system"
  RequestId request;
};

}  // namespace rolecall::administration
