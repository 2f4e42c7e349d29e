#include "rolecall/administration/links.hpp"

#include "action_parties.hpp"
#include "link_change.hpp"
#include "link_view.hpp"
#include "listing.hpp"
#include "lookup.hpp"
#include "rolecall/granting/recompute.hpp"

namespace rolecall::administration {
namespace {

std::string target_of(const LinkId& link) { return "Link/" + link.value(); }

json::Object describe(const store::LinkRecord& link) {
  return {{"group", "Group/" + link.group.value()}, {"role", "Role/" + link.role.value()}};
}

Result<store::LinkRecord> find_link(store::Workspace& workspace, const LinkId& id) {
  ROLECALL_TRY_ASSIGN(auto link, workspace.links().find(id));
  if (!link) return fail(ErrorCode::not_found, "There is no link “" + id.value() + "”.");
  return std::move(*link);
}

Result<void> check_link(store::Workspace& workspace, const ConnectionId& connection_id, const access::Role& role) {
  ROLECALL_TRY_ASSIGN(const auto connection, workspace.connections().find(connection_id));
  if (!connection) return internal_error("a group's connection is gone");
  ROLECALL_TRY_ASSIGN(const auto grantor, grantor_of(workspace, *connection, access::Grantor::Kind::admin));
  return access::may_grant(grantor, role, access::GrantPath::link);
}

Result<void> check_not_linked(store::Workspace& workspace, const store::ResourceRecord& group,
                              const access::Role& role) {
  ROLECALL_TRY_ASSIGN(const auto links, workspace.links().of_group(group.id));
  for (const auto& link : links) {
    if (link.role != role.id || link.state == store::LinkState::orphaned) continue;
    return fail(ErrorCode::conflict, "The group " + group.display + " is linked to " + role.name + " already" +
                                         (link.state == store::LinkState::paused ? "; the link is paused." : "."));
  }
  return {};
}

Result<LinkView> set_state(Change& change, const LinkId& id, store::LinkState state, std::string_view action) {
  ROLECALL_TRY_ASSIGN(auto link, find_link(change.workspace, id));
  if (link.state == store::LinkState::orphaned && state == store::LinkState::active) {
    ROLECALL_TRY_ASSIGN(const auto group, change.workspace.resources().find_anywhere("Group", link.group));
    if (group) {
      ROLECALL_TRY_ASSIGN(const auto role, change.workspace.roles().find(link.role));
      if (!role) return internal_error("a link's role is gone");
      ROLECALL_TRY(check_not_linked(change.workspace, *group, *role));
      link.state = store::LinkState::paused;
    }
  }
  if (link.state == store::LinkState::orphaned) {
    return fail_with_next(ErrorCode::conflict,
                          "The group " + link.group_name + " was deleted by the IdP, so this link grants nothing.",
                          "Remove it, and link the new group when it is pushed again.");
  }
  if (link.state == state) return view_of(change.workspace, std::move(link));
  if (state == store::LinkState::active) {
    ROLECALL_TRY_ASSIGN(const auto role, change.workspace.roles().find(link.role));
    if (!role) return internal_error("a link's role is gone");
    ROLECALL_TRY(check_link(change.workspace, link.connection, *role));
  }
  ROLECALL_TRY(change.workspace.links().set_state(id, state));
  ROLECALL_TRY(change.trail.record(action, target_of(id), describe(link)));
  ROLECALL_TRY(granting::recompute_members(change.workspace, link.group, change.trail, change.environment.folder));
  link.state = state;
  return view_of(change.workspace, std::move(link));
}

}  // namespace

const char* name_of(store::LinkState state) {
  switch (state) {
    case store::LinkState::active:
      return "active";
    case store::LinkState::paused:
      return "paused";
    case store::LinkState::orphaned:
      return "orphaned";
  }
  return "";
}

const char* name_of(store::LinkOrigin origin) {
  switch (origin) {
    case store::LinkOrigin::listing:
      return "listing";
    case store::LinkOrigin::pushed:
      return "pushed";
    case store::LinkOrigin::admin:
      return "admin";
  }
  return "";
}

Result<LinkView> view_of(store::Workspace& workspace, store::LinkRecord link) {
  LinkView view;
  ROLECALL_TRY_ASSIGN(view.role_name, role_name_of(workspace, link.role));
  ROLECALL_TRY_ASSIGN(view.connection_name, connection_name_of(workspace, link.connection));
  view.link = std::move(link);
  return view;
}

Result<std::vector<LinkView>> views_of(store::Workspace& workspace, std::vector<store::LinkRecord> links) {
  std::vector<LinkView> views;
  views.reserve(links.size());
  for (auto& link : links) {
    ROLECALL_TRY_ASSIGN(auto view, view_of(workspace, std::move(link)));
    views.push_back(std::move(view));
  }
  return views;
}

Result<store::LinkRecord> add_link(Change& change, const store::ResourceRecord& group, const access::Role& role,
                                   store::LinkState state) {
  ROLECALL_TRY(check_link(change.workspace, group.connection, role));
  ROLECALL_TRY(check_not_linked(change.workspace, group, role));
  store::LinkRecord link;
  link.id = LinkId(change.environment.ids.next());
  link.group = group.id;
  link.role = role.id;
  link.connection = group.connection;
  link.group_name = group.display;
  link.state = state;
  link.made_by = change.trail.actor();
  link.made = change.now;
  ROLECALL_TRY(change.workspace.links().insert(link));
  ROLECALL_TRY(change.trail.record("link.created", target_of(link.id), describe(link)));
  if (state == store::LinkState::active) {
    ROLECALL_TRY(granting::recompute_members(change.workspace, group.id, change.trail, change.environment.folder));
  }
  return link;
}

Result<LinkView> create_link(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                             const NewLink& wanted) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<LinkView> {
    ROLECALL_TRY_ASSIGN(const auto group,
                        find_group(change.workspace, environment.folder, wanted.group, wanted.connection));
    ROLECALL_TRY_ASSIGN(const auto role, find_role(change.workspace, environment.folder, wanted.role));
    ROLECALL_TRY_ASSIGN(auto link, add_link(change, group, role, wanted.state));
    return view_of(change.workspace, std::move(link));
  });
}

