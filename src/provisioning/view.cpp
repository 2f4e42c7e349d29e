#include "view.hpp"

#include <iterator>
#include <unordered_map>

#include "rolecall/store/memberships.hpp"
#include "served.hpp"
#include "session.hpp"

namespace rolecall::provisioning {
namespace {

constexpr std::int64_t kMemberPage = 10'000;

Result<std::vector<store::MemberRecord>> all_members(store::Workspace& workspace, const ResourceId& group) {
  std::vector<store::MemberRecord> members;
  ResourceId after;
  while (true) {
    ROLECALL_TRY_ASSIGN(auto page, workspace.members().page(group, after, kMemberPage));
    const bool is_last = page.size() < static_cast<std::size_t>(kMemberPage);
    if (!page.empty()) after = page.back().member;
    if (members.empty()) {
      members = std::move(page);
    } else {
      std::move(page.begin(), page.end(), std::back_inserter(members));
    }
    if (is_last) return members;
  }
}

}  // namespace

Result<View> load_view(store::Workspace& workspace, store::ResourceRecord record, Need need) {
  View view;
  if (need.groups && record.type == "User") {
    ROLECALL_TRY_ASSIGN(auto direct, workspace.members().groups_of(record.id));
    ROLECALL_TRY_ASSIGN(view.groups, store::IndirectGroups(workspace.members()).add_to(std::move(direct)));
  }
  if (need.members && record.type == "Group") {
    ROLECALL_TRY_ASSIGN(view.members, all_members(workspace, record.id));
  }
  if (need.roles && record.type == "User") {
    ROLECALL_TRY_ASSIGN(view.roles, workspace.grants().held_by(record.id));
  }
  view.record = std::move(record);
  return view;
}

Result<View> get(const Environment& environment, const Caller& caller, const schema::ResourceType& type,
                 const ResourceId& id, Need need) {
  return store::read(environment.store, [&](store::UnitOfWork& unit) -> Result<View> {
    store::Workspace& workspace = unit.workspace(caller.workspace);
    std::optional<store::ResourceRecord> record;
    if (type.is_read_only()) {
      ROLECALL_TRY_ASSIGN(const auto records, served_records(environment, workspace, caller.connection, type));
      record = find_served(records, id);
    } else {
      ROLECALL_TRY_ASSIGN(record, workspace.resources().find(caller.connection, type.name, id));
    }
    if (!record) return fail(no_such_resource(type.name));
    return load_view(workspace, std::move(*record), need);
  });
}

Result<std::vector<View>> load_views(store::Workspace& workspace, std::vector<store::ResourceRecord> records,
                                     Need need) {
  std::vector<View> views;
  views.reserve(records.size());
  std::unordered_map<ResourceId, std::size_t> position;
  std::vector<ResourceId> ids;
  for (auto& record : records) {
    if (record.type == "User" && (need.groups || need.roles)) {
      position.emplace(record.id, views.size());
      ids.push_back(record.id);
      views.push_back(View{std::move(record), {}, {}, {}});
    } else {
      ROLECALL_TRY_ASSIGN(auto view, load_view(workspace, std::move(record), need));
      views.push_back(std::move(view));
    }
  }
  if (ids.empty()) return views;
  if (need.roles) {
    ROLECALL_TRY_ASSIGN(auto held, workspace.grants().held_by_all(ids));
    for (auto& [user, role] : held) views[position.at(user)].roles.push_back(std::move(role));
  }
  if (!need.groups) return views;
  ROLECALL_TRY_ASSIGN(auto memberships, workspace.members().groups_of_all(ids));
  for (auto& [member, membership] : memberships) {
    views[position.at(member)].groups.push_back(std::move(membership));
  }
  store::IndirectGroups indirect(workspace.members());
  for (View& view : views) {
    ROLECALL_TRY_ASSIGN(view.groups, indirect.add_to(std::move(view.groups)));
  }
  return views;
}

Result<ViewPage> list(const Environment& environment, const Caller& caller, const store::ResourceQuery& query,
                      Need need) {
  return store::read(environment.store, [&](store::UnitOfWork& unit) -> Result<ViewPage> {
    store::Workspace& workspace = unit.workspace(caller.workspace);
    store::ResourcePage found;
    if (query.type->is_read_only()) {
      ROLECALL_TRY_ASSIGN(const auto records, served_records(environment, workspace, caller.connection, *query.type));
      ROLECALL_TRY_ASSIGN(found, query_served(records, query, environment.folder));
    } else {
      ROLECALL_TRY_ASSIGN(found, workspace.resources().query(caller.connection, query));
    }
    ViewPage page{found.total, {}, std::move(found.positions), found.has_before, found.has_after};
    ROLECALL_TRY_ASSIGN(page.views, load_views(workspace, std::move(found.resources), need));
    return page;
  });
}

}  // namespace rolecall::provisioning
