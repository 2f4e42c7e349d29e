#pragma once

#include <map>
#include <vector>

#include "rolecall/access/effective.hpp"
#include "rolecall/audit/trail.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/granting/history.hpp"
#include "rolecall/store/store.hpp"

namespace rolecall::granting {

/// What a user has, and why.
struct Computed {
  access::EffectiveOutcome outcome;
  GrantProof proof;
};

/// What follows from everything that is stored: `state` is the user's.
[[nodiscard]] Result<Computed> compute(store::Workspace& workspace, const store::ResourceRecord& user,
                                       const store::GrantState& state, const TextFolder& folder);

/// Recomputes many users in one unit of work: what is stored of them is read at once, they are judged one after the
/// other, and what changes is written at once. Audit rows are written as each user's turn comes. Users do not depend on
/// each other but for the last holder of a protected role.
class Recomputation {
 public:
  Recomputation(store::Workspace& workspace, audit::Trail& trail) : workspace_(workspace), trail_(trail) {}
  Recomputation(const Recomputation&) = delete;
  Recomputation& operator=(const Recomputation&) = delete;

  /// Reads what is stored of them, each named once. Their inputs must not change until each had its turn.
  [[nodiscard]] Result<void> learn(const std::vector<ResourceId>& users);
  /// One of the learned; whether anything changed.
  [[nodiscard]] Result<bool> recompute(const store::ResourceRecord& user, const TextFolder& folder);
  /// One of the learned loses everything; whether grants changed.
  [[nodiscard]] Result<bool> revoke(const store::ResourceRecord& user);
  /// Writes what is not written yet.
  [[nodiscard]] Result<void> finish();

 private:
  struct Known {
    store::GrantState state;
    std::vector<store::GrantSpell> open;
  };

  [[nodiscard]] Result<bool> store_difference(const store::ResourceRecord& user, const Computed& computed);
  [[nodiscard]] Result<void> check_last_holder(const store::ResourceRecord& user,
                                               const std::vector<access::Grant>& before,
                                               const std::vector<access::Grant>& after);
  [[nodiscard]] Result<void> note_spells(const store::ResourceRecord& user, const Computed& computed);

  store::Workspace& workspace_;
  audit::Trail& trail_;
  std::map<ResourceId, Known> known_;
  // Not written yet.
  std::vector<store::UserGrant> ended_;
  std::vector<store::UserGrant> begun_;
  std::vector<store::GrantSpell> ended_spells_;
  std::vector<store::GrantSpell> begun_spells_;
};

}  // namespace rolecall::granting
