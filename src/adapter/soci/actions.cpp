#include "enum_text.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

using access::ActionState;
using store::ActionRecord;

constexpr EnumText<ActionState, 12> kStates{{{{ActionState::requested, "requested"},
                                              {ActionState::awaiting_approval, "awaiting_approval"},
                                              {ActionState::held, "held"},
                                              {ActionState::approved, "approved"},
                                              {ActionState::leased, "leased"},
                                              {ActionState::sent, "sent"},
                                              {ActionState::succeeded, "succeeded"},
                                              {ActionState::failed, "failed"},
                                              {ActionState::unknown, "unknown"},
                                              {ActionState::rejected, "rejected"},
                                              {ActionState::expired, "expired"},
                                              {ActionState::cancelled, "cancelled"}}}};

#define ROLECALL_ACTION                                                                                            \
  "SELECT id, directory, action, person, login, object, object_name, parameters, reason, digest, state, "          \
  "requester, requested_by, requested, request, approvals, approve_until, execution_window, queued, "              \
  "execute_until, due, attempts, failures, is_verifying, note, vendor_status, vendor_code, vendor_request, ended," \
  " secret, secret_until, fence FROM actions WHERE workspace = ? "
constexpr const char* kKinds = "tttttttttttttntnnnnnnnnntnttntnn";
/// An action that only waits, or shows a secret, needs nothing of its directory; one that is to be done needs that it
/// lets a call through, and that no earlier one of the same person has still to end.
#define ROLECALL_RUNS                                                                                             \
  "((state IN ('held', 'awaiting_approval', 'succeeded')) OR (state = 'approved' AND execute_until <= ?) OR "     \
  "(EXISTS (SELECT 1 FROM directories WHERE directories.workspace = actions.workspace AND directories.id = "      \
  "actions.directory AND directories.is_paused = 0 AND directories.state IN ('active', 'degraded', 'throttled') " \
  "AND (directories.throttled_until IS NULL OR directories.throttled_until <= ?)) "                               \
  "AND NOT EXISTS (SELECT 1 FROM action_gates WHERE action_gates.workspace = actions.workspace AND "              \
  "action_gates.directory = actions.directory AND action_gates.rests_until > ?) "                                 \
  "AND NOT EXISTS (SELECT 1 FROM actions earlier WHERE earlier.workspace = actions.workspace AND "                \
  "earlier.directory = actions.directory AND earlier.person = actions.person AND earlier.ended IS NULL AND "      \
  "(earlier.queued < actions.queued OR (earlier.queued = actions.queued AND earlier.id < actions.id))))) "

constexpr Sql kInsert{
    "actions.insert",
    "INSERT INTO actions (workspace, id, directory, action, person, login, object, object_name, parameters, reason,"
    " digest, state, requester, requested_by, requested, request, approvals, approve_until, execution_window, "
    "queued, execute_until, due, attempts, failures, is_verifying, note, vendor_status, vendor_code, "
    "vendor_request, ended, secret, secret_until, fence, lease, leased_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
    " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0)"};
constexpr Sql kFind{"actions.find", ROLECALL_ACTION "AND id = ?", kKinds};
constexpr Sql kPage{"actions.page", ROLECALL_ACTION "AND id < ? AND (? = '' OR directory = ?) ORDER BY id DESC LIMIT ?",
                    kKinds};
constexpr Sql kPageOfPerson{"actions.page_of_person",
                            ROLECALL_ACTION
                            "AND person = ? AND id < ? AND (? = '' OR directory = ?) AND (? = '' OR state = ?) "
                            "AND (? = '' OR request = ?) ORDER BY id DESC LIMIT ?",
                            kKinds};
constexpr Sql kPageOfRequest{"actions.page_of_request",
                             ROLECALL_ACTION
                             "AND request = ? AND id < ? AND (? = '' OR directory = ?) AND (? = '' OR state = ?) "
                             "ORDER BY id DESC LIMIT ?",
                             kKinds};
