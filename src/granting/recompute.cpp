#include "rolecall/granting/recompute.hpp"

#include <algorithm>
#include <iterator>

#include "rolecall/access/effective.hpp"
#include "rolecall/access/may_grant.hpp"
#include "rolecall/granting/asserted.hpp"
#include "rolecall/granting/history.hpp"

namespace rolecall::granting {
namespace {

/// Ids held at a time while walking a group or a connection.
constexpr std::int64_t kPage = 500;

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

/// A protected role that `user` holds before and not after must have another holder; holders are active by definition.
Result<void> check_last_holder(store::Workspace& workspace, const store::ResourceRecord& user,
                               const std::vector<access::Grant>& before, const std::vector<access::Grant>& after) {
  for (const access::Grant& grant : before) {
    if (has_role(after, grant.role)) continue;
    ROLECALL_TRY_ASSIGN(const auto role, workspace.roles().find(grant.role));
    if (!role || !role->is_protected) continue;
    ROLECALL_TRY_ASSIGN(const auto holders, workspace.grants().holders_of(grant.role));
    const bool has_other =
        std::any_of(holders.begin(), holders.end(), [&](const ResourceId& holder) { return holder != user.id; });
    if (!has_other) {
      return fail(ErrorCode::forbidden, "This user is the last active holder of the protected role " + role->name +
                                            ". Grant it to somebody else first.");
    }
  }
  return {};
}

/// What a user has, and why.
struct Computed {
  access::EffectiveOutcome outcome;
  GrantProof proof;
};

/// Whether anything changed.
Result<bool> store_difference(store::Workspace& workspace, const store::ResourceRecord& user, const Computed& computed,
                              audit::Trail& trail) {
  const std::vector<access::Grant>& after = computed.outcome.held;
  ROLECALL_TRY_ASSIGN(auto before, workspace.grants().effective_of(user.id));
  std::sort(before.begin(), before.end());
  if (before == after) {
    ROLECALL_TRY(note_grants(workspace, user, after, computed.proof, trail));
    return false;
  }
  ROLECALL_TRY(check_last_holder(workspace, user, before, after));
  ROLECALL_TRY(workspace.grants().replace_effective(user.id, after));
  std::vector<access::Grant> difference;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(), std::back_inserter(difference));
  // Row by row, so that of several grants of one role the last to go is the one by which the role is lost.
  std::vector<access::Grant> held = before;
  for (const auto& grant : difference) {
    held.erase(std::find(held.begin(), held.end(), grant));
    ROLECALL_TRY(trail.record("grant.removed", target_of(user), describe(grant, held)));
  }
  difference.clear();
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(), std::back_inserter(difference));
  for (const auto& grant : difference) {
    ROLECALL_TRY(trail.record("grant.added", target_of(user), describe(grant, held)));
    held.push_back(grant);
  }
  ROLECALL_TRY(note_grants(workspace, user, after, computed.proof, trail));
  return true;
}

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

