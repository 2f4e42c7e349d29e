#include "rolecall/administration/audit_log.hpp"

#include <algorithm>

#include "scope.hpp"

namespace rolecall::administration {

Result<std::vector<store::AuditRecord>> list_audit(const Environment& environment, const WorkspaceId& workspace_id,
                                                   std::int64_t after, std::int64_t limit) {
  return in_view(environment, workspace_id,
                 [&](store::Workspace& workspace) { return workspace.audit().page(after, page_limit(limit)); });
}

Result<std::vector<store::AuditRecord>> newest_audit(const Environment& environment, const WorkspaceId& workspace_id,
                                                     std::int64_t limit) {
  return in_view(environment, workspace_id,
                 [&](store::Workspace& workspace) -> Result<std::vector<store::AuditRecord>> {
                   ROLECALL_TRY_ASSIGN(const auto last, workspace.audit().last());
                   if (!last) return std::vector<store::AuditRecord>();
                   const std::int64_t after = std::max<std::int64_t>(last->seq - page_limit(limit), 0);
                   return workspace.audit().page(after, page_limit(limit));
                 });
}

Result<audit::Verification> verify_audit(const Environment& environment, const WorkspaceId& workspace_id,
                                         const std::optional<audit::Checkpoint>& checkpoint) {
  return in_view(environment, workspace_id,
                 [&](store::Workspace& workspace) { return audit::verify(workspace, environment.digest, checkpoint); });
}

Result<audit::Checkpoint> latest_checkpoint(const Environment& environment, const WorkspaceId& workspace_id) {
  return in_view(environment, workspace_id, [](store::Workspace& workspace) { return audit::head_of(workspace); });
}

}  // namespace rolecall::administration
