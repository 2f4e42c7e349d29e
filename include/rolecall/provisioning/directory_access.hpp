#pragma once

#include <optional>
#include <string>

#include "rolecall/provisioning/provisioning.hpp"

// What the directory of an identity provider says of somebody, done to the account that they have here: the second way,
// besides SCIM, by which an identity provider ends access, and the same code. Whoever reads the directory leaves a row
// for each account (store::EndedAccessRecord); here they are taken one by one, each in a unit of work of its own, under
// the guard of the account's connection. Thread-safe.

namespace rolecall::provisioning {

struct SettledAccess {
  enum class What {
    ended,     ///< deactivated, tokens revoked
    returned,  ///< active again: it was this that had ended it, and nobody has said anything of the account since
    held,      ///< the guard holds it
    refused,   ///< a protected role, or its last holder
    nothing,   ///< there is nothing to do any more
  };
  WorkspaceId workspace;
  DirectoryId directory;
  ResourceId user;
  What what = What::nothing;
};
[[nodiscard]] const char* name_of(SettledAccess::What what);

/// Takes the next one; none when there is none.
[[nodiscard]] Result<std::optional<SettledAccess>> settle_directory_access(const Environment& environment);

}  // namespace rolecall::provisioning
