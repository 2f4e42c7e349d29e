#include "reason.hpp"

#include <algorithm>
#include <tuple>

#include "rolecall/base/timestamp.hpp"

namespace rolecall::administration {
namespace {

std::string clause(const GrantReason& reason) {
  switch (reason.cause) {
    case access::CauseKind::link:
      return reason.role + " as a member of " + reason.group;
    case access::CauseKind::direct:
      return reason.role + " by a grant of " + reason.made_by;
    case access::CauseKind::asserted:
      return reason.role + " as asserted by " + reason.connection;
    case access::CauseKind::default_role:
      return reason.role + " by default, because no linked group and no grant by hand applies";
  }
  return {};
}

std::string sentence_of(const Explanation& explanation) {
  if (!explanation.is_active) return explanation.user_name + " has no role, because the account is deactivated.";
  std::string sentence = explanation.user_name + " has ";
  for (std::size_t i = 0; i < explanation.grants.size(); ++i) {
    if (i > 0) sentence += i + 1 == explanation.grants.size() ? " and " : ", ";
    sentence += clause(explanation.grants[i]);
  }
  if (explanation.grants.empty()) sentence += "no role";
  return sentence + ".";
}

}  // namespace

std::string default_because(bool is_sent, const std::string& connection) {
  return (is_sent ? "sent by " : "default of ") + connection;
}

GrantReason reason_of(const ReasonFacts& facts) {
  GrantReason reason;
  reason.role = facts.role;
  reason.cause = facts.grant.cause;
  reason.connection = facts.connection;
  switch (facts.grant.cause) {
    case access::CauseKind::link:
      reason.link_id = facts.grant.link;
      reason.group_id = facts.grant.group;
      reason.group = facts.group;
      reason.since = facts.since;
      reason.made_by = facts.made_by;
      reason.because =
          "member of " + reason.group + " (" + facts.connection + ", since " + to_timestamp(reason.since) + ")";
      reason.link = reason.group + " → " + reason.role + "   by " + facts.made_by + ", " + to_timestamp(facts.made);
      reason.approved_by = facts.approved_by;
      if (!facts.approved_by.empty()) reason.link += ", approved by " + facts.approved_by;
      reason.removed_by = "leaving " + reason.group + " · pausing the link · deactivation";
      break;
    case access::CauseKind::direct:
      reason.made_by = facts.made_by;
      reason.since = facts.since;
      reason.because = "granted by hand by " + reason.made_by + " (since " + to_timestamp(reason.since) + ")";
      reason.removed_by = "revoking the grant · deactivation";
      break;
    case access::CauseKind::asserted:
      reason.because = "asserted by " + facts.connection + " in " + facts.places;
      reason.removed_by = "removing it in " + facts.connection + " · ignoring asserted roles · deactivation";
      break;
    case access::CauseKind::default_role:
      reason.since = facts.since;
      reason.because = facts.default_because + "; no linked group and no grant by hand applies";
      reason.removed_by = "joining a linked group · a grant by hand · another default role · deactivation";
      break;
  }
  return reason;
}

void conclude(Explanation& explanation) {
  std::stable_sort(explanation.grants.begin(), explanation.grants.end(), [](const auto& a, const auto& b) {
    return std::tie(a.role, a.cause, a.group) < std::tie(b.role, b.cause, b.group);
  });
  explanation.sentence = sentence_of(explanation);
}

Result<void> add_others(store::Workspace& workspace, const ResourceId& user, const access::Grant& grant, Instant at,
                        const NameOf& name_of, GrantReason& reason) {
  ROLECALL_TRY_ASSIGN(auto holders, workspace.grant_history().holders_at(grant, at, kCountedOthers + 1));
  std::erase(holders, user);
  reason.other_count = std::min(static_cast<std::int64_t>(holders.size()), kCountedOthers);
  for (std::size_t other = 0; other < holders.size() && other < static_cast<std::size_t>(kShownOthers); ++other) {
    ROLECALL_TRY_ASSIGN(auto name, name_of(holders[other]));
    reason.others.push_back(std::move(name));
  }
  return {};
}

}  // namespace rolecall::administration
