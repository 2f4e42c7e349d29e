#include "enum_text.hpp"
#include "words.hpp"
#include "workspace.hpp"

// What belongs to actions: attempts, approvals, gates of directories, policies.

namespace rolecall::adapter::soci {
namespace {

using store::ActionAttempt;
using store::AttemptKind;

constexpr EnumText<AttemptKind, 3> kKinds{
    {{{AttemptKind::read, "read"}, {AttemptKind::call, "call"}, {AttemptKind::verify, "verify"}}}};

constexpr Sql kBegin{
    "action_attempts.insert",
    "INSERT INTO action_attempts (workspace, action, number, kind, started, finished, status, outcome, "
    "code, message, vendor_request) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr Sql kEnd{"action_attempts.update",
                   "UPDATE action_attempts SET finished = ?, status = ?, outcome = ?, code = ?, message = ?, "
                   "vendor_request = ? WHERE workspace = ? AND action = ? AND number = ?"};
constexpr Sql kAttempts{"action_attempts.list",
                        "SELECT number, kind, started, finished, status, outcome, code, message, vendor_request "
                        "FROM action_attempts WHERE workspace = ? AND action = ? ORDER BY number",
                        "ntnnntttt"};
constexpr Sql kApprove{"action_approvals.insert",
                       "INSERT INTO action_approvals (workspace, action, approver, name, is_approval, digest, comment, "
                       "at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (workspace, action, approver) DO NOTHING"};
constexpr Sql kApprovals{"action_approvals.list",
                         "SELECT approver, name, is_approval, digest, comment, at FROM action_approvals "
                         "WHERE workspace = ? AND action = ? ORDER BY at, approver",
                         "ttnttn"};
constexpr Sql kLockGate{"action_gates.lock",
                        "INSERT INTO action_gates (workspace, directory, failures, rests_until, reason) "
                        "VALUES (?, ?, 0, 0, '') ON CONFLICT (workspace, directory) DO UPDATE SET reason = "
                        "action_gates.reason"};
constexpr Sql kGate{"action_gates.find",
                    "SELECT failures, rests_until, reason FROM action_gates WHERE workspace = ? AND directory = ?",
                    "nnt"};
constexpr Sql kSetGate{"action_gates.update",
                       "UPDATE action_gates SET failures = ?, rests_until = ?, reason = ? WHERE workspace = ? AND "
                       "directory = ?"};

#define ROLECALL_OF_ENDED \
  "WHERE workspace = ? AND action IN (SELECT id FROM actions WHERE workspace = ? AND directory = ? AND ended < ?)"
constexpr Sql kForgetAttempts{"action_attempts.forget", "DELETE FROM action_attempts " ROLECALL_OF_ENDED};
constexpr Sql kForgetApprovals{"action_approvals.forget", "DELETE FROM action_approvals " ROLECALL_OF_ENDED};
constexpr Sql kForgetEnded{"actions.forget_ended",
                           "DELETE FROM actions WHERE workspace = ? AND directory = ? AND ended < ?"};
constexpr Sql kEndAll{"actions.end_all",
                      "UPDATE actions SET ended = 0 WHERE workspace = ? AND directory = ? AND ended IS NULL"};
constexpr Sql kForgetGate{"action_gates.forget", "DELETE FROM action_gates WHERE workspace = ? AND directory = ?"};

#define ROLECALL_POLICY                                                                                \
  "SELECT id, directory, action, roles, approvals, approvers, hourly, needs_reason, approval_window, " \
  "execution_window, made_by, created FROM action_policies WHERE workspace = ? "
constexpr const char* kPolicyKinds = "ttttntnnnntn";
constexpr Sql kInsertPolicy{
    "action_policies.insert",
    "INSERT INTO action_policies (workspace, id, directory, action, roles, approvals, approvers, "
    "hourly, needs_reason, approval_window, execution_window, made_by, created) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr Sql kFindPolicy{"action_policies.find", ROLECALL_POLICY "AND id = ?", kPolicyKinds};
constexpr Sql kPolicies{"action_policies.list", ROLECALL_POLICY "ORDER BY id", kPolicyKinds};
constexpr Sql kUpdatePolicy{
    "action_policies.update",
    "UPDATE action_policies SET roles = ?, approvals = ?, approvers = ?, hourly = ?, "
    "needs_reason = ?, approval_window = ?, execution_window = ? WHERE workspace = ? AND id = ?"};
constexpr Sql kRemovePolicy{"action_policies.remove", "DELETE FROM action_policies WHERE workspace = ? AND id = ?"};
constexpr Sql kForgetPolicies{"action_policies.forget",
                              "DELETE FROM action_policies WHERE workspace = ? AND directory = ?"};

std::vector<RoleId> roles_of(std::string_view text) {
  std::vector<RoleId> roles;
  for (std::string& word : words_of(text)) roles.emplace_back(std::move(word));
  return roles;
}

std::string words_in(const std::vector<RoleId>& roles) {
  std::vector<std::string> words;
  for (const RoleId& role : roles) words.push_back(role.value());
  return text_of(words);
}

store::ActionPolicyRecord policy_of(Row& row) {
  store::ActionPolicyRecord record;
  record.id = row.id<ActionPolicyId>(0);
  access::ActionPolicy& policy = record.policy;
  policy.directory = row.id<DirectoryId>(1);
  policy.action = row.text(2);
  policy.roles = roles_of(row.view(3));
  policy.approvals = row.number(4);
  policy.approvers = roles_of(row.view(5));
  policy.hourly = row.number(6);
  policy.needs_reason = row.flag(7);
  policy.approval_window = std::chrono::seconds(row.number(8));
  policy.execution_window = std::chrono::seconds(row.number(9));
  record.made_by = row.text(10);
  record.created = row.instant(11);
  return record;
}

store::ActionGate gate_of(Row& row) { return {row.number(0), row.instant(1), row.text(2)}; }

}  // namespace

Result<void> ActionRepository::begin_attempt(const ActionId& action, const ActionAttempt& attempt) {
  ROLECALL_TRY(scope_.session.execute(
      kBegin, {scope_.workspace, action, attempt.number, kKinds.text(attempt.kind), attempt.started, attempt.finished,
               attempt.status, attempt.outcome, attempt.code, attempt.message, attempt.vendor_request}));
  return {};
}

Result<void> ActionRepository::end_attempt(const ActionId& action, const ActionAttempt& attempt) {
  ROLECALL_TRY(
      scope_.session.execute(kEnd, {attempt.finished, attempt.status, attempt.outcome, attempt.code, attempt.message,
                                    attempt.vendor_request, scope_.workspace, action, attempt.number}));
  return {};
}

Result<std::vector<ActionAttempt>> ActionRepository::attempts(const ActionId& action) {
  std::vector<ActionAttempt> found;
  ROLECALL_TRY(scope_.session.select(kAttempts, {scope_.workspace, action}, [&](Row& row) {
    found.push_back({row.number(0), kKinds.value(row.view(1)), row.instant(2), row.optional_instant(3), row.number(4),
                     row.text(5), row.text(6), row.text(7), row.text(8)});
  }));
  return found;
}

Result<bool> ActionRepository::add_approval(const ActionId& action, const store::ActionApproval& approval) {
  ROLECALL_TRY_ASSIGN(
      const auto added,
      scope_.session.execute(kApprove, {scope_.workspace, action, approval.approver, approval.name,
                                        approval.is_approval, approval.digest, approval.comment, approval.at}));
  return added > 0;
}

Result<std::vector<store::ActionApproval>> ActionRepository::approvals(const ActionId& action) {
  std::vector<store::ActionApproval> found;
  ROLECALL_TRY(scope_.session.select(kApprovals, {scope_.workspace, action}, [&](Row& row) {
    found.push_back({row.text(0), row.text(1), row.flag(2), row.text(3), row.text(4), row.instant(5)});
  }));
  return found;
}

Result<store::ActionGate> ActionRepository::lock_gate(const DirectoryId& directory) {
  ROLECALL_TRY(scope_.session.execute(kLockGate, {scope_.workspace, directory}));
  ROLECALL_TRY_ASSIGN(auto found, gate(directory));
  return found.value_or(store::ActionGate());
}

Result<void> ActionRepository::set_gate(const DirectoryId& directory, const store::ActionGate& gate) {
  ROLECALL_TRY(
      scope_.session.execute(kSetGate, {gate.failures, gate.rests_until, gate.reason, scope_.workspace, directory}));
  return {};
}

Result<std::optional<store::ActionGate>> ActionRepository::gate(const DirectoryId& directory) {
  std::optional<store::ActionGate> found;
  ROLECALL_TRY(scope_.session.select(kGate, {scope_.workspace, directory}, [&](Row& row) { found = gate_of(row); }));
  return found;
}

Result<void> ActionRepository::forget_ended(const DirectoryId& directory, Instant before) {
  Session& session = scope_.session;
  ROLECALL_TRY(session.execute(kForgetAttempts, {scope_.workspace, scope_.workspace, directory, before}));
  ROLECALL_TRY(session.execute(kForgetApprovals, {scope_.workspace, scope_.workspace, directory, before}));
  ROLECALL_TRY(session.execute(kForgetEnded, {scope_.workspace, directory, before}));
  return {};
}

Result<void> ActionRepository::forget(const DirectoryId& directory) {
  ROLECALL_TRY(scope_.session.execute(kEndAll, {scope_.workspace, directory}));
  ROLECALL_TRY(forget_ended(directory, Instant::max()));
  ROLECALL_TRY(scope_.session.execute(kForgetGate, {scope_.workspace, directory}));
  return {};
}

Result<void> ActionPolicyRepository::insert(const store::ActionPolicyRecord& record) {
  const access::ActionPolicy& policy = record.policy;
  ROLECALL_TRY(scope_.session.execute(
      kInsertPolicy,
      {scope_.workspace, record.id, policy.directory, policy.action, words_in(policy.roles), policy.approvals,
       words_in(policy.approvers), policy.hourly, policy.needs_reason, policy.approval_window.count(),
       policy.execution_window.count(), record.made_by, record.created}));
  return {};
}

Result<std::optional<store::ActionPolicyRecord>> ActionPolicyRepository::find(const ActionPolicyId& id) {
  std::optional<store::ActionPolicyRecord> found;
  ROLECALL_TRY(scope_.session.select(kFindPolicy, {scope_.workspace, id}, [&](Row& row) { found = policy_of(row); }));
  return found;
}

Result<std::vector<store::ActionPolicyRecord>> ActionPolicyRepository::list() {
  std::vector<store::ActionPolicyRecord> found;
  ROLECALL_TRY(
      scope_.session.select(kPolicies, {scope_.workspace}, [&](Row& row) { found.push_back(policy_of(row)); }));
  return found;
}

Result<bool> ActionPolicyRepository::update(const store::ActionPolicyRecord& record) {
  const access::ActionPolicy& policy = record.policy;
  ROLECALL_TRY_ASSIGN(
      const auto changed,
      scope_.session.execute(kUpdatePolicy, {words_in(policy.roles), policy.approvals, words_in(policy.approvers),
                                             policy.hourly, policy.needs_reason, policy.approval_window.count(),
                                             policy.execution_window.count(), scope_.workspace, record.id}));
  return changed > 0;
}

Result<bool> ActionPolicyRepository::remove(const ActionPolicyId& id) {
  ROLECALL_TRY_ASSIGN(const auto removed, scope_.session.execute(kRemovePolicy, {scope_.workspace, id}));
  return removed > 0;
}

Result<void> ActionPolicyRepository::forget(const DirectoryId& directory) {
  ROLECALL_TRY(scope_.session.execute(kForgetPolicies, {scope_.workspace, directory}));
  return {};
}

}  // namespace rolecall::adapter::soci
