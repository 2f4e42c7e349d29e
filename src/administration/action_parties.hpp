#pragma once

#include <string>

#include "rolecall/access/action_policy.hpp"
#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

/// Who is behind the actor of a request, as the audit names it, or behind an identity of before; an empty identity
/// where nobody knows.
[[nodiscard]] Result<access::ActionParty> party_of(store::Workspace& workspace, const std::string& actor, Instant now);
/// The policy that counts for an action.
[[nodiscard]] Result<access::ActionPolicy> policy_for(store::Workspace& workspace, const DirectoryId& directory,
                                                      const std::string& action, bool is_destructive);

}  // namespace rolecall::administration
