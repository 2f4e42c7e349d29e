#pragma once

#include <optional>

#include "rolecall/access/role.hpp"
#include "rolecall/base/result.hpp"

namespace rolecall::access {

/// Who would cause the grant.
struct Grantor {
  enum class Kind { connection, admin };
  Kind kind = Kind::connection;
  std::optional<Role> ceiling;  ///< of the connection; a connection without one grants nothing
};

/// How the grant would come about. A link carries the power of the connection whose group it hangs on, so an admin
/// cannot link a protected role or one above that connection's ceiling either.
enum class GrantPath { group_membership, link, default_role, asserted, direct };

/// The one gate: every path that can end in a role asks it. Fails with `forbidden` and a sentence naming role and
/// reason.
[[nodiscard]] Result<void> may_grant(const Grantor& grantor, const Role& role, GrantPath path);

}  // namespace rolecall::access
