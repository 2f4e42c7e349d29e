#include "plan_steps.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "lookup.hpp"
#include "rolecall/administration/connections.hpp"
#include "rolecall/administration/guard.hpp"
#include "rolecall/administration/links.hpp"
#include "rolecall/administration/roles.hpp"
#include "rolecall/json/array_of.hpp"

namespace rolecall::administration {
namespace {

class Comparison {
 public:
  Comparison(const Environment& environment, store::Workspace& workspace, const Actor& actor)
      : folder_(environment.folder), workspace_(workspace), id_(workspace.id()), actor_(actor) {}

  Result<std::vector<PlanStep>> run(const DesiredState& desired) {
    ROLECALL_TRY_ASSIGN(const auto roles, workspace_.roles().list());
    for (const auto& role : roles) roles_.emplace(folder_.fold(role.name), role);
    if (desired.roles) ROLECALL_TRY(compare_roles(*desired.roles));
    if (desired.links) ROLECALL_TRY(compare_links(*desired.links));
    if (desired.default_roles) ROLECALL_TRY(compare_defaults(*desired.default_roles));
    if (desired.guard) ROLECALL_TRY(compare_guards(*desired.guard));
    for (auto* later : {&closing_, &defaults_, &removals_}) {
      steps_.insert(steps_.end(), std::make_move_iterator(later->begin()), std::make_move_iterator(later->end()));
    }
    return std::move(steps_);
  }

 private:
  using Steps = std::vector<PlanStep>;

  Result<void> compare_roles(const Section<DesiredRole>& section) {
    std::set<std::string> named;
    for (const DesiredRole& wanted : section.items) {
      const std::string key = folder_.fold(wanted.name);
      if (!named.insert(key).second) return twice("The role " + wanted.name, wanted.at);
      const auto known = roles_.find(key);
      if (known == roles_.end()) {
        add_role(wanted);
        new_roles_.emplace(key, wanted.name);
      } else {
        change_role(known->second, wanted);
      }
    }
    if (!section.prune) return {};
    for (const auto& [key, role] : roles_) {
      if (role.is_protected || role.origin == access::RoleOrigin::shipped || named.count(key) != 0) continue;
      removals_.push_back({{"remove", "role", role.name, shown(role), {}},
                           "roles",
                           [id = id_, actor = actor_, name = role.name](const Environment& environment) {
                             return remove_role(environment, id, actor, name);
                           }});
    }
    return {};
  }

  static json::Object shown(const access::Role& role) {
    return json::Object{{"description", role.description},
                        {"permissions", json::array_of(role.permissions)},
                        {"priority", std::int64_t{role.rank}}};
  }

  void add_role(const DesiredRole& wanted) {
    NewRole role{wanted.name, wanted.description.value_or(""), wanted.permissions.value_or(std::vector<std::string>()),
                 wanted.priority};
    json::Object after{{"description", role.description}, {"permissions", json::array_of(role.permissions)}};
    if (role.priority) after.append("priority", *role.priority);
    steps_.push_back({{"add", "role", wanted.name, {}, std::move(after)},
                      wanted.at,
                      [id = id_, actor = actor_, role](const Environment& environment) -> Result<void> {
                        ROLECALL_TRY(create_role(environment, id, actor, role));
                        return {};
                      }});
  }

  void change_role(const access::Role& role, const DesiredRole& wanted) {
    PlanChange change{"change", "role", role.name, {}, {}};
    if (wanted.description && *wanted.description != role.description) {
      change.before.append("description", role.description);
      change.after.append("description", *wanted.description);
    }
    if (wanted.permissions) {
      const std::set<std::string> sorted(wanted.permissions->begin(), wanted.permissions->end());
      const std::vector<std::string> permissions(sorted.begin(), sorted.end());
      if (permissions != role.permissions) {
        change.before.append("permissions", json::array_of(role.permissions));
        change.after.append("permissions", json::array_of(permissions));
      }
    }
    if (wanted.priority && *wanted.priority != role.rank) {
      change.before.append("priority", std::int64_t{role.rank});
      change.after.append("priority", *wanted.priority);
    }
    if (change.after.empty()) return;
    const RoleChange edit{wanted.description, wanted.permissions, wanted.priority};
    steps_.push_back(
        {std::move(change), wanted.at,
         [id = id_, actor = actor_, name = role.name, edit](const Environment& environment) -> Result<void> {
           ROLECALL_TRY(update_role(environment, id, actor, name, edit));
           return {};
         }});
  }

