#pragma once

#include <vector>

#include "session.hpp"

namespace rolecall::provisioning {

/// Applies member operations to a group in order: rows in, rows out, roles of whoever was touched recomputed, every
/// change audited. The member list is never loaded for an add or a remove by id. What becomes of members whom nobody in
/// reach is, is the connection's policy: by default they are passed over with a notice, because for Okta a 400 would be
/// final and lose the known ones too. Returns whether any member changed; touching the group's own version is the
/// caller's, and who is parked is not in it.
[[nodiscard]] Result<bool> apply_member_changes(WriteSession& session, const store::ResourceRecord& group,
                                                const std::vector<patch::MemberChange>& changes);

}  // namespace rolecall::provisioning
