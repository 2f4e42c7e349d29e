#pragma once

#include "rolecall/access/may_grant.hpp"
#include "scope.hpp"

// Which roles a connection sees as Groups.

namespace rolecall::administration {

/// A connection's power to grant, as `may_grant` asks for it.
[[nodiscard]] Result<access::Grantor> grantor_of(store::Workspace& workspace, const store::ConnectionRecord& connection,
                                                 access::Grantor::Kind kind);

/// Brings a connection's list of role groups in line with its ceiling: covered roles join, others leave. `conflict`
/// when one that must leave is the default role, is linked by an admin or has a used group.
[[nodiscard]] Result<void> follow_ceiling(Change& change, const store::ConnectionRecord& connection);

/// Inserts a role and lists it for every connection that may see it.
[[nodiscard]] Result<void> add_role(Change& change, const access::Role& role);

/// Takes the listed, unused group of a role out of the list.
[[nodiscard]] Result<void> delist(Change& change, const store::RoleGroupRecord& role_group);

/// Nobody is in this group of a role and no IdP has claimed it.
[[nodiscard]] Result<bool> is_unused_listing(store::Workspace& workspace, const store::RoleGroupRecord& role_group);

}  // namespace rolecall::administration