constexpr Sql kPageOfState{
    "actions.page_of_state",
    ROLECALL_ACTION "AND state = ? AND id < ? AND (? = '' OR directory = ?) ORDER BY id DESC LIMIT ?", kKinds};
constexpr Sql kCount{
    "actions.count",
    "SELECT COUNT(*) FROM actions WHERE workspace = ? AND directory = ? AND action = ? AND requested > ? "
    "AND state NOT IN ('held', 'rejected', 'expired', 'cancelled')",
    "n"};
constexpr Sql kUpdate{
    "actions.update",
    "UPDATE actions SET state = ?, queued = ?, execute_until = ?, due = ?, attempts = ?, failures = ?, is_verifying"
    " = ?, note = ?, vendor_status = ?, vendor_code = ?, vendor_request = ?, ended = ?, secret = ?, secret_until = "
    "?, approve_until = ? WHERE workspace = ? AND id = ? AND state = ? AND leased_until <= ?"};
constexpr Sql kDue{"actions.due",
                   "SELECT workspace, id FROM actions WHERE due <= ? AND leased_until <= ? AND " ROLECALL_RUNS
                   "ORDER BY due, id LIMIT ?",
                   "tt"};
constexpr Sql kLease{"actions.lease",
                     "UPDATE actions SET lease = ?, leased_until = ?, fence = fence + 1 WHERE workspace = ? AND id = ? "
                     "AND due <= ? AND leased_until <= ? AND " ROLECALL_RUNS};
constexpr Sql kStep{
    "actions.step",
    "UPDATE actions SET state = ?, queued = ?, execute_until = ?, due = ?, attempts = ?, failures = ?, is_verifying"
    " = ?, note = ?, vendor_status = ?, vendor_code = ?, vendor_request = ?, ended = ?, secret = ?, secret_until = "
    "?, lease = ?, leased_until = ? WHERE workspace = ? AND id = ? AND lease = ?"};

ActionRecord action_of(Row& row) {
  ActionRecord action;
  action.id = row.id<ActionId>(0);
  action.directory = row.id<DirectoryId>(1);
  action.action = row.text(2);
  action.person = row.text(3);
  action.login = row.text(4);
  action.object = row.text(5);
  action.object_name = row.text(6);
  action.parameters = row.text(7);
  action.reason = row.text(8);
  action.digest = row.text(9);
  action.state = kStates.value(row.view(10));
  action.requester = row.text(11);
  action.requested_by = row.text(12);
  action.requested = row.instant(13);
  action.request = row.id<RequestId>(14);
  action.approvals = row.number(15);
  action.approve_until = row.instant(16);
  action.execution_window = row.number(17);
  action.queued = row.optional_instant(18);
  action.execute_until = row.optional_instant(19);
  action.due = row.optional_instant(20);
  action.attempts = row.number(21);
  action.failures = row.number(22);
  action.is_verifying = row.flag(23);
  action.note = row.text(24);
  action.vendor_status = row.number(25);
  action.vendor_code = row.text(26);
  action.vendor_request = row.text(27);
  action.ended = row.optional_instant(28);
  action.secret = row.text(29);
  action.secret_until = row.optional_instant(30);
  action.fence = row.number(31);
  return action;
}

/// Greater than every id.
constexpr const char* kEnd = "~";

}  // namespace

Result<std::vector<store::DueAction>> ActionRepository::due(Session& session, Instant now, std::int64_t limit) {
  std::vector<store::DueAction> found;
  ROLECALL_TRY(session.select(kDue, {now, now, now, now, now, limit}, [&](Row& row) {
    found.push_back({row.id<WorkspaceId>(0), row.id<ActionId>(1)});
  }));
  return found;
}

