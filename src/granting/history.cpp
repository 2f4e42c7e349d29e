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

Result<GrantSpell> spell_of(const store::ResourceRecord& user, const access::Grant& grant, const GrantProof& proof,
                            audit::Trail& trail) {
  GrantSpell spell;
  spell.user = user.id;
  spell.grant = grant;
  spell.connection = user.connection;
  spell.detail = detail_of(grant, proof);
  ROLECALL_TRY_ASSIGN(spell.seq, trail.head());
  spell.gained = trail.at();
  if (grant.cause == CauseKind::default_role) spell.since = user.created;
  for (const auto& linked : proof.linked) {
    if (grant.cause != CauseKind::link || linked.role.link != grant.link || linked.role.group != grant.group) continue;
    spell.made_by = linked.made_by;
    spell.made = linked.made;
    spell.since = linked.since;
  }
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

Result<SpellChange> spells_of(const store::ResourceRecord& user, const std::vector<GrantSpell>& open,
                              const std::vector<access::Grant>& grants, const GrantProof& proof, audit::Trail& trail) {
  SpellChange change;
  for (const GrantSpell& spell : open) {
    const bool stays = std::any_of(grants.begin(), grants.end(),
                                   [&](const access::Grant& grant) { return goes_on(spell, user, grant, proof); });
    if (!stays) change.ended.push_back(spell);
  }
  for (const access::Grant& grant : grants) {
    const bool is_there = std::any_of(open.begin(), open.end(),
                                      [&](const GrantSpell& spell) { return goes_on(spell, user, grant, proof); });
    if (is_there) continue;
    ROLECALL_TRY_ASSIGN(auto spell, spell_of(user, grant, proof, trail));
    change.begun.push_back(std::move(spell));
  }
  return change;
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
