#include "rolecall/administration/audit_log.hpp"

#include <algorithm>

#include "scope.hpp"

namespace rolecall::administration {

Result<AuditPage> audit_after(const Environment& environment, const WorkspaceId& workspace_id, std::int64_t after,
                              std::int64_t limit) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<AuditPage> {
    AuditPage page;
    ROLECALL_TRY_ASSIGN(page.rows, workspace.audit().page(after, page_limit(limit) + 1));
    if (page.rows.size() > static_cast<std::size_t>(page_limit(limit))) {
      page.rows.pop_back();
      page.next = page.rows.back().seq;
    }
    return page;
  });
}

Result<AuditPage> audit_before(const Environment& environment, const WorkspaceId& workspace_id,
                               const std::optional<std::int64_t>& before, std::int64_t limit) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<AuditPage> {
    AuditPage page;
    ROLECALL_TRY_ASSIGN(const auto last, workspace.audit().last());
    if (!last) return page;
    // Rows have no gaps; where somebody made one, a page is shorter.
    const std::int64_t end = before.value_or(last->seq + 1);
    const std::int64_t start = std::max<std::int64_t>(end - 1 - page_limit(limit), 0);
    ROLECALL_TRY_ASSIGN(page.rows, workspace.audit().page(start, page_limit(limit)));
    const auto beyond =
        std::find_if(page.rows.begin(), page.rows.end(), [&](const auto& row) { return row.seq >= end; });
    page.rows.erase(beyond, page.rows.end());
    if (start > 0) page.next = start + 1;
    return page;
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