/// What follows from everything that is stored now.
Result<Computed> compute(store::Workspace& workspace, const store::ResourceRecord& user, const TextFolder& folder) {
  access::EffectiveInputs inputs;
  Computed computed;
  inputs.is_active = user.is_active;
  if (user.is_active) {
    ROLECALL_TRY_ASSIGN(inputs.linked, workspace.grants().linked_roles_of(user.id));
    ROLECALL_TRY_ASSIGN(computed.proof.direct, workspace.grants().direct_of(user.id));
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

/// Every change of what somebody holds goes through here, so access has one end.
Result<bool> apply(store::Workspace& workspace, const store::ResourceRecord& user, const Computed& computed,
                   audit::Trail& trail) {
  if (computed.outcome.held.empty()) return revoke_everything(workspace, user, trail);
  return store_difference(workspace, user, computed, trail);
}

/// Recomputes the users with these ids, of which some may be gone.
Result<void> recompute_all(store::Workspace& workspace, const std::vector<ResourceId>& users, audit::Trail& trail,
                           const TextFolder& folder) {
  for (const ResourceId& id : users) {
    ROLECALL_TRY_ASSIGN(const auto user, workspace.resources().find_anywhere("User", id));
    if (user) ROLECALL_TRY(recompute_and_touch(workspace, *user, trail, folder));
  }
  return {};
}

/// The same for all that `next_page(after)` gives, a page at a time.
template <typename NextPage>
Result<void> recompute_pages(store::Workspace& workspace, audit::Trail& trail, const TextFolder& folder,
                             const NextPage& next_page) {
  ResourceId after;
  for (;;) {
    ROLECALL_TRY_ASSIGN(const std::vector<ResourceId> users, next_page(after));
    ROLECALL_TRY(recompute_all(workspace, users, trail, folder));
    if (users.size() < static_cast<std::size_t>(kPage)) return {};
    after = users.back();
  }
}

}  // namespace

Result<access::EffectiveOutcome> outcome_of(store::Workspace& workspace, const store::ResourceRecord& user,
                                            const TextFolder& folder) {
  ROLECALL_TRY_ASSIGN(auto computed, compute(workspace, user, folder));
  return std::move(computed.outcome);
}

Result<DefaultRole> default_role_of(store::Workspace& workspace, const store::ResourceRecord& user,
                                    const TextFolder& folder) {
  ROLECALL_TRY_ASSIGN(const auto connection, workspace.connections().find(user.connection));
  if (!connection) return internal_error("a user's connection is gone");
  DefaultRole applied;
  applied.role = connection->default_role;
  if (user.default_role.empty()) return applied;
  applied.refused = DefaultRole::Refused::unknown;
  ROLECALL_TRY_ASSIGN(const auto sent, workspace.roles().find_by_key(folder.fold(user.default_role)));
  if (!sent) return applied;
  ROLECALL_TRY_ASSIGN(auto ceiling, workspace.roles().find(connection->ceiling));
  const access::Grantor grantor{access::Grantor::Kind::connection, std::move(ceiling)};
  applied.refused = DefaultRole::Refused::not_allowed;
  if (!access::may_grant(grantor, *sent, access::GrantPath::default_role)) return applied;
  applied.role = sent->id;
  applied.is_sent = true;
  applied.refused = DefaultRole::Refused::no;
  return applied;
}

Result<void> recompute_user(store::Workspace& workspace, const store::ResourceRecord& user, audit::Trail& trail,
                            const TextFolder& folder) {
  ROLECALL_TRY_ASSIGN(const auto computed, compute(workspace, user, folder));
  ROLECALL_TRY(apply(workspace, user, computed, trail));
  return {};
}

Result<void> recompute_and_touch(store::Workspace& workspace, const store::ResourceRecord& user, audit::Trail& trail,
                                 const TextFolder& folder) {
  ROLECALL_TRY_ASSIGN(const auto computed, compute(workspace, user, folder));
  ROLECALL_TRY_ASSIGN(const bool is_changed, apply(workspace, user, computed, trail));
  return is_changed ? workspace.resources().touch("User", user.id, trail.at()) : Result<void>{};
}

Result<void> recompute_members(store::Workspace& workspace, const ResourceId& group, audit::Trail& trail,
                               const TextFolder& folder) {
  return recompute_pages(workspace, trail, folder,
                         [&](const ResourceId& after) { return workspace.grants().users_in(group, after, kPage); });
}

Result<void> recompute_defaults(store::Workspace& workspace, const ConnectionId& connection, audit::Trail& trail,
                                const TextFolder& folder) {
  return recompute_pages(workspace, trail, folder, [&](const ResourceId& after) {
    return workspace.grants().users_by_default(connection, after, kPage);
  });
}

Result<void> recompute_asserted(store::Workspace& workspace, const ConnectionId& connection, audit::Trail& trail,
                                const TextFolder& folder) {
  return recompute_pages(workspace, trail, folder, [&](const ResourceId& after) {
    return workspace.grants().users_asserting(connection, after, kPage);
  });
}

Result<void> recompute_everybody(store::Workspace& workspace, audit::Trail& trail, const TextFolder& folder) {
  store::NamePlace after;
  for (;;) {
    ROLECALL_TRY_ASSIGN(const auto users, workspace.resources().list("User", after, kPage));
    for (const auto& user : users) ROLECALL_TRY(recompute_and_touch(workspace, user, trail, folder));
    if (users.size() < static_cast<std::size_t>(kPage)) return {};
    after = store::place_of(users.back());
  }
}

Result<void> recompute_named(store::Workspace& workspace, const access::Role& role, audit::Trail& trail,
                             const TextFolder& folder) {
  const std::string key = folder.fold(role.name);
  ROLECALL_TRY(recompute_pages(workspace, trail, folder, [&](const ResourceId& after) {
    return workspace.grants().users_with_sent_default(key, after, kPage);
  }));
  for (const std::string& text : {key, folder.fold(role.id.value())}) {
    ROLECALL_TRY(recompute_pages(workspace, trail, folder, [&](const ResourceId& after) {
      return workspace.grants().users_asserting_text(text, after, kPage);
    }));
  }
  return {};
}

Result<bool> revoke_everything(store::Workspace& workspace, const store::ResourceRecord& user, audit::Trail& trail) {
  ROLECALL_TRY_ASSIGN(const bool is_changed, store_difference(workspace, user, {}, trail));
  ROLECALL_TRY_ASSIGN(const auto tokens, workspace.tokens().revoke_of(user.id, trail.at()));
  for (const TokenId& token : tokens) {
    ROLECALL_TRY(trail.record("token.revoked", "Token/" + token.value(), {{"user", target_of(user)}}));
  }
  if (!is_changed && tokens.empty()) return false;
  ROLECALL_TRY(trail.record("access.revoked", target_of(user), {{"tokens", static_cast<std::int64_t>(tokens.size())}}));
  return is_changed;
}

Result<void> forget_direct_grants(store::Workspace& workspace, const store::ResourceRecord& user, audit::Trail& trail) {
  ROLECALL_TRY_ASSIGN(const auto direct, workspace.grants().direct_of(user.id));
  for (const auto& grant : direct) {
    ROLECALL_TRY(workspace.grants().remove_direct(user.id, grant.role));
    ROLECALL_TRY(trail.record("user.role_revoked", target_of(user), {{"role", "Role/" + grant.role.value()}}));
  }
  return {};
}

}  // namespace rolecall::granting
