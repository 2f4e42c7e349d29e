#include "unit_of_work.hpp"

#include "transaction.hpp"

namespace rolecall::adapter::soci {
namespace {

constexpr Sql kInsert{"workspaces.insert", "INSERT INTO workspaces (id, name, created) VALUES (?, ?, ?)"};
constexpr Sql kList{"workspaces.list", "SELECT id, name, created FROM workspaces ORDER BY name", "ttn"};
constexpr Sql kFind{"workspaces.find", "SELECT id, name, created FROM workspaces WHERE name = ?", "ttn"};

store::WorkspaceRecord workspace_of(Row& row) { return {row.id<WorkspaceId>(0), row.text(1), row.instant(2)}; }

}  // namespace

store::Workspace& UnitOfWork::workspace(const WorkspaceId& id) {
  for (Workspace& workspace : workspaces_) {
    if (workspace.id() == id) return workspace;
  }
  return workspaces_.emplace_back(session_, id, folder_);
}

Result<void> UnitOfWork::insert_workspace(const store::WorkspaceRecord& workspace) {
  ROLECALL_TRY(session_.execute(kInsert, {workspace.id, workspace.name, workspace.created}));
  return {};
}

Result<std::vector<store::WorkspaceRecord>> UnitOfWork::workspaces() {
  std::vector<store::WorkspaceRecord> found;
  ROLECALL_TRY(session_.select(kList, {}, [&](Row& row) { found.push_back(workspace_of(row)); }));
  return found;
}

Result<std::optional<store::WorkspaceRecord>> UnitOfWork::find_workspace_by_name(const std::string& name) {
  std::optional<store::WorkspaceRecord> found;
  ROLECALL_TRY(session_.select(kFind, {name}, [&](Row& row) { found = workspace_of(row); }));
  return found;
}

Result<std::optional<store::TokenRecord>> UnitOfWork::find_token(const TokenId& id) {
  return TokenRepository::find_anywhere(session_, id);
}

Result<std::optional<store::ApiTokenRecord>> UnitOfWork::find_api_token(const TokenId& id) {
  return ApiTokenRepository::find_anywhere(session_, id);
}

Result<Result<void>> UnitOfWork::attempt(const Part& part) {
  ROLECALL_TRY(session_.execute(kSavepointPart, {}));
  Result<void> outcome = part();
  // A full disk, and some I/O errors, end the transaction behind our back.
  if (!session_.is_in_transaction()) {
    store::DbError lost;
    lost.kind = store::DbError::Kind::busy;
    lost.statement = "transaction_lost";
    return tl::unexpected<Error>(store::to_error(lost));
  }
  if (!outcome) ROLECALL_TRY(session_.execute(kRollbackToPart, {}));
  ROLECALL_TRY(session_.execute(kReleasePart, {}));
  return outcome;
}

}  // namespace rolecall::adapter::soci
