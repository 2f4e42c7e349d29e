#include <optional>

#include "default_role.hpp"
#include "link_change.hpp"
#include "listing.hpp"
#include "lookup.hpp"
#include "rolecall/access/may_grant.hpp"
#include "rolecall/administration/roles.hpp"
#include "rolecall/granting/recompute.hpp"

namespace rolecall::administration {
namespace {

constexpr const char* kReplace = "Name the role that replaces it: `rolecall roles delete --replacement ROLE`.";

tl::unexpected<Error> still(const access::Role& role, const std::string& reason, const std::string& next) {
  return fail_with_next(ErrorCode::conflict, "The role " + role.name + " cannot be removed: " + reason, next);
}

Result<void> check_no_ceiling(const std::vector<store::ConnectionRecord>& connections, const access::Role& role) {
  for (const auto& connection : connections) {
    if (connection.ceiling != role.id) continue;
    return still(role, "it is the ceiling of " + connection.name + ".", "Choose another ceiling first.");
  }
  return {};
}

Result<void> check_unreferenced(Change& change, const std::vector<store::ConnectionRecord>& connections,
                                const access::Role& role) {
  for (const auto& connection : connections) {
    if (connection.default_role == role.id) {
      return still(role, "it is the default role of " + connection.name + ".",
                   std::string("Choose another default role first. ") + kReplace);
    }
  }
  ROLECALL_TRY_ASSIGN(const auto links, change.workspace.links().of_role(role.id));
  if (!links.empty()) {
    return still(role, "the group " + links.front().group_name + " is linked to it.",
                 std::string("Remove that link, or unlink the group in the IdP, first. ") + kReplace);
  }
  ROLECALL_TRY_ASSIGN(const auto holders, change.workspace.grants().holders_of(role.id));
  if (!holders.empty()) {
    return still(role, "somebody holds it.",
                 std::string("Take it from them first; `rolecall roles holders` names them. ") + kReplace);
  }
  // Grants by hand that have no effect: to deactivated users, or in single mode beside a role of higher priority.
  ROLECALL_TRY_ASSIGN(const auto direct, change.workspace.grants().direct_of_role(role.id, {}, 1));
  if (direct.empty()) return {};
  return still(role, "it was granted by hand to somebody for whom it has no effect now.",
               std::string("Revoke that grant first. ") + kReplace);
}

/// Takes a role that goes out of everything that refers to it.
class Replacement {
 public:
  Replacement(Change& change, const access::Role& old_role, const access::Role& new_role)
      : change_(change), old_role_(old_role), new_role_(new_role) {}

  Result<void> run(std::vector<store::ConnectionRecord>& connections) {
    for (auto& connection : connections) {
      if (connection.default_role == old_role_.id) ROLECALL_TRY(change_default_role(change_, connection, new_role_));
    }
    ROLECALL_TRY_ASSIGN(const auto links, change_.workspace.links().of_role(old_role_.id));
    for (const auto& link : links) ROLECALL_TRY(move_link(link));
    ROLECALL_TRY_ASSIGN(const auto groups, change_.workspace.roles().groups_of(old_role_.id));
    for (const auto& group : groups) ROLECALL_TRY(change_.workspace.roles().remove_group(group.group));
    return move_direct_grants();
  }

 private:
  /// The new link comes first: nobody falls back to a default role in between.
  Result<void> move_link(const store::LinkRecord& link) {
    if (link.state != store::LinkState::orphaned) {
      ROLECALL_TRY_ASSIGN(const bool is_linked, is_linked_to_new(link));
      ROLECALL_TRY_ASSIGN(const auto group, change_.workspace.resources().find_anywhere("Group", link.group));
      if (!group) return internal_error("a link's group is gone");
      if (!is_linked) ROLECALL_TRY(add_link(change_, *group, new_role_, link.state));
    }
    return drop_link(change_, link);
  }

