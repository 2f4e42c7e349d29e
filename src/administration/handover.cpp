#include "handover.hpp"

#include <algorithm>

#include "listing.hpp"
#include "lookup.hpp"
#include "rolecall/access/may_grant.hpp"
#include "rolecall/granting/membership.hpp"
#include "rolecall/granting/recompute.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::administration {
namespace {

/// Other writers wait while it runs.
constexpr std::int64_t kStepsAtOnce = 20'000;
constexpr std::size_t kRoleChangesShown = 1'000;
constexpr std::int64_t kPage = 1'000;

std::string target_of(const store::ResourceRecord& record) { return record.type + "/" + record.id.value(); }

/// The document without the name that only the other IdP knows.
Result<std::string> without_external_id(const store::ResourceRecord& record) {
  json::Limits limits;
  limits.bytes = record.document.size() + 1;
  limits.string_bytes = limits.bytes;
  auto document = json::parse(record.document, limits);
  if (!document || !document->is_object()) {
    return internal_error("stored document of " + target_of(record) + " is unreadable");
  }
  document->as_object()->erase("externalId");
  return json::write(*document);
}

}  // namespace

Result<void> Handover::count_step() {
  if (++steps_ <= kStepsAtOnce) return {};
  return fail(ErrorCode::conflict, "This would hand over more than " + std::to_string(kStepsAtOnce) +
                                       " resources and memberships at once. Hand over users one by one first.");
}

Result<void> Handover::check_links(const store::ResourceRecord& group) {
  ROLECALL_TRY_ASSIGN(const auto role_group, change_.workspace.roles().find_group(group.id));
  if (role_group) {
    return fail(ErrorCode::conflict, "The group " + group.display +
                                         " stands for a role. Every connection has its own group of each role under "
                                         "its ceiling, so there is nothing to hand over.");
  }
  ROLECALL_TRY_ASSIGN(const auto grantor, grantor_of(change_.workspace, to_, access::Grantor::Kind::admin));
  ROLECALL_TRY_ASSIGN(const auto links, change_.workspace.links().of_group(group.id));
  for (const auto& link : links) {
    if (link.state == store::LinkState::orphaned) continue;
    ROLECALL_TRY_ASSIGN(const auto role, change_.workspace.roles().find(link.role));
    if (!role) return internal_error("a link's role is gone");
    if (access::may_grant(grantor, *role, access::GrantPath::link)) continue;
    return fail(ErrorCode::conflict, "The group " + group.display + " is linked to " + role->name +
                                         ", which is above the ceiling of the connection " + to_.name +
                                         ". Remove that link, or raise the ceiling, first.");
  }
  return {};
}

Result<void> Handover::take(const store::ResourceRecord& record) {
  ROLECALL_TRY(count_step());
  if (record.connection == to_.id) {
    return fail(ErrorCode::conflict,
                "The connection " + to_.name + " has the " + record.type + " " + record.display + " already.");
  }
  if (record.type == "Group") ROLECALL_TRY(check_links(record));
  if (done_.from.empty()) {
    ROLECALL_TRY_ASSIGN(done_.from, connection_name_of(change_.workspace, record.connection));
  }
  if (roles_.empty()) {
    ROLECALL_TRY_ASSIGN(roles_, change_.workspace.roles().list());
  }
  if (record.type == "User") {
    ROLECALL_TRY_ASSIGN(roles_before_[record.id], roles_of(record.id));
  }
  store::ResourceRecord moved = record;
  moved.connection = to_.id;
  moved.version = Version{record.version.number + 1};
  moved.last_modified = std::max(change_.now, record.last_modified);
  moved.external_id.clear();
  ROLECALL_TRY_ASSIGN(moved.document, without_external_id(record));
  auto is_moved = change_.workspace.resources().hand_over(moved, record.version);
  if (!is_moved && is_moved.error().code == ErrorCode::uniqueness) {
    return fail(ErrorCode::conflict, "The connection " + to_.name + " has a group " + record.display +
                                         " already. Rename or delete one of the two first.");
  }
  ROLECALL_TRY(is_moved);
  if (!*is_moved) return internal_error("a resource changed while it was handed over");
  if (record.type == "Group") ROLECALL_TRY(change_.workspace.links().hand_over(record.id, to_.id));
  ROLECALL_TRY(change_.trail.record(
      record.type == "User" ? "user.adopted" : "group.adopted", target_of(record),
      {{"from", "Connection/" + record.connection.value()}, {"to", "Connection/" + to_.id.value()}}));
  taken_.push_back(std::move(moved));
  return {};
}

Result<void> Handover::end(const ResourceId& group, const store::ResourceRecord& member) {
  ROLECALL_TRY(count_step());
  ROLECALL_TRY_ASSIGN(const bool has_left,
                      granting::leave(change_.workspace, group, member, change_.trail, change_.environment.folder));
  if (!has_left) return {};
  ++done_.memberships_ended;
  return change_.workspace.resources().touch("Group", group, change_.now);
}