Result<void> ActionRepository::insert(const ActionRecord& action) {
  ROLECALL_TRY(scope_.session.execute(kInsert, {scope_.workspace,
                                                action.id,
                                                action.directory,
                                                action.action,
                                                action.person,
                                                action.login,
                                                action.object,
                                                action.object_name,
                                                action.parameters,
                                                action.reason,
                                                action.digest,
                                                kStates.text(action.state),
                                                action.requester,
                                                action.requested_by,
                                                action.requested,
                                                action.request,
                                                action.approvals,
                                                action.approve_until,
                                                action.execution_window,
                                                action.queued,
                                                action.execute_until,
                                                action.due,
                                                action.attempts,
                                                action.failures,
                                                action.is_verifying,
                                                action.note,
                                                action.vendor_status,
                                                action.vendor_code,
                                                action.vendor_request,
                                                action.ended,
                                                action.secret,
                                                action.secret_until,
                                                action.fence}));
  return {};
}

Result<std::optional<ActionRecord>> ActionRepository::find(const ActionId& id) {
  std::optional<ActionRecord> found;
  ROLECALL_TRY(scope_.session.select(kFind, {scope_.workspace, id}, [&](Row& row) { found = action_of(row); }));
  return found;
}

Result<std::vector<ActionRecord>> ActionRepository::page(const store::ActionFilter& filter, const ActionId& after,
                                                         std::int64_t limit) {
  const std::string before = after.empty() ? kEnd : after.value();
  const std::string state = filter.state ? kStates.text(*filter.state) : "";
  const DirectoryId& directory = filter.directory;
  std::vector<ActionRecord> found;
  const auto keep = [&](Row& row) { found.push_back(action_of(row)); };
  Session& session = scope_.session;
  if (!filter.person.empty()) {
    ROLECALL_TRY(session.select(kPageOfPerson,
                                {scope_.workspace, filter.person, before, directory, directory, state, state,
                                 filter.request, filter.request, limit},
                                keep));
  } else if (!filter.request.empty()) {
    ROLECALL_TRY(session.select(
        kPageOfRequest, {scope_.workspace, filter.request, before, directory, directory, state, state, limit}, keep));
  } else if (filter.state) {
    ROLECALL_TRY(session.select(kPageOfState, {scope_.workspace, state, before, directory, directory, limit}, keep));
  } else {
    ROLECALL_TRY(session.select(kPage, {scope_.workspace, before, directory, directory, limit}, keep));
  }
  return found;
}

Result<std::int64_t> ActionRepository::count(const DirectoryId& directory, const std::string& action, Instant since) {
  std::int64_t count = 0;
  ROLECALL_TRY(scope_.session.select(kCount, {scope_.workspace, directory, action, since},
                                     [&](Row& row) { count = row.number(0); }));
  return count;
}

Result<bool> ActionRepository::update(const ActionRecord& action, ActionState from, Instant now) {
  ROLECALL_TRY_ASSIGN(
      const auto changed,
      scope_.session.execute(
          kUpdate, {kStates.text(action.state), action.queued, action.execute_until, action.due, action.attempts,
                    action.failures, action.is_verifying, action.note, action.vendor_status, action.vendor_code,
                    action.vendor_request, action.ended, action.secret, action.secret_until, action.approve_until,
                    scope_.workspace, action.id, kStates.text(from), now}));
  return changed > 0;
}

Result<bool> ActionRepository::lease(const ActionId& id, const std::string& lease, Instant now, Instant until) {
  ROLECALL_TRY_ASSIGN(const auto taken,
                      scope_.session.execute(kLease, {lease, until, scope_.workspace, id, now, now, now, now, now}));
  return taken > 0;
}

Result<bool> ActionRepository::step(const ActionRecord& action, const std::string& lease,
                                    std::optional<Instant> until) {
  const std::string kept = until ? lease : std::string();
  ROLECALL_TRY_ASSIGN(
      const auto changed,
      scope_.session.execute(
          kStep, {kStates.text(action.state), action.queued, action.execute_until, action.due, action.attempts,
                  action.failures, action.is_verifying, action.note, action.vendor_status, action.vendor_code,
                  action.vendor_request, action.ended, action.secret, action.secret_until, kept,
                  until.value_or(Instant()), scope_.workspace, action.id, lease}));
  return changed > 0;
}

}  // namespace rolecall::adapter::soci
