#pragma once

#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "memory_directories.hpp"
#include "memory_directory_events.hpp"
#include "memory_grants.hpp"
#include "memory_guard.hpp"
#include "memory_history.hpp"
#include "memory_plans.hpp"
#include "memory_repositories.hpp"
#include "memory_returns.hpp"
#include "memory_webhooks.hpp"
#include "rolecall/store/store.hpp"

// A store without a disk, for tests of rules that need more operations than a disk can sync. It keeps the promises of
// the ports that those rules rest on: a failed write leaves nothing behind, and every repository sees one workspace.
// SCIM queries are not among them.

namespace rolecall::testing_support {

class MemoryWorkspace final : public store::Workspace {
 public:
  explicit MemoryWorkspace(WorkspaceId workspace) : id_(std::move(workspace)) {}

  const WorkspaceId& id() const override { return id_; }
  store::ResourceRepository& resources() override { return resources_; }
  store::MemberRepository& members() override { return members_; }
  store::ParkedMemberRepository& parked_members() override { return parked_members_; }
  store::TombstoneRepository& tombstones() override { return tombstones_; }
  store::ConnectionRepository& connections() override { return connections_; }
  store::TokenRepository& tokens() override { return tokens_; }
  store::RoleRepository& roles() override { return roles_; }
  store::LinkRepository& links() override { return links_; }
  store::GrantRepository& grants() override { return grants_; }
  MemoryAudit& audit() override { return audit_; }
  store::PlanRepository& plans() override { return plans_; }
  Result<access::RoleMode> role_mode() override { return tables.role_mode; }
  Result<void> set_role_mode(access::RoleMode mode) override {
    tables.role_mode = mode;
    return {};
  }
  store::AnswerRepository& answers() override { return answers_; }
  store::ApiTokenRepository& api_tokens() override { return api_tokens_; }
  store::AdminSessionRepository& admin_sessions() override { return admin_sessions_; }
  store::RequestLogRepository& request_log() override { return request_log_; }
  MemoryGrantHistory& grant_history() override { return grant_history_; }
  store::GuardRepository& guard() override { return guard_; }
  store::HeldChangeRepository& held_changes() override { return held_changes_; }
  store::WebhookRepository& webhooks() override { return webhooks_; }
  store::OutboxRepository& outbox() override { return outbox_; }
  store::DirectoryRepository& directories() override { return directories_; }
  // Nothing is read of a directory from memory.
  store::PeopleRepository& people() override { std::abort(); }
  store::SyncRunRepository& sync_runs() override { std::abort(); }
  store::ActionRepository& actions() override { std::abort(); }
  store::ActionPolicyRepository& action_policies() override { std::abort(); }
  store::DirectoryEventRepository& directory_events() override { return directory_events_; }
  store::HookRepository& hooks() override { return hooks_; }
  store::ConsentRepository& consents() override { return consents_; }
  store::DirectoryLogRepository& directory_logs() override { return logs_; }
  store::EndedAccessRepository& ended_access() override { return ended_access_; }

  std::vector<store::DueDirectory> due_directories(Instant now, std::int64_t limit) const {
    std::vector<store::DueDirectory> due;
    for (const auto& [id, directory] : tables.directories) {
      const bool is_due = !directory.is_paused && directory.test_due <= now && !tables.directory_leases.contains(id);
      if (is_due && static_cast<std::int64_t>(due.size()) < limit) due.push_back({id_, id});
    }
    return due;
  }

  MemoryTables tables;

 private:
  WorkspaceId id_;
  MemoryResources resources_{tables};
  MemoryMembers members_{tables};
  MemoryParkedMembers parked_members_{tables};
  MemoryTombstones tombstones_{tables};
  MemoryConnections connections_{tables};
  MemoryTokens tokens_{tables};
  MemoryRoles roles_{tables};
  MemoryLinks links_{tables};
  MemoryGrants grants_{tables};
  MemoryPlans plans_{tables};
  MemoryAudit audit_;
  MemoryAnswers answers_{tables};
  MemoryApiTokens api_tokens_{tables};
  MemoryAdminSessions admin_sessions_{tables};
  MemoryRequestLog request_log_{tables};
  MemoryGrantHistory grant_history_;
  MemoryGuard guard_{tables};
  MemoryHeldChanges held_changes_{tables};
  MemoryWebhooks webhooks_{tables};
  MemoryOutbox outbox_{tables};
  MemoryDirectories directories_{tables};
  MemoryHooks hooks_;
  MemoryConsents consents_;
  MemoryDirectoryEvents directory_events_;
  MemoryDirectoryLogs logs_;
  MemoryEndedAccess ended_access_{tables};
};

/// Holds one workspace. Every unit of work runs alone.
class MemoryStore final : public store::Store, store::UnitOfWork {
 public:
  Result<void> read(const Work& work) override {
    const std::scoped_lock lock(mutex_);
    return work(*this);
  }
  Result<void> write(const Work& work) override {
    const std::scoped_lock lock(mutex_);
    auto done = undo_on_failure([&] { return work(*this); });
    if (workspace_) workspace_->grant_history().forget_journal();
    return done;
  }
  Result<std::vector<std::string>> check() override { return std::vector<std::string>(); }

