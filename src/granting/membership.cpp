#include "rolecall/granting/membership.hpp"

#include "recomputation.hpp"
#include "rolecall/access/may_grant.hpp"
#include "rolecall/base/random.hpp"

namespace rolecall::granting {
namespace {

constexpr std::int64_t kPage = 100;

std::string target_of(const store::ResourceRecord& record) { return record.type + "/" + record.id.value(); }

/// What follows for those who joined or left, in their order.
Result<void> follow(store::Workspace& workspace, const ResourceId& group,
                    const std::vector<store::ResourceRecord>& members, const std::set<ResourceId>& moved,
                    std::string_view action, audit::Trail& trail, const TextFolder& folder) {
  std::vector<ResourceId> users;
  std::vector<ResourceId> groups;
  for (const auto& member : members) {
    if (moved.count(member.id) != 0) (member.type == "Group" ? groups : users).push_back(member.id);
  }
  Recomputation recomputation(workspace, trail);
  ROLECALL_TRY(recomputation.learn(users));
  for (const auto& member : members) {
    if (moved.count(member.id) == 0) continue;
    ROLECALL_TRY(trail.record(action, "Group/" + group.value(), {{"member", target_of(member)}}));
    if (member.type != "Group") ROLECALL_TRY(recomputation.recompute(member, folder));
  }
  ROLECALL_TRY(recomputation.finish());
  if (!users.empty()) ROLECALL_TRY(workspace.resources().touch_all("User", users, trail.at()));
  if (!groups.empty()) ROLECALL_TRY(workspace.resources().touch_all("Group", groups, trail.at()));
  // Who is in a group that joins or leaves another shows it, but has no role by it: links count for members alone.
  for (const auto& member : groups) ROLECALL_TRY(workspace.resources().touch_members_of(member, trail.at()));
  return {};
}

class Admission {
 public:
  Admission(store::Workspace& workspace, const store::ConnectionRecord& connection,
            const store::ResourceRecord& arrived, audit::Trail& trail, const TextFolder& folder)
      : workspace_(workspace), connection_(connection), arrived_(arrived), trail_(trail), folder_(folder) {}

  [[nodiscard]] bool changed() const { return changed_; }

  Result<void> admit(const std::string& value) {
    ResourceId after;
    while (true) {
      ROLECALL_TRY_ASSIGN(const auto page,
                          workspace_.parked_members().waiting_for(arrived_.connection, value, after, kPage));
      for (const auto& parked : page) ROLECALL_TRY(admit_to(parked));
      if (page.size() < static_cast<std::size_t>(kPage)) return {};
      after = page.back().group;
    }
  }

 private:
  Result<void> admit_to(const store::ParkedMemberRecord& parked) {
    if (parked.group == arrived_.id || (!parked.type.empty() && parked.type != arrived_.type)) return {};
    const auto allowed = check_membership(workspace_, connection_, parked.group);
    if (!allowed) return allowed.error().code == ErrorCode::forbidden ? Result<void>() : allowed;
    ROLECALL_TRY(workspace_.parked_members().remove(parked.group, parked.value));
    ROLECALL_TRY(trail_.record("group.member_unparked", "Group/" + parked.group.value(),
                               {{"member", target_of(arrived_)}, {"because", "arrived"}}));
    ROLECALL_TRY_ASSIGN(const bool joined, join(workspace_, parked.group, arrived_, trail_, folder_));
    if (!joined) return {};
    changed_ = true;
    return workspace_.resources().touch("Group", parked.group, trail_.at());
  }

  store::Workspace& workspace_;
  const store::ConnectionRecord& connection_;
  const store::ResourceRecord& arrived_;
  audit::Trail& trail_;
  const TextFolder& folder_;
  bool changed_ = false;
};

}  // namespace

Result<void> check_membership(store::Workspace& workspace, const store::ConnectionRecord& connection,
                              const ResourceId& group) {
  ROLECALL_TRY_ASSIGN(const auto links, workspace.links().of_group(group));
  ROLECALL_TRY_ASSIGN(auto ceiling, workspace.roles().find(connection.ceiling));
  const access::Grantor grantor{access::Grantor::Kind::connection, std::move(ceiling)};
  for (const store::LinkRecord& link : links) {
    if (link.state != store::LinkState::active) continue;
    ROLECALL_TRY_ASSIGN(const auto role, workspace.roles().find(link.role));
    if (!role) return internal_error("link " + link.id.value() + " names a role that is gone");
    ROLECALL_TRY(access::may_grant(grantor, *role, access::GrantPath::group_membership));
  }
  return {};
}

Result<std::set<ResourceId>> join_all(store::Workspace& workspace, const ResourceId& group,
                                      const std::vector<store::ResourceRecord>& members, audit::Trail& trail,
                                      const TextFolder& folder) {
  if (members.empty()) return std::set<ResourceId>();
  std::vector<store::NewMember> rows;
  rows.reserve(members.size());
  for (const auto& member : members) rows.push_back({member.id, member.type});
  ROLECALL_TRY_ASSIGN(const auto added, workspace.members().add_all(group, rows, trail.at()));
  std::set<ResourceId> moved(added.begin(), added.end());
  ROLECALL_TRY(follow(workspace, group, members, moved, "group.member_added", trail, folder));
  return moved;
}

Result<std::set<ResourceId>> leave_all(store::Workspace& workspace, const ResourceId& group,
                                       const std::vector<store::ResourceRecord>& members, audit::Trail& trail,
                                       const TextFolder& folder) {
  if (members.empty()) return std::set<ResourceId>();
  std::vector<ResourceId> ids;
  ids.reserve(members.size());
  for (const auto& member : members) ids.push_back(member.id);
  ROLECALL_TRY_ASSIGN(const auto removed, workspace.members().remove_all(group, ids));
  std::set<ResourceId> moved(removed.begin(), removed.end());
  ROLECALL_TRY(follow(workspace, group, members, moved, "group.member_removed", trail, folder));
  return moved;
}

Result<bool> join(store::Workspace& workspace, const ResourceId& group, const store::ResourceRecord& member,
                  audit::Trail& trail, const TextFolder& folder) {
  ROLECALL_TRY_ASSIGN(const auto moved, join_all(workspace, group, {member}, trail, folder));
  return !moved.empty();
}

Result<bool> leave(store::Workspace& workspace, const ResourceId& group, const store::ResourceRecord& member,
                   audit::Trail& trail, const TextFolder& folder) {
  ROLECALL_TRY_ASSIGN(const auto moved, leave_all(workspace, group, {member}, trail, folder));
  return !moved.empty();
}

Result<store::ResourceRecord> admit_parked(store::Workspace& workspace, store::ResourceRecord arrived,
                                           audit::Trail& trail, const TextFolder& folder) {
  ROLECALL_TRY_ASSIGN(const auto connection, workspace.connections().find(arrived.connection));
  if (!connection) return internal_error("the connection of a resource is gone");
  Admission admission(workspace, *connection, arrived, trail, folder);
  ROLECALL_TRY(admission.admit(arrived.id.value()));
  if (!arrived.external_id.empty() && arrived.external_id != arrived.id.value()) {
    ROLECALL_TRY(admission.admit(arrived.external_id));
  }
  if (!admission.changed()) return arrived;
  ROLECALL_TRY_ASSIGN(auto now, workspace.resources().find_anywhere(arrived.type, arrived.id));
  if (!now) return internal_error("a resource is gone while it joins groups");
  return std::move(*now);
}

json::Object describe_stranger(const std::string& value) {
  return is_generated_id(value) ? json::Object{{"member", value}} : json::Object{};
}

}  // namespace rolecall::granting