Result<void> Handover::join_group_of_role(const ResourceId& left, const store::ResourceRecord& member) {
  ROLECALL_TRY_ASSIGN(const auto role_group, change_.workspace.roles().find_group(left));
  if (!role_group) return {};
  ROLECALL_TRY_ASSIGN(const auto listed, change_.workspace.roles().groups_of(role_group->role));
  for (const auto& own : listed) {
    if (own.connection != to_.id) continue;
    if (!granting::check_membership(change_.workspace, to_, own.group)) continue;
    ROLECALL_TRY_ASSIGN(const bool has_joined, granting::join(change_.workspace, own.group, member, change_.trail,
                                                              change_.environment.folder));
    if (!has_joined) continue;
    ++done_.memberships_moved;
    ROLECALL_TRY(change_.workspace.resources().touch("Group", own.group, change_.now));
    // A listing in use is no longer free to be claimed by a POST of its name.
    ROLECALL_TRY(change_.workspace.roles().claim_group(own.group));
  }
  return {};
}

Result<void> Handover::leave_foreign_groups(const store::ResourceRecord& member) {
  ROLECALL_TRY_ASSIGN(const auto memberships, change_.workspace.members().groups_of(member.id));
  for (const auto& membership : memberships) {
    ROLECALL_TRY_ASSIGN(const auto group, change_.workspace.resources().find_anywhere("Group", membership.group));
    if (!group || group->connection == to_.id) continue;
    // First in, then out: a role that stays is not lost in between.
    if (keep_roles_) ROLECALL_TRY(join_group_of_role(group->id, member));
    ROLECALL_TRY(end(group->id, member));
  }
  return {};
}

Result<void> Handover::drop_foreign_members(const store::ResourceRecord& group) {
  ResourceId after;
  while (true) {
    ROLECALL_TRY_ASSIGN(const auto page, change_.workspace.members().page(group.id, after, kPage));
    for (const auto& member : page) {
      ROLECALL_TRY_ASSIGN(const auto record, change_.workspace.resources().find_anywhere(member.type, member.member));
      if (record && record->connection != to_.id) ROLECALL_TRY(end(group.id, *record));
    }
    if (page.size() < static_cast<std::size_t>(kPage)) return {};
    after = page.back().member;
  }
}

Result<void> Handover::admit_who_is_parked(const store::ResourceRecord& group) {
  std::string after;
  while (true) {
    ROLECALL_TRY_ASSIGN(const auto page, change_.workspace.parked_members().page(group.id, after, kPage));
    for (const auto& parked : page) {
      for (const char* type : {"User", "Group"}) {
        ROLECALL_TRY_ASSIGN(auto there, change_.workspace.resources().find(to_.id, type, ResourceId(parked.value)));
        if (!there) continue;
        ROLECALL_TRY(
            granting::admit_parked(change_.workspace, std::move(*there), change_.trail, change_.environment.folder));
      }
    }
    if (page.size() < static_cast<std::size_t>(kPage)) return {};
    after = page.back().value;
  }
}

Result<std::vector<std::string>> Handover::roles_of(const ResourceId& user) {
  ROLECALL_TRY_ASSIGN(const auto grants, change_.workspace.grants().effective_of(user));
  std::vector<std::string> names;
  for (const auto& role : roles_) {
    const bool is_held =
        std::any_of(grants.begin(), grants.end(), [&](const access::Grant& grant) { return grant.role == role.id; });
    if (is_held) names.push_back(role.name);
  }
  return names;
}

Result<void> Handover::note_roles(const store::ResourceRecord& user) {
  ChangedRoles change{user.display, std::move(roles_before_[user.id]), {}};
  ROLECALL_TRY_ASSIGN(change.after, roles_of(user.id));
  if (change.before == change.after) return {};
  ++done_.users_changed;
  if (done_.role_changes.size() < kRoleChangesShown) done_.role_changes.push_back(std::move(change));
  return {};
}

Result<Adoption> Handover::settle() {
  done_.to = to_.name;
  for (const auto& record : taken_) {
    ROLECALL_TRY(leave_foreign_groups(record));
    if (record.type == "Group") ROLECALL_TRY(drop_foreign_members(record));
  }
  for (const auto& record : taken_) {
    ROLECALL_TRY(granting::admit_parked(change_.workspace, record, change_.trail, change_.environment.folder));
    if (record.type == "Group") ROLECALL_TRY(admit_who_is_parked(record));
  }
  for (const auto& record : taken_) {
    ++(record.type == "User" ? done_.users : done_.groups);
    if (record.type != "User") continue;
    ROLECALL_TRY(granting::recompute_user(change_.workspace, record, change_.trail, change_.environment.folder));
    ROLECALL_TRY(note_roles(record));
  }
  return std::move(done_);
}

}  // namespace rolecall::administration
