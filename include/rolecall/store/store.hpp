#pragma once

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/store/actions.hpp"
#include "rolecall/store/admin_sessions.hpp"
#include "rolecall/store/api_tokens.hpp"
#include "rolecall/store/consents.hpp"
#include "rolecall/store/directories.hpp"
#include "rolecall/store/directory_events.hpp"
#include "rolecall/store/grant_history.hpp"
#include "rolecall/store/guard.hpp"
#include "rolecall/store/people.hpp"
#include "rolecall/store/plans.hpp"
#include "rolecall/store/repositories.hpp"
#include "rolecall/store/request_log.hpp"
#include "rolecall/store/webhooks.hpp"

namespace rolecall::store {

/// Everything of one workspace, within one unit of work.
class Workspace {
 public:
  virtual ~Workspace() = default;
  [[nodiscard]] virtual const WorkspaceId& id() const = 0;
  [[nodiscard]] virtual ResourceRepository& resources() = 0;
  [[nodiscard]] virtual MemberRepository& members() = 0;
  [[nodiscard]] virtual ParkedMemberRepository& parked_members() = 0;
  [[nodiscard]] virtual TombstoneRepository& tombstones() = 0;
  [[nodiscard]] virtual ConnectionRepository& connections() = 0;
  [[nodiscard]] virtual TokenRepository& tokens() = 0;
  [[nodiscard]] virtual RoleRepository& roles() = 0;
  [[nodiscard]] virtual LinkRepository& links() = 0;
  [[nodiscard]] virtual GrantRepository& grants() = 0;
  [[nodiscard]] virtual AuditRepository& audit() = 0;
  [[nodiscard]] virtual PlanRepository& plans() = 0;
  [[nodiscard]] virtual Result<access::RoleMode> role_mode() = 0;
  [[nodiscard]] virtual Result<void> set_role_mode(access::RoleMode mode) = 0;
  [[nodiscard]] virtual AnswerRepository& answers() = 0;
  [[nodiscard]] virtual ApiTokenRepository& api_tokens() = 0;
  [[nodiscard]] virtual AdminSessionRepository& admin_sessions() = 0;
  [[nodiscard]] virtual RequestLogRepository& request_log() = 0;
  [[nodiscard]] virtual GrantHistoryRepository& grant_history() = 0;
  [[nodiscard]] virtual GuardRepository& guard() = 0;
  [[nodiscard]] virtual HeldChangeRepository& held_changes() = 0;
  [[nodiscard]] virtual WebhookRepository& webhooks() = 0;
  [[nodiscard]] virtual OutboxRepository& outbox() = 0;
  [[nodiscard]] virtual DirectoryRepository& directories() = 0;
  [[nodiscard]] virtual ConsentRepository& consents() = 0;
  [[nodiscard]] virtual PeopleRepository& people() = 0;
  [[nodiscard]] virtual SyncRunRepository& sync_runs() = 0;
  [[nodiscard]] virtual ActionRepository& actions() = 0;
  [[nodiscard]] virtual ActionPolicyRepository& action_policies() = 0;
  [[nodiscard]] virtual HookRepository& hooks() = 0;
  [[nodiscard]] virtual DirectoryEventRepository& directory_events() = 0;
  [[nodiscard]] virtual DirectoryLogRepository& directory_logs() = 0;
  [[nodiscard]] virtual EndedAccessRepository& ended_access() = 0;
};

/// One transaction.
class UnitOfWork {
 public:
  virtual ~UnitOfWork() = default;
  /// The reference stays valid until the unit of work ends. The empty id stands for what belongs to no workspace; only
  /// answers and logged requests do.
  [[nodiscard]] virtual Workspace& workspace(const WorkspaceId& id) = 0;
  // The few questions that come before a workspace is known.
  [[nodiscard]] virtual Result<void> insert_workspace(const WorkspaceRecord& workspace) = 0;
  [[nodiscard]] virtual Result<std::vector<WorkspaceRecord>> workspaces() = 0;
  [[nodiscard]] virtual Result<std::optional<WorkspaceRecord>> find_workspace_by_name(const std::string& name) = 0;
  /// A token of any workspace; none when unknown. Revoked and expired ones are found too.
  [[nodiscard]] virtual Result<std::optional<TokenRecord>> find_token(const TokenId& id) = 0;
  /// Likewise.
  [[nodiscard]] virtual Result<std::optional<ApiTokenRecord>> find_api_token(const TokenId& id) = 0;
  /// A session of any workspace; none when unknown. Ended and expired ones are found too, and one whose token was
  /// revoked counts as ended.
  [[nodiscard]] virtual Result<std::optional<AdminSessionRecord>> find_admin_session(const SessionId& id) = 0;
  /// Webhooks of any workspace that have something to be sent, that nobody delivers to and that do not rest.
  [[nodiscard]] virtual Result<std::vector<DueWebhook>> due_webhooks(Instant now, std::int64_t limit) = 0;
  /// Directories of any workspace that are to be tested and that nobody tests. Paused ones are not among them.
  [[nodiscard]] virtual Result<std::vector<DueDirectory>> due_directories(Instant now, std::int64_t limit) = 0;
  /// Runs of any workspace that somebody can go on with; of paused directories none.
  [[nodiscard]] virtual Result<std::vector<DueSyncRun>> due_sync_runs(Instant now, std::int64_t limit) = 0;
  /// Directories of any workspace whose next run by the schedule is due. Paused ones are not among them.
  [[nodiscard]] virtual Result<std::vector<DueDirectory>> due_readings(Instant now, std::int64_t limit) = 0;
  /// Actions of any workspace that somebody has to look at now; see ActionRepository::lease.
  [[nodiscard]] virtual Result<std::vector<DueAction>> due_actions(Instant now, std::int64_t limit) = 0;
  /// The hook of a directory of any workspace; none when there is none.
  [[nodiscard]] virtual Result<std::optional<FoundHook>> find_hook(const DirectoryId& directory) = 0;
  /// The consent to a directory of any workspace; none when nobody asked for one.
  [[nodiscard]] virtual Result<std::optional<FoundConsent>> find_consent(const DirectoryId& directory) = 0;
  /// Consents of any workspace for which something is to be done, and that nobody works on; of paused directories none.
  [[nodiscard]] virtual Result<std::vector<DueDirectory>> due_consents(Instant now, std::int64_t limit) = 0;
  /// Hooks of any workspace that are to be made or taken away, and that nobody works on; of paused directories none.
  [[nodiscard]] virtual Result<std::vector<DueDirectory>> due_hooks(Instant now, std::int64_t limit) = 0;
  /// Likewise, who is to be read again.
  [[nodiscard]] virtual Result<std::vector<DueReread>> due_rereads(Instant now, std::int64_t limit) = 0;
  /// Likewise, whose log is to be read.
  [[nodiscard]] virtual Result<std::vector<DueDirectory>> due_logs(Instant now, std::int64_t limit) = 0;
  /// Access that is to be ended, or given back, in any workspace.
  [[nodiscard]] virtual Result<std::vector<DueEnding>> due_endings(Instant now, std::int64_t limit) = 0;
  /// Leases, rests and next attempts later than `horizon`, beyond which none is ever set: the clock was ahead when they
  /// were. They are over from now on, and whoever held such a lease has lost it. How many there were.
  [[nodiscard]] virtual Result<std::int64_t> end_far_times(Instant horizon) = 0;
  /// Runs `part` so that nothing of it remains when it fails, while what came before stands. The inner result is that
  /// of `part`; the outer one fails when the unit of work is lost as a whole and has to end with that error. Not
  /// nested.
  using Part = std::function<Result<void>()>;
  [[nodiscard]] virtual Result<Result<void>> attempt(const Part& part) = 0;
};

/// The port to the database. Thread-safe. A write's effects are durable when `write` returns success; after an error
/// nothing of it remains. `work` may be run more than once (lost connections, serialization failures) and must have no
/// effect outside the unit of work until it returned.
class Store {
 public:
  using Work = std::function<Result<void>(UnitOfWork&)>;

