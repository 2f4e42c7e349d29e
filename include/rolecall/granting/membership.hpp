#pragma once

#include <set>
#include <vector>

#include "rolecall/audit/trail.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/store/store.hpp"

// Who joins and leaves a group, with all that follows for the member: rows, audit, version, effective roles. The
// group's own version is the caller's, who may change more of it.

namespace rolecall::granting {

/// The gate for "a member gets the roles of this group": fails with `forbidden` when an active link of it gives a role
/// that the connection may not grant.
[[nodiscard]] Result<void> check_membership(store::Workspace& workspace, const store::ConnectionRecord& connection,
                                            const ResourceId& group);

/// The members, each named once, join in their order: with rows that are written at once. Which of them were not in the
/// group before.
[[nodiscard]] Result<std::set<ResourceId>> join_all(store::Workspace& workspace, const ResourceId& group,
                                                    const std::vector<store::ResourceRecord>& members,
                                                    audit::Trail& trail, const TextFolder& folder);
/// Which of them were in the group.
[[nodiscard]] Result<std::set<ResourceId>> leave_all(store::Workspace& workspace, const ResourceId& group,
                                                     const std::vector<store::ResourceRecord>& members,
                                                     audit::Trail& trail, const TextFolder& folder);

/// False when the member was in the group already.
[[nodiscard]] Result<bool> join(store::Workspace& workspace, const ResourceId& group,
                                const store::ResourceRecord& member, audit::Trail& trail, const TextFolder& folder);
/// False when the member was not in the group.
[[nodiscard]] Result<bool> leave(store::Workspace& workspace, const ResourceId& group,
                                 const store::ResourceRecord& member, audit::Trail& trail, const TextFolder& folder);

/// For a User or Group that has come within reach of its connection, or has a new externalId: it joins the groups in
/// which its id or externalId is parked, and their versions change. Who may not get a group's roles stays parked. The
/// record as it is afterwards.
[[nodiscard]] Result<store::ResourceRecord> admit_parked(store::Workspace& workspace, store::ResourceRecord arrived,
                                                         audit::Trail& trail, const TextFolder& folder);

/// What an audit row says of a member that nobody here is: its id if we could have given it, else nothing.
[[nodiscard]] json::Object describe_stranger(const std::string& value);

}  // namespace rolecall::granting
