#pragma once

#include "rolecall/access/role.hpp"
#include "session.hpp"

// Groups that stand for roles: what a pushed name means, and what happens when such a group goes.

namespace rolecall::provisioning {

/// What a new or changed group name stands for.
struct NameMeaning {
  std::optional<access::Role> role;                           ///< a role of that name
  std::optional<store::ResourceRecord> taken_by;              ///< a group of this connection has the name
  std::optional<store::RoleGroupRecord> taken_by_role_group;  ///< set when `taken_by` stands for a role
};
[[nodiscard]] Result<NameMeaning> meaning_of(WriteSession& session, const std::string& unique_key);

/// Fails with `forbidden` when the role of that name must not be reached through this connection (protected, above the
/// ceiling).
[[nodiscard]] Result<void> check_name_allowed(WriteSession& session, const NameMeaning& meaning);

/// Gives a freshly inserted group its role: that of its name, or by the connection's policy a new one without
/// permissions.
[[nodiscard]] Result<void> attach_role(WriteSession& session, const store::ResourceRecord& group,
                                       const NameMeaning& meaning);

/// Ends the links of a group about to be removed: its own go, those an admin made stay as orphaned. When the group
/// stood for a role, `relist_role` afterwards lists that role again under a new id.
[[nodiscard]] Result<void> detach_links(WriteSession& session, const store::ResourceRecord& group);
[[nodiscard]] Result<void> relist_role(WriteSession& session, const store::RoleGroupRecord& role_group);

}  // namespace rolecall::provisioning
