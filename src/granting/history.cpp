#include "rolecall/granting/history.hpp"

#include <algorithm>

namespace rolecall::granting {
namespace {

using access::CauseKind;
using store::GrantSpell;
using store::NamedKind;

/// Changes of which nothing else of the grant tells.
std::string detail_of(const access::Grant& grant, const GrantProof& proof) {
  if (grant.cause == CauseKind::asserted) return places_of(proof.asserted, grant.role);
  if (grant.cause == CauseKind::default_role) return proof.is_default_sent ? "sent" : "default";
  return {};
}

Result<void> prove_link(store::Workspace& workspace, GrantSpell& spell) {
  ROLECALL_TRY_ASSIGN(const auto groups, workspace.members().groups_of(spell.user));
  for (const auto& membership : groups) {
    if (membership.group == spell.grant.group) spell.since = membership.added;
  }
  ROLECALL_TRY_ASSIGN(const auto link, workspace.links().find(spell.grant.link));
  if (!link) return internal_error("a grant's link is gone");
  spell.made_by = link->made_by;
  spell.made = link->made;
  return {};
}

Result<GrantSpell> spell_of(store::Workspace& workspace, const store::ResourceRecord& user, const access::Grant& grant,
                            const GrantProof& proof, audit::Trail& trail) {
  GrantSpell spell;
  spell.user = user.id;
  spell.grant = grant;
  spell.connection = user.connection;
  spell.detail = detail_of(grant, proof);
  ROLECALL_TRY_ASSIGN(spell.seq, trail.head());
  spell.gained = trail.at();
  if (grant.cause == CauseKind::link) ROLECALL_TRY(prove_link(workspace, spell));
  if (grant.cause == CauseKind::default_role) spell.since = user.created;
  for (const auto& direct : proof.direct) {
    if (grant.cause != CauseKind::direct || direct.role != grant.role) continue;
    spell.made_by = direct.made_by;
    spell.since = direct.made;
  }
  return spell;
}

bool goes_on(const GrantSpell& spell, const store::ResourceRecord& user, const access::Grant& grant,
             const GrantProof& proof) {
  return spell.grant == grant && spell.connection == user.connection && spell.detail == detail_of(grant, proof);
}

NamedKind kind_of(const store::ResourceRecord& record) {
  return record.type == "User" ? NamedKind::user : NamedKind::group;
}

}  // namespace

std::string place_of(const Assertion& assertion) { return assertion.attribute + " “" + assertion.text + "”"; }

std::string places_of(const std::vector<Assertion>& asserted, const RoleId& role) {
  std::string places;
  for (const Assertion& assertion : asserted) {
    if (assertion.outcome != Assertion::Outcome::granted || assertion.role->id != role) continue;
    places += (places.empty() ? "" : ", ") + place_of(assertion);
  }
  return places;
}

Result<void> note_grants(store::Workspace& workspace, const store::ResourceRecord& user,
                         const std::vector<access::Grant>& grants, const GrantProof& proof, audit::Trail& trail) {
  ROLECALL_TRY_ASSIGN(const auto open, workspace.grant_history().open_of(user.id));
  for (const GrantSpell& spell : open) {
    const bool stays = std::any_of(grants.begin(), grants.end(),
                                   [&](const access::Grant& grant) { return goes_on(spell, user, grant, proof); });
    if (!stays) ROLECALL_TRY(workspace.grant_history().end(spell, trail.at()));
  }
  for (const access::Grant& grant : grants) {
    const bool is_there = std::any_of(open.begin(), open.end(),
                                      [&](const GrantSpell& spell) { return goes_on(spell, user, grant, proof); });
    if (is_there) continue;
    ROLECALL_TRY_ASSIGN(const auto spell, spell_of(workspace, user, grant, proof, trail));
    ROLECALL_TRY(workspace.grant_history().begin(spell));
  }
  return {};
}

Result<void> note_name(store::Workspace& workspace, const store::ResourceRecord& record, Instant at) {
  if (record.type != "User" && record.type != "Group") return {};
  return workspace.grant_history().note_name(kind_of(record), record.id.value(), record.display, record.unique_key, at);
}

Result<void> note_removal(store::Workspace& workspace, const store::ResourceRecord& record, Instant at) {
  return workspace.grant_history().note_name(kind_of(record), record.id.value(), {}, {}, at);
}

Result<void> note_name(store::Workspace& workspace, const access::Role& role, Instant at) {
  return workspace.grant_history().note_name(NamedKind::role, role.id.value(), role.name, {}, at);
}

}  // namespace rolecall::granting
