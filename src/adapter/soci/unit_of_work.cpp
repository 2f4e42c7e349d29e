#include "unit_of_work.hpp"

#include <algorithm>
#include <array>

#include "enum_text.hpp"

namespace rolecall::adapter::soci {
namespace {

using access::RoleMode;

constexpr EnumText<RoleMode, 2> kModes{{{{RoleMode::multi, "multi"}, {RoleMode::single, "single"}}}};

#define ROLECALL_WORKSPACE "SELECT id, name, created, role_mode FROM workspaces "
constexpr Sql kInsert{"workspaces.insert", "INSERT INTO workspaces (id, name, created, role_mode) VALUES (?, ?, ?, ?)"};
constexpr Sql kList{"workspaces.list", ROLECALL_WORKSPACE "ORDER BY name", "ttnt"};
constexpr Sql kFind{"workspaces.find", ROLECALL_WORKSPACE "WHERE name = ?", "ttnt"};
constexpr Sql kMode{"workspaces.role_mode", "SELECT role_mode FROM workspaces WHERE id = ?", "t"};
constexpr Sql kSetMode{"workspaces.set_role_mode", "UPDATE workspaces SET role_mode = ? WHERE id = ?"};

/// Where two columns of a table tell of one job, one statement sets both. What has nothing more to do is passed over.
constexpr auto kEndFarTimes = std::to_array<Sql>({
    {"webhooks.end_far",
     "UPDATE webhooks SET lease = '', leased_until = 0, rests_until = 0 WHERE leased_until > ? OR "
     "rests_until > ?"},
    {"deliveries.end_far", "UPDATE deliveries SET due = 0 WHERE state = 'pending' AND due > ?"},
    {"directories.end_far_leases", "UPDATE directories SET lease = '', leased_until = 0 WHERE leased_until > ?"},
    {"directories.end_far_waits",
     "UPDATE directories SET test_due = 0, throttled_until = NULL WHERE test_due > ? OR throttled_until > ?"},
    {"directory_hooks.end_far", "UPDATE directory_hooks SET lease = '', leased_until = 0 WHERE leased_until > ?"},
    {"directory_logs.end_far", "UPDATE directory_logs SET lease = '', leased_until = 0 WHERE leased_until > ?"},
    {"directory_consents.end_far",
     "UPDATE directory_consents SET lease = '', leased_until = 0, due = CASE WHEN due IS NULL THEN NULL ELSE 0 END "
     "WHERE leased_until > ? OR due > ?"},
    {"directory_rereads.end_far",
     "UPDATE directory_rereads SET lease = '', leased_until = 0, due = 0 WHERE leased_until > ? OR due > ?"},
    {"sync_runs.end_far",
     "UPDATE sync_runs SET lease = '', leased_until = 0, due = 0 WHERE state = 'running' AND "
     "(leased_until > ? OR due > ?)"},
    {"actions.end_far", "UPDATE actions SET lease = '', leased_until = 0 WHERE due IS NOT NULL AND leased_until > ?"},
    {"action_gates.end_far", "UPDATE action_gates SET rests_until = 0 WHERE rests_until > ?"},
});

store::WorkspaceRecord workspace_of(Row& row) {
  return {row.id<WorkspaceId>(0), row.text(1), row.instant(2), kModes.value(row.view(3))};
}

}  // namespace

store::Workspace& UnitOfWork::workspace(const WorkspaceId& id) {
  for (Workspace& workspace : workspaces_) {
    if (workspace.id() == id) return workspace;
  }
  return workspaces_.emplace_back(session_, id, folder_);
}

Result<void> UnitOfWork::insert_workspace(const store::WorkspaceRecord& workspace) {
  ROLECALL_TRY(
      session_.execute(kInsert, {workspace.id, workspace.name, workspace.created, kModes.text(workspace.role_mode)}));
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

Result<RoleMode> Workspace::role_mode() {
  RoleMode mode = RoleMode::multi;
  ROLECALL_TRY(
      scope_.session.select_kept(kMode, {scope_.workspace}, [&](Row& row) { mode = kModes.value(row.view(0)); }));
  return mode;
}

Result<void> Workspace::set_role_mode(RoleMode mode) {
  ROLECALL_TRY(scope_.session.execute(kSetMode, {kModes.text(mode), scope_.workspace}));
  return {};
}

Result<std::optional<store::TokenRecord>> UnitOfWork::find_token(const TokenId& id) {
  return TokenRepository::find_anywhere(session_, id);
}

Result<std::optional<store::ApiTokenRecord>> UnitOfWork::find_api_token(const TokenId& id) {
  return ApiTokenRepository::find_anywhere(session_, id);
}

Result<std::optional<store::AdminSessionRecord>> UnitOfWork::find_admin_session(const SessionId& id) {
  return AdminSessionRepository::find_anywhere(session_, id);
}

Result<std::vector<store::DueWebhook>> UnitOfWork::due_webhooks(Instant now, std::int64_t limit) {
  return WebhookRepository::due(session_, now, limit);
}

Result<std::vector<store::DueDirectory>> UnitOfWork::due_directories(Instant now, std::int64_t limit) {
  return DirectoryRepository::due(session_, now, limit);
}

Result<std::vector<store::DueSyncRun>> UnitOfWork::due_sync_runs(Instant now, std::int64_t limit) {
  return SyncRunRepository::due(session_, now, limit);
}

Result<std::vector<store::DueDirectory>> UnitOfWork::due_readings(Instant now, std::int64_t limit) {
  return DirectoryRepository::due_readings(session_, now, limit);
}

Result<std::vector<store::DueAction>> UnitOfWork::due_actions(Instant now, std::int64_t limit) {
  return ActionRepository::due(session_, now, limit);
}

Result<std::optional<store::FoundHook>> UnitOfWork::find_hook(const DirectoryId& directory) {
  return HookRepository::find_anywhere(session_, directory);
}

Result<std::optional<store::FoundConsent>> UnitOfWork::find_consent(const DirectoryId& directory) {
  return ConsentRepository::find_anywhere(session_, directory);
}

Result<std::vector<store::DueDirectory>> UnitOfWork::due_consents(Instant now, std::int64_t limit) {
  return ConsentRepository::due(session_, now, limit);
}

Result<std::vector<store::DueDirectory>> UnitOfWork::due_hooks(Instant now, std::int64_t limit) {
  return HookRepository::due(session_, now, limit);
}

Result<std::vector<store::DueReread>> UnitOfWork::due_rereads(Instant now, std::int64_t limit) {
  return DirectoryEventRepository::due(session_, now, limit);
}

Result<std::vector<store::DueDirectory>> UnitOfWork::due_logs(Instant now, std::int64_t limit) {
  return DirectoryLogRepository::due(session_, now, limit);
}

Result<std::vector<store::DueEnding>> UnitOfWork::due_endings(Instant now, std::int64_t limit) {
  return EndedAccessRepository::due(session_, now, limit);
}

Result<std::int64_t> UnitOfWork::end_far_times(Instant horizon) {
  std::int64_t count = 0;
  for (const Sql& sql : kEndFarTimes) {
    const std::string_view text = sql.text;
    const std::vector<Param> horizons(static_cast<std::size_t>(std::count(text.begin(), text.end(), '?')), horizon);
    ROLECALL_TRY_ASSIGN(const auto ended, session_.execute(sql, horizons));
    count += ended;
  }
  return count;
}

Result<Result<void>> UnitOfWork::attempt(const Part& part) {
  ROLECALL_TRY(session_.begin_part());
  Result<void> outcome = part();
  if (outcome) outcome = session_.end_part();
  // A full disk, and some I/O errors, end the transaction behind our back.
  if (!session_.is_in_transaction()) {
    store::DbError lost;
    lost.kind = store::DbError::Kind::busy;
    lost.statement = "transaction_lost";
    return tl::unexpected<Error>(store::to_error(lost));
  }
  if (outcome && session_.is_aborted()) outcome = internal_error("a part went on after a failed statement");
  if (!outcome) ROLECALL_TRY(session_.undo_part());
  return outcome;
}

}  // namespace rolecall::adapter::soci