  Result<bool> is_linked_to_new(const store::LinkRecord& link) {
    ROLECALL_TRY_ASSIGN(const auto links, change_.workspace.links().of_group(link.group));
    for (const auto& other : links) {
      if (other.role != new_role_.id || other.state == store::LinkState::orphaned) continue;
      if (link.state == store::LinkState::paused || other.state == store::LinkState::active) return true;
      // A paused link to the replacement would take the role from the members that the old one gave it to.
      return fail_with_next(ErrorCode::conflict,
                            "The link from " + link.group_name + " to " + new_role_.name + " is paused.",
                            "Resume or remove it first.");
    }
    return false;
  }

  Result<void> move_direct_grants() {
    constexpr std::int64_t kPage = 500;
    for (;;) {
      ROLECALL_TRY_ASSIGN(const auto grants, change_.workspace.grants().direct_of_role(old_role_.id, {}, kPage));
      for (const auto& grant : grants) ROLECALL_TRY(move_direct_grant(grant));
      if (grants.size() < static_cast<std::size_t>(kPage)) return {};
    }
  }

  Result<void> move_direct_grant(const store::DirectGrantRecord& grant) {
    auto& grants = change_.workspace.grants();
    ROLECALL_TRY(access::may_grant({access::Grantor::Kind::admin, std::nullopt}, new_role_, access::GrantPath::direct));
    ROLECALL_TRY_ASSIGN(const bool is_added,
                        grants.add_direct({grant.user, new_role_.id, change_.trail.actor(), change_.now}));
    const std::string target = "User/" + grant.user.value();
    if (is_added) {
      ROLECALL_TRY(change_.trail.record("user.role_granted", target, {{"role", "Role/" + new_role_.id.value()}}));
    }
    ROLECALL_TRY(grants.remove_direct(grant.user, old_role_.id));
    ROLECALL_TRY(change_.trail.record("user.role_revoked", target, {{"role", "Role/" + old_role_.id.value()}}));
    ROLECALL_TRY_ASSIGN(const auto user, change_.workspace.resources().find_anywhere("User", grant.user));
    if (!user) return {};
    return granting::recompute_and_touch(change_.workspace, *user, change_.trail, change_.environment.folder);
  }

  Change& change_;
  const access::Role& old_role_;
  const access::Role& new_role_;
};

Result<void> delist_unused(Change& change, const access::Role& role) {
  ROLECALL_TRY_ASSIGN(const auto listed, change.workspace.roles().groups_of(role.id));
  for (const auto& role_group : listed) {
    ROLECALL_TRY_ASSIGN(const bool is_unused, is_unused_listing(change.workspace, role_group));
    if (is_unused) ROLECALL_TRY(delist(change, role_group));
  }
  return {};
}

}  // namespace

Result<void> remove_role(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                         const std::string& name, const std::string& replacement) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<void> {
    ROLECALL_TRY_ASSIGN(const auto role, find_role(change.workspace, environment.folder, name));
    if (role.is_protected || role.origin == access::RoleOrigin::shipped) {
      return fail(ErrorCode::forbidden, "The role " + role.name + " is part of Rolecall and cannot be removed.");
    }
    ROLECALL_TRY_ASSIGN(auto connections, change.workspace.connections().list());
    ROLECALL_TRY(check_no_ceiling(connections, role));
    ROLECALL_TRY(delist_unused(change, role));
    json::Object details;
    if (replacement.empty()) {
      ROLECALL_TRY(check_unreferenced(change, connections, role));
    } else {
      ROLECALL_TRY_ASSIGN(const auto successor, find_role(change.workspace, environment.folder, replacement));
      if (successor.id == role.id) {
        return fail(ErrorCode::invalid_value, "A role cannot replace itself.", "replacement");
      }
      ROLECALL_TRY(Replacement(change, role, successor).run(connections));
      details.append("replacement", "Role/" + successor.id.value());
    }
    ROLECALL_TRY(change.workspace.roles().remove(role.id));
    ROLECALL_TRY(change.trail.record("role.removed", "Role/" + role.id.value(), std::move(details)));
    ROLECALL_TRY(granting::recompute_named(change.workspace, role, change.trail, environment.folder));
    return {};
  });
}

}  // namespace rolecall::administration
