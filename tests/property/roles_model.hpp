#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "rolecall/base/ids.hpp"

// What the product promises about roles, said a second time and as plainly as possible: sets and loops, no store, no
// increments. The server must agree with it after every operation.

namespace rolecall::property {

struct RolesModel {
  struct Role {
    RoleId id;
    std::set<std::string> permissions;
    bool is_protected = false;
    bool is_shipped = false;
    std::int64_t priority = 100;
  };
  struct User {
    bool is_active = true;
    std::string sent_default;
    std::set<std::string> direct;
    std::vector<std::pair<std::string, std::string>> sent;  ///< `roles`: value and display
  };
  struct Group {
    std::set<ResourceId> members;
    std::string stands_for;  ///< the role it is listed for; empty for others
  };
  struct Link {
    ResourceId group;
    std::string role;
    bool is_active = true;
    bool is_listing = false;
  };
  /// Role name, cause, link, group.
  using Grant = std::tuple<std::string, std::string, LinkId, ResourceId>;

  std::map<std::string, Role> roles;
  std::string default_role;
  std::string ceiling;
  bool grants_asserted = true;
  bool is_single = false;  ///< role mode
  std::map<ResourceId, User> users;
  std::map<ResourceId, Group> groups;
  std::map<LinkId, Link> links;

  [[nodiscard]] bool is_allowed(const std::string& role) const {
    const Role& asked = roles.at(role);
    const Role& limit = roles.at(ceiling);
    return !asked.is_protected && std::includes(limit.permissions.begin(), limit.permissions.end(),
                                                asked.permissions.begin(), asked.permissions.end());
  }

  [[nodiscard]] std::string default_of(const User& user) const {
    const bool is_usable = roles.count(user.sent_default) != 0 && is_allowed(user.sent_default);
    return is_usable ? user.sent_default : default_role;
  }

  /// The role that a text names: by id, or else by name. These names differ in more than case.
  [[nodiscard]] std::string named_by(const std::string& text) const {
    for (const auto& [name, role] : roles) {
      if (role.id.value() == text) return name;
    }
    return roles.count(text) != 0 ? text : std::string();
  }

  [[nodiscard]] std::set<std::string> asserted(const User& user) const {
    std::set<std::string> names;
    if (!grants_asserted) return names;
    for (const auto& [value, display] : user.sent) {
      const std::string by_value = named_by(value);
      const std::string role = by_value.empty() ? named_by(display) : by_value;
      if (!role.empty() && is_allowed(role)) names.insert(role);
    }
    return names;
  }

  [[nodiscard]] std::set<Grant> effective(const ResourceId& id) const {
    const User& user = users.at(id);
    std::set<Grant> grants;
    if (!user.is_active) return grants;
    for (const auto& [link_id, link] : links) {
      const bool is_member = groups.at(link.group).members.count(id) != 0;
      if (link.is_active && is_member) grants.insert({link.role, "link", link_id, link.group});
    }
    for (const auto& role : user.direct) grants.insert({role, "direct", {}, {}});
    for (const auto& role : asserted(user)) grants.insert({role, "asserted", {}, {}});
    if (grants.empty()) grants.insert({default_of(user), "default", {}, {}});
    if (!is_single) return grants;
    const std::set<Grant> all = grants;
    std::erase_if(grants, [&](const Grant& grant) { return loses(grant, all); });
    return grants;
  }

  /// Another grant is of a role with a lower number, or with the same and a name before.
  [[nodiscard]] bool loses(const Grant& grant, const std::set<Grant>& others) const {
    const auto place = [&](const Grant& one) {
      return std::pair(roles.at(std::get<0>(one)).priority, std::get<0>(one));
    };
    return std::any_of(others.begin(), others.end(), [&](const Grant& other) { return place(other) < place(grant); });
  }

  [[nodiscard]] bool holds(const ResourceId& id, const std::string& role) const {
    const auto grants = effective(id);
    return std::any_of(grants.begin(), grants.end(), [&](const Grant& grant) { return std::get<0>(grant) == role; });
  }

  [[nodiscard]] std::set<ResourceId> holders(const std::string& role) const {
    std::set<ResourceId> found;
    for (const auto& [id, user] : users) {
      if (holds(id, role)) found.insert(id);
    }
    return found;
  }

  /// Every protected role that somebody holds in `before` has a holder here.
  [[nodiscard]] bool keeps_protected_roles_of(const RolesModel& before) const {
    for (const auto& [name, role] : before.roles) {
      if (role.is_protected && !before.holders(name).empty() && holders(name).empty()) return false;
    }
    return true;
  }

  [[nodiscard]] const Group* listing_of(const std::string& role) const {
    for (const auto& [id, group] : groups) {
      if (group.stands_for == role) return &group;
    }
    return nullptr;
  }

  /// Nobody is in the group that stands for the role, and no admin's link hangs on it.
  [[nodiscard]] bool is_listing_unused(const std::string& role) const {
    for (const auto& [id, group] : groups) {
      if (group.stands_for != role) continue;
      if (!group.members.empty()) return false;
      for (const auto& [link_id, link] : links) {
        if (link.group == id && !link.is_listing) return false;
      }
    }
    return true;
  }

  [[nodiscard]] bool has_admin_link(const std::string& role) const {
    return std::any_of(links.begin(), links.end(),
                       [&](const auto& entry) { return entry.second.role == role && !entry.second.is_listing; });
  }

  /// A change of ceiling or permissions stands only if nobody loses by it: whatever is above the ceiling is unused.
  [[nodiscard]] bool is_consistent() const {
    for (const auto& [name, role] : roles) {
      if (is_allowed(name)) continue;
      if (name == default_role || has_admin_link(name) || !is_listing_unused(name)) return false;
    }
    return true;
  }

  /// Forgets the listings of roles that may not be granted.
  void delist_forbidden() {
    for (const auto& [name, role] : roles) {
      if (!is_allowed(name)) forget_listing(name);
    }
  }

  void forget_listing(const std::string& role) {
    for (auto group = groups.begin(); group != groups.end();) {
      if (group->second.stands_for != role) {
        ++group;
        continue;
      }
      std::erase_if(links, [&](const auto& entry) { return entry.second.group == group->first; });
      group = groups.erase(group);
    }
  }

  [[nodiscard]] bool may_remove_role(const std::string& name) const {
    if (roles.at(name).is_shipped || name == default_role || name == ceiling || has_admin_link(name)) return false;
    if (!is_listing_unused(name) || !holders(name).empty()) return false;
    return std::none_of(users.begin(), users.end(),
                        [&](const auto& entry) { return entry.second.direct.count(name) != 0; });
  }
};

}  // namespace rolecall::property
