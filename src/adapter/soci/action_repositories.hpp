#pragma once

#include "rolecall/store/store.hpp"
#include "session.hpp"

namespace rolecall::adapter::soci {

struct Scope;

class ActionRepository final : public store::ActionRepository {
 public:
  explicit ActionRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] static Result<std::vector<store::DueAction>> due(Session& session, Instant now, std::int64_t limit);
  [[nodiscard]] Result<void> insert(const store::ActionRecord& action) override;
  [[nodiscard]] Result<std::optional<store::ActionRecord>> find(const ActionId& id) override;
  [[nodiscard]] Result<std::vector<store::ActionRecord>> page(const store::ActionFilter& filter, const ActionId& after,
                                                              std::int64_t limit) override;
  [[nodiscard]] Result<std::int64_t> count(const DirectoryId& directory, const std::string& action,
                                           Instant since) override;
  [[nodiscard]] Result<bool> update(const store::ActionRecord& action, access::ActionState from, Instant now) override;
  [[nodiscard]] Result<bool> lease(const ActionId& id, const std::string& lease, Instant now, Instant until) override;
  [[nodiscard]] Result<bool> step(const store::ActionRecord& action, const std::string& lease,
                                  std::optional<Instant> until) override;
  [[nodiscard]] Result<void> begin_attempt(const ActionId& action, const store::ActionAttempt& attempt) override;
  [[nodiscard]] Result<void> end_attempt(const ActionId& action, const store::ActionAttempt& attempt) override;
  [[nodiscard]] Result<std::vector<store::ActionAttempt>> attempts(const ActionId& action) override;
  [[nodiscard]] Result<bool> add_approval(const ActionId& action, const store::ActionApproval& approval) override;
  [[nodiscard]] Result<std::vector<store::ActionApproval>> approvals(const ActionId& action) override;
  [[nodiscard]] Result<store::ActionGate> lock_gate(const DirectoryId& directory) override;
  [[nodiscard]] Result<void> set_gate(const DirectoryId& directory, const store::ActionGate& gate) override;
  [[nodiscard]] Result<std::optional<store::ActionGate>> gate(const DirectoryId& directory) override;
  [[nodiscard]] Result<void> forget_ended(const DirectoryId& directory, Instant before) override;
  [[nodiscard]] Result<void> forget(const DirectoryId& directory) override;

 private:
  const Scope& scope_;
};

class ActionPolicyRepository final : public store::ActionPolicyRepository {
 public:
  explicit ActionPolicyRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] Result<void> insert(const store::ActionPolicyRecord& policy) override;
  [[nodiscard]] Result<std::optional<store::ActionPolicyRecord>> find(const ActionPolicyId& id) override;
  [[nodiscard]] Result<std::vector<store::ActionPolicyRecord>> list() override;
  [[nodiscard]] Result<bool> update(const store::ActionPolicyRecord& policy) override;
  [[nodiscard]] Result<bool> remove(const ActionPolicyId& id) override;
  [[nodiscard]] Result<void> forget(const DirectoryId& directory) override;

 private:
  const Scope& scope_;
};

}  // namespace rolecall::adapter::soci