 private:
  store::Workspace& workspace(const WorkspaceId& id) override {
    if (!workspace_ || workspace_->id() != id) std::abort();
    return *workspace_;
  }
  Result<void> insert_workspace(const store::WorkspaceRecord& workspace) override {
    record_ = workspace;
    workspace_ = std::make_unique<MemoryWorkspace>(workspace.id);
    return {};
  }
  Result<std::vector<store::WorkspaceRecord>> workspaces() override {
    return workspace_ ? std::vector<store::WorkspaceRecord>{record()} : std::vector<store::WorkspaceRecord>();
  }
  Result<std::optional<store::WorkspaceRecord>> find_workspace_by_name(const std::string& name) override {
    return workspace_ && record_.name == name ? std::optional<store::WorkspaceRecord>(record())
                                              : std::optional<store::WorkspaceRecord>();
  }
  Result<std::optional<store::TokenRecord>> find_token(const TokenId& id) override {
    return look_up(workspace_->tables.tokens, id);
  }
  Result<std::optional<store::ApiTokenRecord>> find_api_token(const TokenId& id) override {
    return look_up(workspace_->tables.api_tokens, id);
  }
  Result<std::optional<store::AdminSessionRecord>> find_admin_session(const SessionId& id) override {
    return look_up(workspace_->tables.sessions, id);
  }
  Result<std::vector<store::DueWebhook>> due_webhooks(Instant /*now*/, std::int64_t /*limit*/) override {
    return std::vector<store::DueWebhook>();
  }
  Result<std::vector<store::DueDirectory>> due_directories(Instant now, std::int64_t limit) override {
    return workspace_->due_directories(now, limit);
  }
  Result<std::vector<store::DueSyncRun>> due_sync_runs(Instant /*now*/, std::int64_t /*limit*/) override {
    return std::vector<store::DueSyncRun>();
  }
  Result<std::vector<store::DueDirectory>> due_readings(Instant /*now*/, std::int64_t /*limit*/) override {
    return std::vector<store::DueDirectory>();
  }
  Result<std::vector<store::DueAction>> due_actions(Instant /*now*/, std::int64_t /*limit*/) override {
    return std::vector<store::DueAction>();
  }
  Result<std::optional<store::FoundHook>> find_hook(const DirectoryId& /*directory*/) override {
    return std::optional<store::FoundHook>();
  }
  Result<std::optional<store::FoundConsent>> find_consent(const DirectoryId& /*directory*/) override {
    return std::optional<store::FoundConsent>();
  }
  Result<std::vector<store::DueDirectory>> due_consents(Instant /*now*/, std::int64_t /*limit*/) override {
    return std::vector<store::DueDirectory>();
  }
  Result<std::vector<store::DueDirectory>> due_hooks(Instant /*now*/, std::int64_t /*limit*/) override {
    return std::vector<store::DueDirectory>();
  }
  Result<std::vector<store::DueReread>> due_rereads(Instant /*now*/, std::int64_t /*limit*/) override {
    return std::vector<store::DueReread>();
  }
  Result<std::int64_t> end_far_times(Instant /*horizon*/) override { return 0; }
  Result<std::vector<store::DueDirectory>> due_logs(Instant /*now*/, std::int64_t /*limit*/) override {
    return std::vector<store::DueDirectory>();
  }
  Result<std::vector<store::DueEnding>> due_endings(Instant /*now*/, std::int64_t /*limit*/) override {
    return std::vector<store::DueEnding>();
  }
  Result<Result<void>> attempt(const Part& part) override { return undo_on_failure(part); }

  store::WorkspaceRecord record() const {
    auto current = record_;
    current.role_mode = workspace_->tables.role_mode;
    return current;
  }

  template <typename F>
  Result<void> undo_on_failure(const F& work) {
    const MemoryTables before = workspace_ ? workspace_->tables : MemoryTables();
    const std::size_t rows = workspace_ ? workspace_->audit().rows.size() : 0;
    const std::size_t mark = workspace_ ? workspace_->grant_history().mark() : 0;
    auto done = work();
    if (!done && workspace_) {
      workspace_->tables = before;
      workspace_->audit().rows.resize(rows);
      workspace_->grant_history().take_back(mark);
    }
    return done;
  }

  std::mutex mutex_;
  store::WorkspaceRecord record_;
  std::unique_ptr<MemoryWorkspace> workspace_;
};

}  // namespace rolecall::testing_support
