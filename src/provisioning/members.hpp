#pragma once

#include <vector>

#include "session.hpp"

namespace rolecall::provisioning {

/// Applies member operations to a group in order: rows in, rows out, roles of whoever was touched recomputed, every
/// change audited. The member list is never loaded for an add or a remove by id. Unknown members are passed over with a
/// notice: for Okta a 400 would be final and lose the known ones too. Returns whether anything changed; touching the
/// group's own version is the caller's.
[[nodiscard]] Result<bool> apply_member_changes(WriteSession& session, const store::ResourceRecord& group,
                                                const std::vector<patch::MemberChange>& changes);

}  // namespace rolecall::provisioning
