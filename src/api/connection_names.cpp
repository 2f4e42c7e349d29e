#include "connection_names.hpp"

#include <mutex>

namespace rolecall::api {

Result<ConnectionNames::Entry> ConnectionNames::find(const WorkspaceId& workspace, const ConnectionId& connection) {
  {
    const std::shared_lock lock(mutex_);
    if (const auto known = known_.find(connection); known != known_.end()) return known->second;
  }
  ROLECALL_TRY_ASSIGN(auto entry, store::read(store_, [&](store::UnitOfWork& unit) -> Result<Entry> {
                        ROLECALL_TRY_ASSIGN(const auto record,
                                            unit.workspace(workspace).connections().find(connection));
                        if (!record) return internal_error("the token's connection is gone");
                        ROLECALL_TRY_ASSIGN(auto dialect, patch::find_dialect(record->dialect));
                        Entry found{record->name, {}, std::move(dialect)};
                        ROLECALL_TRY_ASSIGN(const auto workspaces, unit.workspaces());
                        for (const auto& known : workspaces) {
                          if (known.id == workspace) found.workspace = known.name;
                        }
                        return found;
                      }));
  const std::unique_lock lock(mutex_);
  if (known_.size() >= kLimit) known_.clear();
  known_.insert_or_assign(connection, entry);
  return entry;
}

}  // namespace rolecall::api
