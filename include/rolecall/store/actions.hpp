#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/access/action_policy.hpp"
#include "rolecall/access/action_state.hpp"
#include "rolecall/base/clock.hpp"
#include "rolecall/base/ids.hpp"
#include "rolecall/base/result.hpp"

// What is to be done in the directories of identity providers. An action is a row before it is a call.

namespace rolecall::store {

struct ActionRecord {
  ActionId id;
  DirectoryId directory;
  std::string action;       ///< name of a connector::ActionType
  std::string person;       ///< the provider's id; empty for one who is made
  std::string login;        ///< when it was asked for
  std::string object;       ///< group, application or factor: the provider's id
  std::string object_name;  ///< when it was asked for
  std::string parameters;   ///< a JSON object
  std::string reason;
  std::string digest;  ///< SHA-256 in hex of what was asked: what is approved is this and nothing else
  access::ActionState state = access::ActionState::requested;
  std::string requester;     ///< identity of an access::ActionParty
  std::string requested_by;  ///< as the audit names them
  Instant requested{};
  RequestId request;
  std::int64_t approvals = 0;  ///< needed when it was asked for
  Instant approve_until{};
  std::int64_t execution_window = 0;     ///< seconds
  std::optional<Instant> queued;         ///< since when it may be done
  std::optional<Instant> execute_until;  ///< it is not begun later
  std::optional<Instant> due;            ///< when somebody has to look at it next, whatever the state; none: never
  std::int64_t attempts = 0;             ///< rows that there are of it
  std::int64_t failures = 0;             ///< calls that came to nothing, since the last that did not
  bool is_verifying = false;             ///< the call succeeded, and takes effect a little later
  std::string note;                      ///< a sentence: why it waits, or how it ended
  std::int64_t vendor_status = 0;        ///< of the last answer; 0: none came
  std::string vendor_code;
  std::string vendor_request;
  std::optional<Instant> ended;
  std::string secret;                   ///< sealed; shown once
  std::optional<Instant> secret_until;  ///< erased then
  std::int64_t fence = 0;               ///< grows with every lease
};

enum class AttemptKind {
  read,    ///< the person, before the call
  call,    ///< the action itself
  verify,  ///< the person, after it
};
struct ActionAttempt {
  std::int64_t number = 0;  ///< of the action's, from 1
  AttemptKind kind = AttemptKind::call;
  Instant started{};
  std::optional<Instant> finished;  ///< none: whoever made it did not live to see its end
  std::int64_t status = 0;
  std::string outcome;  ///< "ok", or the name of a connector::Trouble::Kind
  std::string code;
  std::string message;
  std::string vendor_request;
};

struct ActionApproval {
  std::string approver;  ///< identity of an access::ActionParty
  std::string name;      ///< as the audit names them
  bool is_approval = true;
  std::string digest;  ///< of what they saw
  std::string comment;
  Instant at{};
};

struct ActionPolicyRecord {
  ActionPolicyId id;
  access::ActionPolicy policy;
  std::string made_by;
  Instant created{};
};

struct ActionFilter {
  DirectoryId directory;                     ///< empty: of all
  std::string person;                        ///< empty, or the provider's id
  std::optional<access::ActionState> state;  ///< none: any
  std::string request;                       ///< empty, or those that one HTTP request asked for
};

/// What a directory's provider lets through: nothing before `rests_until`.
struct ActionGate {
  std::int64_t failures = 0;  ///< calls without an answer, or with a fault of the provider, one after the other
  Instant rests_until{};
  std::string reason;
};

struct DueAction {
  WorkspaceId workspace;
  ActionId action;
};

class ActionRepository {
 public:
  virtual ~ActionRepository() = default;
  [[nodiscard]] virtual Result<void> insert(const ActionRecord& action) = 0;
  [[nodiscard]] virtual Result<std::optional<ActionRecord>> find(const ActionId& id) = 0;
  /// Newest first, behind `after`, which may be empty.
  [[nodiscard]] virtual Result<std::vector<ActionRecord>> page(const ActionFilter& filter, const ActionId& after,
                                                               std::int64_t limit) = 0;
  /// Asked for since, in a directory, and neither held nor taken back.
  [[nodiscard]] virtual Result<std::int64_t> count(const DirectoryId& directory, const std::string& action,
                                                   Instant since) = 0;
  /// Everything that changes, if the state is still `from` and nobody does it just now.
  [[nodiscard]] virtual Result<bool> update(const ActionRecord& action, access::ActionState from, Instant now) = 0;

  // For who does them.
  /// True when it is due, nobody else's, and, where a call is to be made, when its directory lets one through and no
  /// earlier one of the same person has still to end: it is then the caller's until `until`.
  [[nodiscard]] virtual Result<bool> lease(const ActionId& id, const std::string& lease, Instant now,
                                           Instant until) = 0;
  /// Everything that changes, if the lease is still this one; it ends unless `until` is given.
  [[nodiscard]] virtual Result<bool> step(const ActionRecord& action, const std::string& lease,
                                          std::optional<Instant> until) = 0;

  [[nodiscard]] virtual Result<void> begin_attempt(const ActionId& action, const ActionAttempt& attempt) = 0;
  /// What is known of its end.
  [[nodiscard]] virtual Result<void> end_attempt(const ActionId& action, const ActionAttempt& attempt) = 0;
  [[nodiscard]] virtual Result<std::vector<ActionAttempt>> attempts(const ActionId& action) = 0;

  /// False when this approver has spoken already.
  [[nodiscard]] virtual Result<bool> add_approval(const ActionId& action, const ActionApproval& approval) = 0;
  [[nodiscard]] virtual Result<std::vector<ActionApproval>> approvals(const ActionId& action) = 0;

  /// Locks it till the end of the unit of work, so that two who count before they add do not count alike.
  [[nodiscard]] virtual Result<ActionGate> lock_gate(const DirectoryId& directory) = 0;
  [[nodiscard]] virtual Result<void> set_gate(const DirectoryId& directory, const ActionGate& gate) = 0;
  [[nodiscard]] virtual Result<std::optional<ActionGate>> gate(const DirectoryId& directory) = 0;

  /// Those of the directory that ended before, with what belongs to them.
  [[nodiscard]] virtual Result<void> forget_ended(const DirectoryId& directory, Instant before) = 0;
  /// Everything of a directory.
  [[nodiscard]] virtual Result<void> forget(const DirectoryId& directory) = 0;
};

class ActionPolicyRepository {
 public:
  virtual ~ActionPolicyRepository() = default;
  /// `uniqueness` when there is one for the same directory and action.
  [[nodiscard]] virtual Result<void> insert(const ActionPolicyRecord& policy) = 0;
  [[nodiscard]] virtual Result<std::optional<ActionPolicyRecord>> find(const ActionPolicyId& id) = 0;
  [[nodiscard]] virtual Result<std::vector<ActionPolicyRecord>> list() = 0;  ///< by id
  /// What it says; not for what it is.
  [[nodiscard]] virtual Result<bool> update(const ActionPolicyRecord& policy) = 0;
  [[nodiscard]] virtual Result<bool> remove(const ActionPolicyId& id) = 0;
  [[nodiscard]] virtual Result<void> forget(const DirectoryId& directory) = 0;
};

}  // namespace rolecall::store
