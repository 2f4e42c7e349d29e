#pragma once

#include <deque>

#include "rolecall/base/text.hpp"
#include "rolecall/store/store.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {

/// The repositories over one session. Beginning and ending the transaction is its owner's affair.
class UnitOfWork final : public store::UnitOfWork {
 public:
  UnitOfWork(Session& session, const TextFolder& folder) : session_(session), folder_(folder) {}

  [[nodiscard]] store::Workspace& workspace(const WorkspaceId& id) override;
  [[nodiscard]] Result<void> insert_workspace(const store::WorkspaceRecord& workspace) override;
  [[nodiscard]] Result<std::vector<store::WorkspaceRecord>> workspaces() override;
  [[nodiscard]] Result<std::optional<store::WorkspaceRecord>> find_workspace_by_name(const std::string& name) override;
  [[nodiscard]] Result<std::optional<store::TokenRecord>> find_token(const TokenId& id) override;
  [[nodiscard]] Result<std::optional<store::ApiTokenRecord>> find_api_token(const TokenId& id) override;
  [[nodiscard]] Result<std::optional<store::AdminSessionRecord>> find_admin_session(const SessionId& id) override;
  [[nodiscard]] Result<std::vector<store::DueWebhook>> due_webhooks(Instant now, std::int64_t limit) override;
  [[nodiscard]] Result<std::vector<store::DueDirectory>> due_directories(Instant now, std::int64_t limit) override;
  [[nodiscard]] Result<std::vector<store::DueSyncRun>> due_sync_runs(Instant now, std::int64_t limit) override;
  [[nodiscard]] Result<std::vector<store::DueDirectory>> due_readings(Instant now, std::int64_t limit) override;
  [[nodiscard]] Result<std::vector<store::DueAction>> due_actions(Instant now, std::int64_t limit) override;
  [[nodiscard]] Result<std::optional<store::FoundHook>> find_hook(const DirectoryId& directory) override;
  [[nodiscard]] Result<std::optional<store::FoundConsent>> find_consent(const DirectoryId& directory) override;
  [[nodiscard]] Result<std::vector<store::DueDirectory>> due_consents(Instant now, std::int64_t limit) override;
  [[nodiscard]] Result<std::vector<store::DueDirectory>> due_hooks(Instant now, std::int64_t limit) override;
  [[nodiscard]] Result<std::vector<store::DueReread>> due_rereads(Instant now, std::int64_t limit) override;
  [[nodiscard]] Result<std::int64_t> end_far_times(Instant horizon) override;
  [[nodiscard]] Result<std::vector<store::DueDirectory>> due_logs(Instant now, std::int64_t limit) override;
  [[nodiscard]] Result<std::vector<store::DueEnding>> due_endings(Instant now, std::int64_t limit) override;
  [[nodiscard]] Result<Result<void>> attempt(const Part& part) override;

 private:
  Session& session_;
  const TextFolder& folder_;
  std::deque<Workspace> workspaces_;  ///< a deque, because references into it are given away
};

}  // namespace rolecall::adapter::soci
