#include "recomputation.hpp"

#include <algorithm>
#include <iterator>

#include "rolecall/granting/asserted.hpp"
#include "rolecall/granting/credentials.hpp"
#include "rolecall/granting/recompute.hpp"

namespace rolecall::granting {
namespace {

bool has_role(const std::vector<access::Grant>& grants, const RoleId& role) {
  return std::any_of(grants.begin(), grants.end(), [&](const access::Grant& grant) { return grant.role == role; });
}

/// `others` are the grants that the user has besides this one.
json::Object describe(const access::Grant& grant, const std::vector<access::Grant>& others) {
  json::Object details{{"role", "Role/" + grant.role.value()}, {"cause", access::name_of(grant.cause)}};
  if (grant.cause == access::CauseKind::link) {
    details.append("link", "Link/" + grant.link.value());
    details.append("group", "Group/" + grant.group.value());
  }
  if (has_role(others, grant.role)) details.append(std::string(event::kHeldOtherwise), true);
  return details;
}

std::string target_of(const store::ResourceRecord& user) { return "User/" + user.id.value(); }

/// The mode of the workspace decides only where several roles are granted; for the others it need not be asked.
Result<void> add_priorities(store::Workspace& workspace, access::EffectiveInputs& inputs) {
  std::vector<RoleId> granted = inputs.direct;
  granted.insert(granted.end(), inputs.asserted.begin(), inputs.asserted.end());
  for (const auto& linked : inputs.linked) granted.push_back(linked.role);
  const auto is_first = [&](const RoleId& role) { return role == granted.front(); };
  if (std::all_of(granted.begin(), granted.end(), is_first)) return {};
  ROLECALL_TRY_ASSIGN(inputs.mode, workspace.role_mode());
  if (inputs.mode == access::RoleMode::multi) return {};
  ROLECALL_TRY_ASSIGN(const auto roles, workspace.roles().list());
  for (const auto& role : roles) inputs.by_priority.push_back(role.id);
  return {};
}

std::vector<access::Grant> without(const std::vector<access::Grant>& grants, const std::vector<access::Grant>& others) {
  std::vector<access::Grant> left;
  std::set_difference(grants.begin(), grants.end(), others.begin(), others.end(), std::back_inserter(left));
  return left;
}

}  // namespace

Result<Computed> compute(store::Workspace& workspace, const store::ResourceRecord& user, const store::GrantState& state,
                         const TextFolder& folder) {
  access::EffectiveInputs inputs;
  Computed computed;
  inputs.is_active = user.is_active;
  if (user.is_active) {
    for (const auto& linked : state.linked) inputs.linked.push_back(linked.role);
    computed.proof.linked = state.linked;
    computed.proof.direct = state.direct;
    for (const auto& grant : computed.proof.direct) inputs.direct.push_back(grant.role);
    ROLECALL_TRY_ASSIGN(computed.proof.asserted, assertions_of(workspace, user));
    for (const Assertion& assertion : computed.proof.asserted) {
      if (assertion.outcome == Assertion::Outcome::granted) inputs.asserted.push_back(assertion.role->id);
    }
    if (inputs.linked.empty() && inputs.direct.empty() && inputs.asserted.empty()) {
      ROLECALL_TRY_ASSIGN(const auto applied, default_role_of(workspace, user, folder));
      inputs.default_role = applied.role;
      computed.proof.is_default_sent = applied.is_sent;
    }
  }
  ROLECALL_TRY(add_priorities(workspace, inputs));
  computed.outcome = access::effective_outcome(inputs);
  return computed;
}

Result<void> Recomputation::learn(const std::vector<ResourceId>& users) {
  if (users.empty()) return {};
  ROLECALL_TRY_ASSIGN(auto states, workspace_.grants().states_of(users));
  ROLECALL_TRY_ASSIGN(auto open, workspace_.grant_history().open_of_all(users));
  for (std::size_t i = 0; i < users.size(); ++i) {
    Known& known = known_[users[i]];
    known.state = std::move(states[i]);
    std::sort(known.state.effective.begin(), known.state.effective.end());
  }
  for (auto& spell : open) known_[spell.user].open.push_back(std::move(spell));
  return {};
}

/// Every change of what somebody holds goes through here, so access has one end.
Result<bool> Recomputation::recompute(const store::ResourceRecord& user, const TextFolder& folder) {
  ROLECALL_TRY_ASSIGN(const auto computed, compute(workspace_, user, known_[user.id].state, folder));
  if (computed.outcome.held.empty()) return revoke(user);
  return store_difference(user, computed);
}

Result<bool> Recomputation::revoke(const store::ResourceRecord& user) {
  ROLECALL_TRY_ASSIGN(const bool is_changed, store_difference(user, {}));
  ROLECALL_TRY_ASSIGN(const auto credentials, end_credentials(workspace_, user.id, trail_));
  if (!is_changed && credentials.empty()) return false;
  const auto count = [](const auto& all) { return static_cast<std::int64_t>(all.size()); };
  ROLECALL_TRY(trail_.record("access.revoked", target_of(user),
                             {{"tokens", count(credentials.tokens) + count(credentials.api_tokens)},
                              {"sessions", count(credentials.sessions)}}));
  return is_changed;
}

Result<bool> Recomputation::store_difference(const store::ResourceRecord& user, const Computed& computed) {
  const std::vector<access::Grant>& before = known_[user.id].state.effective;
  const std::vector<access::Grant>& after = computed.outcome.held;
  if (before == after) {
    ROLECALL_TRY(note_spells(user, computed));
    return false;
  }
  ROLECALL_TRY(check_last_holder(user, before, after));
  // Row by row, so that of several grants of one role the last to go is the one by which the role is lost.
  std::vector<access::Grant> held = before;
  for (const auto& grant : without(before, after)) {
    ended_.push_back({user.id, grant});
    held.erase(std::find(held.begin(), held.end(), grant));
    ROLECALL_TRY(trail_.record("grant.removed", target_of(user), describe(grant, held)));
  }
  for (const auto& grant : without(after, before)) {
    begun_.push_back({user.id, grant});
    ROLECALL_TRY(trail_.record("grant.added", target_of(user), describe(grant, held)));
    held.push_back(grant);
  }
  ROLECALL_TRY(note_spells(user, computed));
  return true;
}

/// A protected role that `user` holds before and not after must have another holder; holders are active by definition.
Result<void> Recomputation::check_last_holder(const store::ResourceRecord& user,
                                              const std::vector<access::Grant>& before,
                                              const std::vector<access::Grant>& after) {
  for (const access::Grant& grant : before) {
    if (has_role(after, grant.role)) continue;
    ROLECALL_TRY_ASSIGN(const auto role, workspace_.roles().find(grant.role));
    if (!role || !role->is_protected) continue;
    // Those before this one may have lost it.
    ROLECALL_TRY(finish());
    ROLECALL_TRY_ASSIGN(const auto holders, workspace_.grants().holders_of(grant.role));
    const bool has_other =
        std::any_of(holders.begin(), holders.end(), [&](const ResourceId& holder) { return holder != user.id; });
    if (!has_other) {
      return fail(ErrorCode::forbidden, "This user is the last active holder of the protected role " + role->name +
                                            ". Grant it to somebody else first.");
    }
  }
  return {};
}

Result<void> Recomputation::note_spells(const store::ResourceRecord& user, const Computed& computed) {
  ROLECALL_TRY_ASSIGN(auto change,
                      spells_of(user, known_[user.id].open, computed.outcome.held, computed.proof, trail_));
  std::move(change.ended.begin(), change.ended.end(), std::back_inserter(ended_spells_));
  std::move(change.begun.begin(), change.begun.end(), std::back_inserter(begun_spells_));
  return {};
}

Result<void> Recomputation::finish() {
  if (!ended_.empty() || !begun_.empty()) ROLECALL_TRY(workspace_.grants().change_effective(ended_, begun_));
  for (const auto& spell : ended_spells_) ROLECALL_TRY(workspace_.grant_history().end(spell, trail_.at()));
  for (const auto& spell : begun_spells_) ROLECALL_TRY(workspace_.grant_history().begin(spell));
  ended_.clear();
  begun_.clear();
  ended_spells_.clear();
  begun_spells_.clear();
  return {};
}

}  // namespace rolecall::granting
