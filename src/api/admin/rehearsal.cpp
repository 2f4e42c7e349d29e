#include "rehearsal.hpp"

#include "rolecall/json/parse.hpp"

namespace rolecall::api::admin {
namespace {

/// A link of a large group moves everybody in it; what is counted need not all be shown.
constexpr std::int64_t kShownRows = 100;

Result<std::int64_t> head_of(store::Workspace& workspace) {
  ROLECALL_TRY_ASSIGN(const auto last, workspace.audit().last());
  return last ? last->seq : 0;
}

/// Without hashes and instants: those of the real rows will be others.
json::Object shown(const store::AuditRecord& record) {
  auto details = json::parse(record.details);
  return json::Object{{"actor", record.actor},
                      {"action", record.action},
                      {"target", record.target},
                      {"details", details ? std::move(*details) : json::Value(record.details)}};
}

}  // namespace

Result<Rehearsal> Rehearsal::begin(store::UnitOfWork& unit, const WorkspaceId& workspace) {
  Rehearsal rehearsal;
  rehearsal.workspace_ = workspace;
  if (!workspace.empty()) {
    ROLECALL_TRY_ASSIGN(rehearsal.head_, head_of(unit.workspace(workspace)));
    return rehearsal;
  }
  ROLECALL_TRY_ASSIGN(const auto workspaces, unit.workspaces());
  for (const auto& known : workspaces) rehearsal.known_.insert(known.id);
  return rehearsal;
}

Result<json::Object> Rehearsal::end(store::UnitOfWork& unit) const {
  std::vector<WorkspaceId> touched;
  if (!workspace_.empty()) {
    touched.push_back(workspace_);
  } else {
    ROLECALL_TRY_ASSIGN(const auto workspaces, unit.workspaces());
    for (const auto& found : workspaces) {
      if (known_.count(found.id) == 0) touched.push_back(found.id);
    }
  }
  std::int64_t count = 0;
  json::Array rows;
  for (const WorkspaceId& id : touched) {
    store::Workspace& workspace = unit.workspace(id);
    ROLECALL_TRY_ASSIGN(const std::int64_t last, head_of(workspace));
    count += last - head_;
    ROLECALL_TRY_ASSIGN(const auto page, workspace.audit().page(head_, kShownRows));
    for (const auto& row : page) rows.emplace_back(shown(row));
  }
  return json::Object{{"rows", count}, {"audit", std::move(rows)}};
}

}  // namespace rolecall::api::admin
