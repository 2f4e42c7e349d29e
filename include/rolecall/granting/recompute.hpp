#pragma once

#include "rolecall/access/effective.hpp"
#include "rolecall/audit/trail.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/store/store.hpp"

// Effective roles follow from links, direct grants, asserted roles, the default role and `active`
// (access::effective_grants). Whoever changes an input calls one of these in the same unit of work; the stored grants
// are then always equal to a recomputation from scratch.

namespace rolecall::granting {

/// Recomputes one user's effective grants, stores the difference and audits it ("grant.added", "grant.removed" with
/// role and cause). Fails with `forbidden` when the last active holder of a protected role would lose it; the caller's
/// unit of work then ends without effect. For a caller that gives the user a new version itself.
[[nodiscard]] Result<void> recompute_user(store::Workspace& workspace, const store::ResourceRecord& user,
                                          audit::Trail& trail, const TextFolder& folder);

/// The same for a user who did not change otherwise, as everywhere below: clients see the roles in the resource, so it
/// gets a new version when they changed.
[[nodiscard]] Result<void> recompute_and_touch(store::Workspace& workspace, const store::ResourceRecord& user,
                                               audit::Trail& trail, const TextFolder& folder);

/// The same for every user member of a group, after a link changed. Pages through them; never holds the member list.
[[nodiscard]] Result<void> recompute_members(store::Workspace& workspace, const ResourceId& group, audit::Trail& trail,
                                             const TextFolder& folder);

/// The same for every user of the connection who has a role by default, after the default role or the ceiling changed.
[[nodiscard]] Result<void> recompute_defaults(store::Workspace& workspace, const ConnectionId& connection,
                                              audit::Trail& trail, const TextFolder& folder);

/// The same for every user of the connection whose IdP asserts a role, after the policy or the ceiling changed.
[[nodiscard]] Result<void> recompute_asserted(store::Workspace& workspace, const ConnectionId& connection,
                                              audit::Trail& trail, const TextFolder& folder);

/// The same for users whose IdP names `role`, as their default or among their roles, in every connection: call it after
/// a role was made or removed, because a name that was unknown till then may now be known.
[[nodiscard]] Result<void> recompute_named(store::Workspace& workspace, const access::Role& role, audit::Trail& trail,
                                           const TextFolder& folder);

/// The same for all users of the workspace, after its role mode or, in single mode, a priority changed.
[[nodiscard]] Result<void> recompute_everybody(store::Workspace& workspace, audit::Trail& trail,
                                               const TextFolder& folder);

/// What follows for a user from everything that is stored now, with what is granted and does not count.
[[nodiscard]] Result<access::EffectiveOutcome> outcome_of(store::Workspace& workspace,
                                                          const store::ResourceRecord& user, const TextFolder& folder);

/// The default role that applies to a user, and what became of the one the IdP sent.
struct DefaultRole {
  enum class Refused { no, unknown, not_allowed };
  RoleId role;
  bool is_sent = false;           ///< the one the IdP sent; else the connection's
  Refused refused = Refused::no;  ///< why the one it sent does not apply
};
[[nodiscard]] Result<DefaultRole> default_role_of(store::Workspace& workspace, const store::ResourceRecord& user,
                                                  const TextFolder& folder);

/// The one end of access: no effective grant is left, every token that stands for the user is revoked for good, their
/// sessions are ended, and "access.revoked" says so, all in the caller's unit of work. The functions above end here
/// themselves when nothing is left for somebody, whatever the reason (deactivation, the last link, a default role that
/// went); a deletion calls it before the row goes. Whether grants changed; nothing happens to whom has nothing. Same
/// protection of the last holder.
[[nodiscard]] Result<bool> revoke_everything(store::Workspace& workspace, const store::ResourceRecord& user,
                                             audit::Trail& trail);
/// What an admin gave by hand stays through a deactivation, without effect, and ends with a deletion.
[[nodiscard]] Result<void> forget_direct_grants(store::Workspace& workspace, const store::ResourceRecord& user,
                                                audit::Trail& trail);

/// Lists `role` as a Group in the reach of `connection`: inserts the group resource, its role_groups row and the link
/// with origin `listing`. Protected roles and roles above the ceiling are not listed (no effect). `relisted`: see
/// RoleGroupRecord.
[[nodiscard]] Result<void> list_role(store::Workspace& workspace, const store::ConnectionRecord& connection,
                                     const access::Role& role, bool relisted, const std::string& group_id,
                                     const std::string& link_id, audit::Trail& trail, const TextFolder& folder);

}  // namespace rolecall::granting