Result<std::vector<LinkView>> list_links(const Environment& environment, const WorkspaceId& workspace_id) {
  return in_view(environment, workspace_id, [](store::Workspace& workspace) -> Result<std::vector<LinkView>> {
    ROLECALL_TRY_ASSIGN(auto links, workspace.links().list());
    return views_of(workspace, std::move(links));
  });
}

Result<LinkView> get_link(const Environment& environment, const WorkspaceId& workspace_id, const LinkId& id) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<LinkView> {
    ROLECALL_TRY_ASSIGN(auto link, find_link(workspace, id));
    return view_of(workspace, std::move(link));
  });
}

Result<LinkView> pause_link(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                            const LinkId& link) {
  return in_change(environment, workspace, actor,
                   [&](Change& change) { return set_state(change, link, store::LinkState::paused, "link.paused"); });
}

Result<LinkView> resume_link(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                             const LinkId& link) {
  return in_change(environment, workspace, actor,
                   [&](Change& change) { return set_state(change, link, store::LinkState::active, "link.resumed"); });
}

Result<LinkView> approve_link(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                              const LinkId& id) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<LinkView> {
    ROLECALL_TRY_ASSIGN(auto link, find_link(change.workspace, id));
    ROLECALL_TRY_ASSIGN(const auto maker, party_of(change.workspace, link.made_by, change.now));
    ROLECALL_TRY_ASSIGN(const auto approver, party_of(change.workspace, actor.name, change.now));
    // One person may have several tokens, and a session besides.
    const bool is_one_person = !maker.identity.empty() && maker.identity == approver.identity;
    if (link.made_by == actor.name || is_one_person) {
      return fail_with_next(ErrorCode::conflict, "A link is approved by somebody else than who made it.",
                            "Ask another admin to approve it.");
    }
    if (link.approved) return fail(ErrorCode::conflict, "This link was approved by " + link.approved_by + " already.");
    if (link.state == store::LinkState::orphaned) {
      return fail(ErrorCode::conflict, "The group " + link.group_name + " was deleted by the IdP.");
    }
    link.approved_by = actor.name;
    link.approved = change.now;
    ROLECALL_TRY(change.workspace.links().approve(id, link.approved_by, change.now));
    ROLECALL_TRY(change.workspace.grant_history().note_name(store::NamedKind::approver, id.value(), link.approved_by,
                                                            {}, change.now));
    ROLECALL_TRY(change.trail.record("link.approved", target_of(id), describe(link)));
    return view_of(change.workspace, std::move(link));
  });
}

Result<void> drop_link(Change& change, const store::LinkRecord& link) {
  ROLECALL_TRY(change.workspace.links().remove(link.id));
  ROLECALL_TRY(change.trail.record("link.removed", target_of(link.id), describe(link)));
  if (link.state != store::LinkState::active) return {};
  return granting::recompute_members(change.workspace, link.group, change.trail, change.environment.folder);
}

Result<void> remove_link(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                         const LinkId& id) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<void> {
    ROLECALL_TRY_ASSIGN(const auto link, find_link(change.workspace, id));
    if (link.origin == store::LinkOrigin::listing) {
      return fail_with_next(ErrorCode::conflict, "The group " + link.group_name + " stands for the role of that name.",
                            "Pause the link instead of removing it.");
    }
    return drop_link(change, link);
  });
}

}  // namespace rolecall::administration
