#pragma once

#include <vector>

#include "session.hpp"

namespace rolecall::provisioning {

/// Finds the record a PUT, PATCH or DELETE is about, and checks the version the client named. The check is part of the
/// write: nothing can change the row between it and the end of the unit of work.
[[nodiscard]] Result<store::ResourceRecord> find_for_change(WriteSession& session, const schema::ResourceType& type,
                                                            const ResourceId& id, std::optional<Version> expected);

/// What stands for somebody, tokens and sessions, opens nothing again once its holder was deactivated, deleted or given
/// another userName: not when the account is active again, nor when the id returns.
[[nodiscard]] Result<void> end_credentials(WriteSession& session, const store::ResourceRecord& user);

/// Its identity provider has said over SCIM whether an account that is not active is to be: what a directory ended is
/// no longer the directory's to give back.
[[nodiscard]] Result<void> forget_ended_access(WriteSession& session, const store::ResourceRecord& user);

/// Stores what a PUT or PATCH decided: the new document (when `after` is given and differs) and member changes, as one
/// new version; then everything that follows from it: roles, the group names users show, the member names groups show.
/// Leaves version and lastModified alone when nothing changed.
[[nodiscard]] Result<store::ResourceRecord> store_change(WriteSession& session, const schema::ResourceType& type,
                                                         store::ResourceRecord record, const json::Object* before,
                                                         const json::Object* after,
                                                         const std::vector<patch::MemberChange>& member_changes);

}  // namespace rolecall::provisioning
