#include "rolecall/administration/groups.hpp"

#include "link_view.hpp"
#include "lookup.hpp"
#include "scope.hpp"

namespace rolecall::administration {
namespace {

Result<GroupView> view_of(store::Workspace& workspace, store::ResourceRecord group) {
  GroupView view;
  ROLECALL_TRY_ASSIGN(view.connection_name, connection_name_of(workspace, group.connection));
  ROLECALL_TRY_ASSIGN(const auto role_group, workspace.roles().find_group(group.id));
  if (role_group) {
    ROLECALL_TRY_ASSIGN(view.stands_for, role_name_of(workspace, role_group->role));
  }
  ROLECALL_TRY_ASSIGN(auto links, workspace.links().of_group(group.id));
  ROLECALL_TRY_ASSIGN(view.links, views_of(workspace, std::move(links)));
  ROLECALL_TRY_ASSIGN(view.members, workspace.members().count(group.id));
  ROLECALL_TRY_ASSIGN(view.parked, workspace.parked_members().count(group.id));
  view.record = std::move(group);
  return view;
}

}  // namespace

Result<GroupPage> list_groups(const Environment& environment, const WorkspaceId& workspace_id, const std::string& after,
                              std::int64_t limit) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<GroupPage> {
    GroupPage page;
    ROLECALL_TRY_ASSIGN(const auto place, place_from(after));
    ROLECALL_TRY_ASSIGN(page.total, workspace.resources().count("Group"));
    ROLECALL_TRY_ASSIGN(auto groups, workspace.resources().list("Group", place, page_limit(limit) + 1));
    if (groups.size() > static_cast<std::size_t>(page_limit(limit))) {
      groups.pop_back();
      page.next = to_text(store::place_of(groups.back()));
    }
    for (auto& group : groups) {
      ROLECALL_TRY_ASSIGN(auto view, view_of(workspace, std::move(group)));
      page.groups.push_back(std::move(view));
    }
    return page;
  });
}

Result<GroupView> get_group(const Environment& environment, const WorkspaceId& workspace_id, const std::string& name,
                            const std::string& connection) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<GroupView> {
    ROLECALL_TRY_ASSIGN(auto group, find_group(workspace, environment.folder, name, connection));
    return view_of(workspace, std::move(group));
  });
}

Result<MemberPage> list_members(const Environment& environment, const WorkspaceId& workspace_id,
                                const std::string& name, const std::string& connection, const ResourceId& after,
                                std::int64_t limit) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<MemberPage> {
    ROLECALL_TRY_ASSIGN(const auto group, find_group(workspace, environment.folder, name, connection));
    MemberPage page;
    ROLECALL_TRY_ASSIGN(page.total, workspace.members().count(group.id));
    ROLECALL_TRY_ASSIGN(page.members, workspace.members().page(group.id, after, page_limit(limit) + 1));
    if (page.members.size() > static_cast<std::size_t>(page_limit(limit))) {
      page.members.pop_back();
      page.next = page.members.back().member;
    }
    return page;
  });
}

}  // namespace rolecall::administration
