#include "action_parties.hpp"

#include <algorithm>

#include "rolecall/administration/api_tokens.hpp"

namespace rolecall::administration {
namespace {

using access::ActionParty;

constexpr std::string_view kAdmin = "admin";
constexpr std::string_view kApiToken = "api-token:";
constexpr std::string_view kUser = "user:";
/// Tokens that made tokens that made this one. A chain that is longer is nobody's.
constexpr int kLongestChain = 16;

ActionParty operator_party() {
  ActionParty party;
  party.identity = kAdmin;
  party.is_operator = true;
  party.is_person = true;
  return party;
}

Result<ActionParty> user_party(store::Workspace& workspace, const ResourceId& id) {
  ActionParty party;
  party.identity = std::string(kUser) + id.value();
  party.is_person = true;
  ROLECALL_TRY_ASSIGN(const auto user, workspace.resources().find_anywhere("User", id));
  party.is_present = user && user->is_active;
  if (!party.is_present) return party;
  ROLECALL_TRY_ASSIGN(const auto grants, workspace.grants().effective_of(id));
  for (const auto& grant : grants) party.roles.push_back(grant.role);
  // What is held within a data scope says nothing of people in a directory.
  ROLECALL_TRY_ASSIGN(const auto held, workspace.grants().permissions_of(id, "actions.", "actions/"));
  const auto has = [&held](std::string_view permission) {
    return std::find(held.begin(), held.end(), permission) != held.end();
  };
  party.may_request = has(access::kRequestActions);
  party.may_approve = has(access::kApproveActions);
  return party;
}

Result<ActionParty> token_party(store::Workspace& workspace, const TokenId& id, Instant now) {
  ROLECALL_TRY_ASSIGN(auto token, workspace.api_tokens().find(id));
  if (!token) return ActionParty();
  if (token->user) return user_party(workspace, *token->user);
  ActionParty party;
  party.identity = std::string(kApiToken) + id.value();
  party.is_present = is_live(*token, now);
  // It stands for nobody, so whoever made it could hide behind it.
  for (int step = 0; step < kLongestChain; ++step) {
    if (!token->made_by.starts_with(kApiToken)) {
      party.stands_for.push_back(token->made_by);
      return party;
    }
    ROLECALL_TRY_ASSIGN(token, workspace.api_tokens().find(TokenId(token->made_by.substr(kApiToken.size()))));
    if (!token) return ActionParty();
    party.stands_for.push_back(token->user ? std::string(kUser) + token->user->value()
                                           : std::string(kApiToken) + token->id.value());
    if (token->user) return party;
  }
  return ActionParty();
}

}  // namespace

Result<ActionParty> party_of(store::Workspace& workspace, const std::string& actor, Instant now) {
  if (actor == kAdmin) return operator_party();
  if (actor.starts_with(kUser)) return user_party(workspace, ResourceId(actor.substr(kUser.size())));
  if (actor.starts_with(kApiToken)) return token_party(workspace, TokenId(actor.substr(kApiToken.size())), now);
  return ActionParty();
}

Result<access::ActionPolicy> policy_for(store::Workspace& workspace, const DirectoryId& directory,
                                        const std::string& action, bool is_destructive) {
  ROLECALL_TRY_ASSIGN(const auto records, workspace.action_policies().list());
  std::vector<access::ActionPolicy> policies;
  for (const auto& record : records) policies.push_back(record.policy);
  const access::ActionPolicy* found = access::find_policy(policies, directory, action);
  return found != nullptr ? *found : access::default_action_policy(is_destructive);
}

}  // namespace rolecall::administration
