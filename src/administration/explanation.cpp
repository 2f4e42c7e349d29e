#include "rolecall/administration/explanation.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "lookup.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/granting/asserted.hpp"
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

Result<void> explain_link(Facts& facts, const access::Grant& grant, GrantReason& reason) {
  reason.link_id = grant.link;
  reason.group_id = grant.group;
  for (const auto& membership : facts.groups) {
    if (membership.group != grant.group) continue;
    reason.group = membership.display;
    reason.since = membership.added;
  }
  ROLECALL_TRY_ASSIGN(const auto link, facts.workspace.links().find(grant.link));
  if (!link) return internal_error("a grant's link is gone");
  reason.made_by = link->made_by;
  reason.because =
      "member of " + reason.group + " (" + facts.connection + ", since " + to_timestamp(reason.since) + ")";
  reason.link = reason.group + " → " + reason.role + "   by " + link->made_by + ", " + to_timestamp(link->made);
  if (link->approved) {
    reason.approved_by = link->approved_by;
    reason.link += ", approved by " + link->approved_by;
  }
  reason.removed_by = "leaving " + reason.group + " · pausing the link · deactivation";
  return {};
}

void explain_direct(const Facts& facts, const access::Grant& grant, GrantReason& reason) {
  for (const auto& direct : facts.direct) {
    if (direct.role != grant.role) continue;
    reason.made_by = direct.made_by;
    reason.since = direct.made;
  }
  reason.because = "granted by hand by " + reason.made_by + " (since " + to_timestamp(reason.since) + ")";
  reason.removed_by = "revoking the grant · deactivation";
}

/// "roles “IT Admin”": where the IdP says it, and how.
std::string place_of(const granting::Assertion& assertion) { return assertion.attribute + " “" + assertion.text + "”"; }

void explain_asserted(const Facts& facts, const access::Grant& grant, GrantReason& reason) {
  std::string places;
  for (const auto& assertion : facts.asserted) {
    if (assertion.outcome != granting::Assertion::Outcome::granted || assertion.role->id != grant.role) continue;
    places += (places.empty() ? "" : ", ") + place_of(assertion);
  }
  reason.because = "asserted by " + facts.connection + " in " + places;
  reason.removed_by = "removing it in " + facts.connection + " · ignoring asserted roles · deactivation";
}

std::string default_because(const Facts& facts) {
  return facts.applied.is_sent ? "sent by " + facts.connection : "default of " + facts.connection;
}

void explain_default(const Facts& facts, GrantReason& reason) {
  reason.since = facts.user.created;
  reason.because = default_because(facts) + "; no linked group and no grant by hand applies";
  reason.removed_by = "joining a linked group · a grant by hand · another default role · deactivation";
}

Result<GrantReason> explain_grant(Facts& facts, const access::Grant& grant) {
  GrantReason reason;
  reason.cause = grant.cause;
  reason.connection = facts.connection;
  ROLECALL_TRY_ASSIGN(reason.role, role_name_of(facts.workspace, grant.role));
  switch (grant.cause) {
    case access::CauseKind::link:
      ROLECALL_TRY(explain_link(facts, grant, reason));
      break;
    case access::CauseKind::direct:
      explain_direct(facts, grant, reason);
      break;
    case access::CauseKind::asserted:
      explain_asserted(facts, grant, reason);
      break;
    case access::CauseKind::default_role:
      explain_default(facts, reason);
      break;
  }
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
    const std::string sent = place_of(assertion) + ", sent by " + facts.connection + ", ";
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

/// Names come from the IdP and may hold what moves a terminal's cursor. C1 controls are U+0080 to U+009F: C2 80 to
/// C2 9F in UTF-8.
std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if (byte == 0xc2 && next >= 0x80 && next <= 0x9f) {
      out += '?';
      ++i;
    } else {
      out += byte < 0x20 || byte == 0x7f ? '?' : text[i];
    }
  }
  return out;
}

void append_line(std::string& text, std::string_view label, std::string_view value) {
  constexpr std::size_t kLabelWidth = 12;
  text += label;
  text.append(kLabelWidth - label.size(), ' ');
  text += printable(value);
  text += '\n';
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
    explanation.default_because = default_because(facts);
    ROLECALL_TRY_ASSIGN(const auto grants, workspace.grants().effective_of(facts.user.id));
    for (const auto& grant : grants) {
      ROLECALL_TRY_ASSIGN(auto reason, explain_grant(facts, grant));
      explanation.grants.push_back(std::move(reason));
    }
    std::stable_sort(explanation.grants.begin(), explanation.grants.end(), [](const auto& a, const auto& b) {
      return std::tie(a.role, a.cause, a.group) < std::tie(b.role, b.cause, b.group);
    });
    ROLECALL_TRY(explain_losing(facts, explanation));
    ROLECALL_TRY(explain_the_rest(facts, environment.catalogue, explanation));
    explanation.sentence = sentence_of(explanation);
    return explanation;
  });
}

std::string to_text(const Explanation& explanation) {
  std::string text = printable(explanation.sentence) + "\n\n";
  for (const auto& reason : explanation.grants) {
    append_line(text, "ROLE", reason.role);
    append_line(text, "BECAUSE", reason.because);
    if (!reason.link.empty()) append_line(text, "LINK", reason.link);
    append_line(text, "REMOVED BY", reason.removed_by);
    text += '\n';
  }
  for (const auto& losing : explanation.also) {
    append_line(text, "ALSO",
                losing.how + " (priority " + std::to_string(losing.priority) + ", loses to " +
                    std::to_string(losing.winning_priority) + ")");
  }
  append_line(text, "DEFAULT", explanation.default_role + " (" + explanation.default_because + ")");
  for (const auto& remark : explanation.without_effect) append_line(text, "NO EFFECT", remark);
  return text;
}

}  // namespace rolecall::administration
