#pragma once

#include <string>
#include <vector>

#include "rolecall/audit/trail.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/granting/asserted.hpp"
#include "rolecall/store/store.hpp"

// Who had which role when, and what proved it then: written with every change of effective grants, so that a question
// about the past is answered as it would have been then.

namespace rolecall::granting {

/// What a user's grants were computed from, as far as it proves them.
struct GrantProof {
  std::vector<store::LinkedGrantRecord> linked;
  std::vector<store::DirectGrantRecord> direct;
  std::vector<Assertion> asserted;
  bool is_default_sent = false;
};

struct SpellChange {
  std::vector<store::GrantSpell> ended;
  std::vector<store::GrantSpell> begun;
};
/// Of the `open` spells of a user those that `grants` do not go on with, and those that begin with the newest audit
/// row.
[[nodiscard]] Result<SpellChange> spells_of(const store::ResourceRecord& user,
                                            const std::vector<store::GrantSpell>& open,
                                            const std::vector<access::Grant>& grants, const GrantProof& proof,
                                            audit::Trail& trail);
/// The name of a User or Group from now on.
[[nodiscard]] Result<void> note_name(store::Workspace& workspace, const store::ResourceRecord& record, Instant at);
/// A User or Group that is gone has none.
[[nodiscard]] Result<void> note_removal(store::Workspace& workspace, const store::ResourceRecord& record, Instant at);
[[nodiscard]] Result<void> note_name(store::Workspace& workspace, const access::Role& role, Instant at);

/// "roles “IT Admin”": where the IdP says it, and how.
[[nodiscard]] std::string place_of(const Assertion& assertion);
/// "roles “IT Admin”, entitlements “7”": where the IdP asserts this role of the user.
[[nodiscard]] std::string places_of(const std::vector<Assertion>& asserted, const RoleId& role);

}  // namespace rolecall::granting
