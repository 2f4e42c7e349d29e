#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rolecall/administration/environment.hpp"
#include "rolecall/audit/trail.hpp"

namespace rolecall::administration {

/// Rows with seq > `after`, in order.
[[nodiscard]] Result<std::vector<store::AuditRecord>> list_audit(const Environment& environment,
                                                                 const WorkspaceId& workspace, std::int64_t after,
                                                                 std::int64_t limit);
/// The newest `limit` rows, oldest of them first.
[[nodiscard]] Result<std::vector<store::AuditRecord>> newest_audit(const Environment& environment,
                                                                   const WorkspaceId& workspace, std::int64_t limit);
[[nodiscard]] Result<audit::Verification> verify_audit(const Environment& environment, const WorkspaceId& workspace,
                                                       const std::optional<audit::Checkpoint>& checkpoint = {});
/// To be kept where whoever can write to the database cannot.
[[nodiscard]] Result<audit::Checkpoint> latest_checkpoint(const Environment& environment, const WorkspaceId& workspace);

}  // namespace rolecall::administration