  /// The name of a role that is there, or will be once the plan is done.
  Result<std::string> role_named(const std::string& name, const std::string& at) {
    const std::string key = folder_.fold(name);
    if (const auto made = new_roles_.find(key); made != new_roles_.end()) return made->second;
    auto found = find_role(workspace_, folder_, name);
    if (!found) return at_place(found.error(), at + ".role");
    return found->name;
  }

  Result<store::ResourceRecord> group_of(const DesiredLink& wanted) {
    if (wanted.external_id.empty()) return find_group(workspace_, folder_, wanted.group, wanted.connection);
    if (wanted.connection.empty()) {
      return fail(ErrorCode::invalid_value, "An external_id says who is meant within a connection: name it.");
    }
    ROLECALL_TRY_ASSIGN(const auto connection, find_connection(workspace_, wanted.connection));
    // More of one externalId than this are told apart by nobody.
    constexpr std::int64_t kSome = 100;
    ROLECALL_TRY_ASSIGN(auto groups,
                        workspace_.resources().find_by_external_id(connection.id, "Group", wanted.external_id, kSome));
    if (groups.size() > 1) {
      const std::string key = folder_.fold(wanted.group);
      groups.erase(std::remove_if(groups.begin(), groups.end(), [&](const auto& one) { return one.unique_key != key; }),
                   groups.end());
    }
    if (groups.size() == 1) return std::move(groups.front());
    return fail_with_next(ErrorCode::not_found, "There is no group with the externalId “" + wanted.external_id + "”.",
                          "A group is known once the IdP has pushed it.");
  }

  Result<void> compare_links(const Section<DesiredLink>& section) {
    ROLECALL_TRY_ASSIGN(auto links, list_views());
    std::set<std::pair<ResourceId, std::string>> named;
    for (const DesiredLink& wanted : section.items) {
      const auto group = group_of(wanted);
      if (!group) return at_place(group.error(), wanted.at);
      ROLECALL_TRY_ASSIGN(const auto role, role_named(wanted.role, wanted.at));
      const auto key = std::pair(group->id, folder_.fold(role));
      if (!named.insert(key).second) return twice("The link from " + group->display + " to " + role, wanted.at);
      const auto known = links.find(key);
      if (known == links.end()) {
        ROLECALL_TRY(add_link_step(*group, role, wanted));
      } else if (known->second.link.state != wanted.state) {
        set_state_step(known->second, wanted);
      }
    }
    if (!section.prune) return {};
    for (const auto& [key, view] : links) {
      if (view.link.origin == store::LinkOrigin::listing || named.count(key) != 0) continue;
      closing_.push_back({{"remove", "link", name_of_link(view), {{"state", name_of(view.link.state)}}, {}},
                          "links",
                          [id = id_, actor = actor_, link = view.link.id](const Environment& environment) {
                            return remove_link(environment, id, actor, link);
                          }});
    }
    return {};
  }

  /// Living links, by group and by the key of the role's name.
  Result<std::map<std::pair<ResourceId, std::string>, LinkView>> list_views() {
    std::map<std::pair<ResourceId, std::string>, LinkView> views;
    ROLECALL_TRY_ASSIGN(const auto links, workspace_.links().list());
    for (const auto& link : links) {
      if (link.state == store::LinkState::orphaned) continue;
      LinkView view{link, {}, {}};
      ROLECALL_TRY_ASSIGN(view.role_name, role_name_of(workspace_, link.role));
      ROLECALL_TRY_ASSIGN(view.connection_name, connection_name_of(workspace_, link.connection));
      std::pair<ResourceId, std::string> key(link.group, folder_.fold(view.role_name));
      views.emplace(std::move(key), std::move(view));
    }
    return views;
  }

  static std::string name_of_link(const LinkView& view) {
    return view.link.group_name + " → " + view.role_name + " (" + view.connection_name + ")";
  }

  Result<void> add_link_step(const store::ResourceRecord& group, const std::string& role, const DesiredLink& wanted) {
    ROLECALL_TRY_ASSIGN(const auto connection, connection_name_of(workspace_, group.connection));
    const NewLink link{group.id.value(), "", role, wanted.state};
    steps_.push_back({{"add",
                       "link",
                       group.display + " → " + role + " (" + connection + ")",
                       {},
                       {{"state", name_of(wanted.state)}}},
                      wanted.at,
                      [id = id_, actor = actor_, link](const Environment& environment) -> Result<void> {
                        ROLECALL_TRY(create_link(environment, id, actor, link));
                        return {};
                      }});
    return {};
  }

