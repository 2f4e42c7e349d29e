#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rolecall/administration/environment.hpp"
#include "rolecall/audit/trail.hpp"

namespace rolecall::administration {

struct AuditPage {
  std::vector<store::AuditRecord> rows;  ///< in order of seq
  std::optional<std::int64_t> next;      ///< pass it again for the next page; none at the end
};

/// Rows with seq > `after`.
[[nodiscard]] Result<AuditPage> audit_after(const Environment& environment, const WorkspaceId& workspace,
                                            std::int64_t after, std::int64_t limit);
/// The newest `limit` rows, or of those with seq < `before`.
[[nodiscard]] Result<AuditPage> audit_before(const Environment& environment, const WorkspaceId& workspace,
                                             const std::optional<std::int64_t>& before, std::int64_t limit);
[[nodiscard]] Result<audit::Verification> verify_audit(const Environment& environment, const WorkspaceId& workspace,
                                                       const std::optional<audit::Checkpoint>& checkpoint = {});
/// To be kept where whoever can write to the database cannot.
[[nodiscard]] Result<audit::Checkpoint> latest_checkpoint(const Environment& environment, const WorkspaceId& workspace);

}  // namespace rolecall::administration
