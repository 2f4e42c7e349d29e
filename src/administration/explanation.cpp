#include "rolecall/administration/explanation.hpp"

#include <utility>

#include "lookup.hpp"
#include "reason.hpp"
#include "rolecall/granting/asserted.hpp"
#include "rolecall/granting/history.hpp"
#include "rolecall/granting/recompute.hpp"
#include "scope.hpp"

namespace rolecall::administration {
namespace {

/// One user's facts, all of one snapshot.
struct Facts {
  store::Workspace& workspace;
  store::ResourceRecord user;
  std::string connection;
  std::vector<store::MembershipRecord> groups;
  std::vector<store::DirectGrantRecord> direct;
  std::vector<granting::Assertion> asserted;
  granting::DefaultRole applied;
  std::string default_name;
  access::EffectiveOutcome outcome;  ///< as it follows now
};

Result<Facts> load(store::Workspace& workspace, const TextFolder& folder, const std::string& name) {
  ROLECALL_TRY_ASSIGN(auto user, find_user(workspace, folder, name));
  ROLECALL_TRY_ASSIGN(auto connection, connection_name_of(workspace, user.connection));
  ROLECALL_TRY_ASSIGN(auto groups, workspace.members().groups_of(user.id));
  ROLECALL_TRY_ASSIGN(auto direct, workspace.grants().direct_of(user.id));
  ROLECALL_TRY_ASSIGN(auto asserted, granting::assertions_of(workspace, user));
  ROLECALL_TRY_ASSIGN(const auto applied, granting::default_role_of(workspace, user, folder));
  ROLECALL_TRY_ASSIGN(auto default_name, role_name_of(workspace, applied.role));
  ROLECALL_TRY_ASSIGN(auto outcome, granting::outcome_of(workspace, user, folder));
  return Facts{workspace,           std::move(user), std::move(connection),   std::move(groups), std::move(direct),
               std::move(asserted), applied,         std::move(default_name), std::move(outcome)};
}

Result<void> prove_link(Facts& facts, ReasonFacts& reason) {
  for (const auto& membership : facts.groups) {
    if (membership.group != reason.grant.group) continue;
    reason.group = membership.display;
    reason.since = membership.added;
  }
  ROLECALL_TRY_ASSIGN(const auto link, facts.workspace.links().find(reason.grant.link));
  if (!link) return internal_error("a grant's link is gone");
  reason.made_by = link->made_by;
  reason.made = link->made;
  reason.approved_by = link->approved_by;
  return {};
}

Result<GrantReason> explain_grant(Facts& facts, const access::Grant& grant) {
  ReasonFacts proof;
  proof.grant = grant;
  proof.connection = facts.connection;
  proof.since = facts.user.created;
  proof.places = granting::places_of(facts.asserted, grant.role);
  proof.default_because = default_because(facts.applied.is_sent, facts.connection);
  ROLECALL_TRY_ASSIGN(proof.role, role_name_of(facts.workspace, grant.role));
  if (grant.cause == access::CauseKind::link) ROLECALL_TRY(prove_link(facts, proof));
  for (const auto& direct : facts.direct) {
    if (grant.cause != access::CauseKind::direct || direct.role != grant.role) continue;
    proof.made_by = direct.made_by;
    proof.since = direct.made;
  }
  GrantReason reason = reason_of(proof);
  const auto name_of = [&](const ResourceId& user) -> Result<std::string> {
    ROLECALL_TRY_ASSIGN(const auto found, facts.workspace.resources().find_anywhere("User", user));
    return found ? found->display : user.value();
  };
  ROLECALL_TRY(add_others(facts.workspace, facts.user.id, grant, Instant::max(), name_of, reason));
  return reason;
}

/// In single mode: what is granted too, and does not count.
Result<void> explain_losing(Facts& facts, Explanation& explanation) {
  if (facts.outcome.losing.empty()) return {};
  ROLECALL_TRY_ASSIGN(const auto winner, facts.workspace.roles().find(facts.outcome.held.front().role));
  if (!winner) return internal_error("a held role is gone");
  for (const auto& grant : facts.outcome.losing) {
    ROLECALL_TRY_ASSIGN(const auto role, facts.workspace.roles().find(grant.role));
    if (!role) return internal_error("a granted role is gone");
    LosingGrant losing{role->name, grant.cause, {}, role->rank, winner->name, winner->rank};
    losing.how = role->name;
    if (grant.cause == access::CauseKind::direct) losing.how += " granted by hand";
    if (grant.cause == access::CauseKind::asserted) losing.how += " asserted by " + facts.connection;
    for (const auto& membership : facts.groups) {
      if (membership.group == grant.group) losing.how = membership.display + " → " + role->name;
    }
    explanation.also.push_back(std::move(losing));
  }
  return {};
}

Result<void> explain_links_without_effect(Facts& facts, Explanation& explanation) {
  for (const auto& membership : facts.groups) {
    ROLECALL_TRY_ASSIGN(const auto links, facts.workspace.links().of_group(membership.group));
    for (const auto& link : links) {
      if (link.state == store::LinkState::active && facts.user.is_active) continue;
      ROLECALL_TRY_ASSIGN(const auto role, role_name_of(facts.workspace, link.role));
      const std::string named = membership.display + " → " + role;
      explanation.without_effect.push_back(link.state == store::LinkState::active ? named + " waits for reactivation"
                                                                                  : named + " is paused");
    }
    if (links.empty()) explanation.without_effect.push_back(membership.display + " is linked to no role");
  }
  return {};
}

void explain_assertions_without_effect(const Facts& facts, const access::Catalogue& catalogue,
                                       Explanation& explanation) {
  using Outcome = granting::Assertion::Outcome;
  for (const auto& assertion : facts.asserted) {
    const std::string sent = granting::place_of(assertion) + ", sent by " + facts.connection + ", ";
    if (assertion.outcome == Outcome::unknown) {
      explanation.without_effect.push_back(
          sent + (catalogue.knows(assertion.text) ? "is a permission; permissions come with roles" : "names no role"));
    } else if (assertion.outcome == Outcome::not_allowed) {
      explanation.without_effect.push_back(
          sent + (assertion.role->is_protected ? "is a protected role" : "is above the connection's ceiling"));
    } else if (assertion.outcome == Outcome::ignored) {
      explanation.without_effect.push_back(sent + "is ignored, because the connection ignores asserted roles");
    } else if (!facts.user.is_active) {
      explanation.without_effect.push_back(sent + "waits for reactivation");
    }
  }
}

Result<void> explain_the_rest(Facts& facts, const access::Catalogue& catalogue, Explanation& explanation) {
  ROLECALL_TRY(explain_links_without_effect(facts, explanation));
  explain_assertions_without_effect(facts, catalogue, explanation);
  for (const auto& direct : facts.direct) {
    if (facts.user.is_active) break;
    ROLECALL_TRY_ASSIGN(const auto role, role_name_of(facts.workspace, direct.role));
    explanation.without_effect.push_back(role + " by a grant of " + direct.made_by + " waits for reactivation");
  }
  const std::string sent = "the default role " + facts.user.default_role + ", sent by " + facts.connection;
  if (facts.applied.refused == granting::DefaultRole::Refused::unknown) {
    explanation.without_effect.push_back(sent + ", is not the name of a role");
  } else if (facts.applied.refused == granting::DefaultRole::Refused::not_allowed) {
    explanation.without_effect.push_back(sent + ", is above the connection's ceiling");
  }
  return {};
}

}  // namespace

Result<Explanation> explain_user(const Environment& environment, const WorkspaceId& workspace_id,
                                 const std::string& name) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<Explanation> {
    ROLECALL_TRY_ASSIGN(auto facts, load(workspace, environment.folder, name));
    Explanation explanation;
    explanation.user = facts.user.id;
    explanation.user_name = facts.user.display;
    explanation.is_active = facts.user.is_active;
    explanation.default_role = facts.default_name;
    explanation.default_because = default_because(facts.applied.is_sent, facts.connection);
    ROLECALL_TRY_ASSIGN(const auto grants, workspace.grants().effective_of(facts.user.id));
    for (const auto& grant : grants) {
      ROLECALL_TRY_ASSIGN(auto reason, explain_grant(facts, grant));
      explanation.grants.push_back(std::move(reason));
    }
    ROLECALL_TRY(explain_losing(facts, explanation));
    ROLECALL_TRY(explain_the_rest(facts, environment.catalogue, explanation));
    conclude(explanation);
    return explanation;
  });
}

}  // namespace rolecall::administration
