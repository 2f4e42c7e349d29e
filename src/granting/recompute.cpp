#include "rolecall/granting/recompute.hpp"

#include <algorithm>

#include "recomputation.hpp"
#include "rolecall/access/may_grant.hpp"

namespace rolecall::granting {
namespace {

/// Ids held at a time while walking a group or a connection.
constexpr std::int64_t kPage = 500;

/// Recomputes these users, and gives a new version to those for whom something changed.
Result<void> recompute_records(store::Workspace& workspace, const std::vector<store::ResourceRecord>& users,
                               audit::Trail& trail, const TextFolder& folder) {
  Recomputation recomputation(workspace, trail);
  std::vector<ResourceId> ids;
  for (const auto& user : users) ids.push_back(user.id);
  ROLECALL_TRY(recomputation.learn(ids));
  std::vector<ResourceId> changed;
  for (const auto& user : users) {
    ROLECALL_TRY_ASSIGN(const bool is_changed, recomputation.recompute(user, folder));
    if (is_changed) changed.push_back(user.id);
  }
  ROLECALL_TRY(recomputation.finish());
  return changed.empty() ? Result<void>{} : workspace.resources().touch_all("User", changed, trail.at());
}

/// Recomputes the users with these ids, of which some may be gone.
Result<void> recompute_all(store::Workspace& workspace, const std::vector<ResourceId>& ids, audit::Trail& trail,
                           const TextFolder& folder) {
  if (ids.empty()) return {};
  ROLECALL_TRY_ASSIGN(auto users, workspace.resources().find_users(ids));
  // In the order of the ids, in which the audit tells of them.
  std::sort(users.begin(), users.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return recompute_records(workspace, users, trail, folder);
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
  ROLECALL_TRY_ASSIGN(const auto states, workspace.grants().states_of({user.id}));
  ROLECALL_TRY_ASSIGN(auto computed, compute(workspace, user, states.front(), folder));
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
  Recomputation recomputation(workspace, trail);
  ROLECALL_TRY(recomputation.learn({user.id}));
  ROLECALL_TRY(recomputation.recompute(user, folder));
  return recomputation.finish();
}

Result<void> recompute_and_touch(store::Workspace& workspace, const store::ResourceRecord& user, audit::Trail& trail,
                                 const TextFolder& folder) {
  return recompute_records(workspace, {user}, trail, folder);
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
    ROLECALL_TRY(recompute_records(workspace, users, trail, folder));
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
  Recomputation recomputation(workspace, trail);
  ROLECALL_TRY(recomputation.learn({user.id}));
  ROLECALL_TRY_ASSIGN(const bool is_changed, recomputation.revoke(user));
  ROLECALL_TRY(recomputation.finish());
  return is_changed;
}

Result<void> forget_direct_grants(store::Workspace& workspace, const store::ResourceRecord& user, audit::Trail& trail) {
  ROLECALL_TRY_ASSIGN(const auto direct, workspace.grants().direct_of(user.id));
  for (const auto& grant : direct) {
    ROLECALL_TRY(workspace.grants().remove_direct(user.id, grant.role));
    ROLECALL_TRY(
        trail.record("user.role_revoked", "User/" + user.id.value(), {{"role", "Role/" + grant.role.value()}}));
  }
  return {};
}

}  // namespace rolecall::granting
