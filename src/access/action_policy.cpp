#include "rolecall/access/action_policy.hpp"

#include <algorithm>

namespace rolecall::access {
namespace {

bool has_one_of(const ActionParty& party, const std::vector<RoleId>& roles) {
  return std::any_of(roles.begin(), roles.end(), [&](const RoleId& role) {
    return std::find(party.roles.begin(), party.roles.end(), role) != party.roles.end();
  });
}

/// The same person behind two credentials is still one person.
bool is_same(const ActionParty& one, const ActionParty& other) {
  const auto stands_for = [](const ActionParty& party, const std::string& identity) {
    return party.identity == identity ||
           std::find(party.stands_for.begin(), party.stands_for.end(), identity) != party.stands_for.end();
  };
  return stands_for(one, other.identity) || stands_for(other, one.identity);
}

int weight_of(const ActionPolicy& policy) {
  return (policy.action.empty() ? 0 : 2) + (policy.directory.empty() ? 0 : 1);
}

}  // namespace

ActionPolicy default_action_policy(bool is_destructive) {
  ActionPolicy policy;
  policy.approvals = is_destructive ? 1 : 0;
  policy.needs_reason = is_destructive;
  return policy;
}

const ActionPolicy* find_policy(std::span<const ActionPolicy> policies, const DirectoryId& directory,
                                std::string_view action) {
  const ActionPolicy* best = nullptr;
  for (const ActionPolicy& policy : policies) {
    const bool fits = (policy.directory.empty() || policy.directory == directory) &&
                      (policy.action.empty() || policy.action == action);
    if (fits && (best == nullptr || weight_of(policy) > weight_of(*best))) best = &policy;
  }
  return best;
}

std::optional<std::string> refusal_to_request(const ActionPolicy& policy, const ActionParty& party) {
  if (party.identity.empty()) return "Nobody knows who asks for it.";
  if (!party.is_present) return "Whoever asked for it has no access any more.";
  if (party.is_operator) return std::nullopt;
  if (!policy.roles.empty()) {
    if (has_one_of(party, policy.roles)) return std::nullopt;
    return "The policy lets other roles ask for this action.";
  }
  if (!party.is_person || party.may_request) return std::nullopt;
  return "This takes the permission " + std::string(kRequestActions) + ".";
}

std::optional<std::string> refusal_to_approve(const ActionPolicy& policy, const ActionParty& party,
                                              const ActionParty& requester) {
  // Whoever cannot be told apart from the one who asked could be that one.
  if (party.identity.empty() || !party.is_person || requester.identity.empty()) {
    return "Only a person can approve: this credential stands for nobody.";
  }
  if (is_same(party, requester)) return "Nobody approves what they asked for themselves.";
  if (!party.is_present) return "Whoever approved it has no access any more.";
  if (party.is_operator) return std::nullopt;
  if (!policy.approvers.empty()) {
    if (has_one_of(party, policy.approvers)) return std::nullopt;
    return "The policy lets other roles approve this action.";
  }
  if (party.may_approve) return std::nullopt;
  return "This takes the permission " + std::string(kApproveActions) + ".";
}

}  // namespace rolecall::access