  virtual ~Store() = default;
  /// Sees one consistent snapshot.
  [[nodiscard]] virtual Result<void> read(const Work& work) = 0;
  /// For work that asks one thing only, which is a snapshot by itself: a third of the way to a database elsewhere. It
  /// may be run again when the connection was lost.
  [[nodiscard]] virtual Result<void> read_one(const Work& work) { return read(work); }
  /// On SQLite concurrent writes share one commit (a savepoint each, one fsync).
  [[nodiscard]] virtual Result<void> write(const Work& work) = 0;
  /// A deep check for `doctor`: schema version, integrity. Empty when all is well, else one sentence per finding.
  [[nodiscard]] virtual Result<std::vector<std::string>> check() = 0;
};

/// What the work answers, by one of the methods above.
template <typename F>
auto result_of(Result<void> (Store::*method)(const Store::Work&), Store& store, F&& work)
    -> std::invoke_result_t<F, UnitOfWork&> {
  using R = std::invoke_result_t<F, UnitOfWork&>;
  std::optional<R> outcome;
  auto done = (store.*method)([&](UnitOfWork& unit) -> Result<void> {
    outcome.emplace(work(unit));
    if (!*outcome) return tl::unexpected<Error>(outcome->error());
    return {};
  });
  if (!done) return tl::unexpected<Error>(std::move(done).error());
  return std::move(*outcome);
}

/// `auto user = store::read(store, [&](UnitOfWork& unit) -> Result<User> { … });`
template <typename F>
auto read(Store& store, F&& work) -> std::invoke_result_t<F, UnitOfWork&> {
  return result_of(&Store::read, store, std::forward<F>(work));
}

template <typename F>
auto read_one(Store& store, F&& work) -> std::invoke_result_t<F, UnitOfWork&> {
  return result_of(&Store::read_one, store, std::forward<F>(work));
}

template <typename F>
auto write(Store& store, F&& work) -> std::invoke_result_t<F, UnitOfWork&> {
  return result_of(&Store::write, store, std::forward<F>(work));
}

}  // namespace rolecall::store