  void set_state_step(const LinkView& view, const DesiredLink& wanted) {
    const bool is_resumed = wanted.state == store::LinkState::active;
    auto& steps = is_resumed ? steps_ : closing_;
    steps.push_back(
        {{"change",
          "link",
          name_of_link(view),
          {{"state", name_of(view.link.state)}},
          {{"state", name_of(wanted.state)}}},
         wanted.at,
         [id = id_, actor = actor_, link = view.link.id, is_resumed](const Environment& environment) -> Result<void> {
           ROLECALL_TRY(is_resumed ? resume_link(environment, id, actor, link)
                                   : pause_link(environment, id, actor, link));
           return {};
         }});
  }

  Result<void> compare_defaults(const Section<DesiredDefault>& section) {
    std::set<ConnectionId> named;
    for (const DesiredDefault& wanted : section.items) {
      const auto connection = find_connection(workspace_, wanted.connection);
      if (!connection) return at_place(connection.error(), wanted.at + ".connection");
      if (!named.insert(connection->id).second) return twice("The connection " + connection->name, wanted.at);
      ROLECALL_TRY_ASSIGN(const auto role, role_named(wanted.role, wanted.at));
      ROLECALL_TRY_ASSIGN(const auto current, role_name_of(workspace_, connection->default_role));
      if (folder_.fold(current) == folder_.fold(role)) continue;
      defaults_.push_back(
          {{"change", "default_role", connection->name, {{"role", current}}, {{"role", role}}},
           wanted.at,
           [id = id_, actor = actor_, name = connection->name, role](const Environment& environment) -> Result<void> {
             ROLECALL_TRY(set_default_role(environment, id, actor, name, role));
             return {};
           }});
    }
    return {};
  }

  Result<void> compare_guards(const Section<DesiredGuard>& section) {
    std::set<ConnectionId> named;
    for (const DesiredGuard& wanted : section.items) {
      const auto connection = find_connection(workspace_, wanted.connection);
      if (!connection) return at_place(connection.error(), wanted.at + ".connection");
      if (!named.insert(connection->id).second) return twice("The guard of " + connection->name, wanted.at);
      ROLECALL_TRY_ASSIGN(const auto stored, workspace_.guard().settings(connection->id));
      const auto before = stored.value_or(access::GuardSettings());
      auto after = before;
      after.mode = wanted.mode.value_or(after.mode);
      after.minimum = wanted.minimum.value_or(after.minimum);
      after.percent = wanted.percent.value_or(after.percent);
      if (wanted.window_minutes) after.window = std::chrono::minutes(*wanted.window_minutes);
      if (wanted.newcomer_hours) after.newcomers = std::chrono::hours(*wanted.newcomer_hours);
      if (wanted.auto_apply_minutes) after.auto_apply = std::chrono::minutes(*wanted.auto_apply_minutes);
      after.answer = wanted.answer.value_or(after.answer);
      if (after == before) continue;
      PlanChange change{"change", "guard", connection->name, {}, {}};
      const json::Object shown_before = administration::to_json(before);
      for (const auto& [name, value] : administration::to_json(after)) {
        const json::Value* old = shown_before.find(name);
        if (old == nullptr || *old == value) continue;
        change.before.append(name, *old);
        change.after.append(name, value);
      }
      defaults_.push_back(
          {std::move(change), wanted.at,
           [id = id_, actor = actor_, name = connection->name, after](const Environment& environment) -> Result<void> {
             ROLECALL_TRY(set_guard(environment, id, actor, name, after));
             return {};
           }});
    }
    return {};
  }

  static tl::unexpected<Error> twice(const std::string& what, const std::string& at) {
    return fail(ErrorCode::invalid_value, what + " stands in this plan twice.", at);
  }

  const TextFolder& folder_;
  store::Workspace& workspace_;
  WorkspaceId id_;
  Actor actor_;
  std::map<std::string, access::Role> roles_;  ///< by the key of the name
  std::map<std::string, std::string> new_roles_;
  Steps steps_;
  Steps closing_;
  Steps defaults_;
  Steps removals_;
};

}  // namespace

tl::unexpected<Error> at_place(Error error, const std::string& at) {
  error.attribute = error.attribute.empty() ? at : at + "." + error.attribute;
  return fail(std::move(error));
}

Result<std::vector<PlanStep>> steps_of(const Environment& environment, store::Workspace& workspace, const Actor& actor,
                                       const DesiredState& desired) {
  return Comparison(environment, workspace, actor).run(desired);
}

}  // namespace rolecall::administration
