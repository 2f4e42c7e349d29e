#pragma once

#include "memory_repositories.hpp"

namespace rolecall::testing_support {

class MemoryGrants final : public store::GrantRepository {
 public:
  explicit MemoryGrants(MemoryTables& tables_in) : tables(tables_in) {}

  Result<std::vector<access::EffectiveInputs::LinkedRole>> linked_roles_of(const ResourceId& user) override {
    std::vector<access::EffectiveInputs::LinkedRole> found;
    for (const auto& [id, link] : tables.links) {
      if (link.state != store::LinkState::active || tables.members.count({link.group, user}) == 0) continue;
      found.push_back({link.role, id, link.group});
    }
    return found;
  }
  Result<std::vector<store::DirectGrantRecord>> direct_of(const ResourceId& user) override {
    return collect(tables.direct, [&](const auto& row) { return row.user == user; });
  }
  Result<std::vector<store::GrantState>> states_of(const std::vector<ResourceId>& users) override {
    std::vector<store::GrantState> states;
    for (const auto& user : users) {
      store::GrantState& state = states.emplace_back();
      const auto linked = linked_roles_of(user);
      for (const auto& role : *linked) {
        const store::LinkRecord& link = tables.links.at(role.link);
        state.linked.push_back({role, link.made_by, link.made, tables.members.at({role.group, user}).second});
      }
      state.direct = *direct_of(user);
      state.effective = *effective_of(user);
    }
    return states;
  }
  Result<void> change_effective(const std::vector<store::UserGrant>& ended,
                                const std::vector<store::UserGrant>& begun) override {
    for (const auto& [user, grant] : ended) std::erase(tables.effective[user], grant);
    for (const auto& [user, grant] : begun) {
      auto& grants = tables.effective[user];
      grants.insert(std::upper_bound(grants.begin(), grants.end(), grant), grant);
    }
    return {};
  }
  Result<std::vector<store::DirectGrantRecord>> direct_of_role(const RoleId& role, const ResourceId& after,
                                                               std::int64_t limit) override {
    std::vector<store::DirectGrantRecord> found;
    for (const auto& [key, grant] : tables.direct) {
      if (found.size() == static_cast<std::size_t>(limit)) break;
      if (key.second == role && after < key.first) found.push_back(grant);
    }
    return found;
  }
  Result<bool> add_direct(const store::DirectGrantRecord& grant) override {
    return tables.direct.try_emplace({grant.user, grant.role}, grant).second;
  }
  Result<bool> remove_direct(const ResourceId& user, const RoleId& role) override {
    return tables.direct.erase({user, role}) != 0;
  }
  Result<std::vector<access::Grant>> effective_of(const ResourceId& user) override {
    const auto found = tables.effective.find(user);
    return found == tables.effective.end() ? std::vector<access::Grant>() : found->second;
  }
  Result<void> replace_effective(const ResourceId& user, const std::vector<access::Grant>& grants) override {
    tables.effective[user] = grants;
    return {};
  }
  Result<std::vector<std::string>> permissions_of(const ResourceId& user, std::string_view from,
                                                  std::string_view to) override {
    std::set<std::string> found;
    const auto grants = effective_of(user);
    for (const auto& grant : *grants) {
      const auto role = tables.roles.find(grant.role);
      if (role == tables.roles.end()) continue;
      for (const auto& permission : role->second.permissions) {
        if (from <= permission && permission < to) found.insert(permission);
      }
    }
    return std::vector<std::string>(found.begin(), found.end());
  }
  Result<std::vector<ResourceId>> holders_of_permission(std::string_view permission, const ResourceId& after,
                                                        std::int64_t limit) override {
    std::vector<ResourceId> found;
    for (auto row = tables.effective.upper_bound(after); row != tables.effective.end(); ++row) {
      if (found.size() == static_cast<std::size_t>(limit)) break;
      const auto held = permissions_of(row->first, permission, std::string(permission) + '\0');
      if (!held->empty()) found.push_back(row->first);
    }
    return found;
  }
  Result<std::vector<ResourceId>> holders_of(const RoleId& role) override {
    std::vector<ResourceId> found;
    for (const auto& [user, grants] : tables.effective) {
      if (std::any_of(grants.begin(), grants.end(), [&](const auto& grant) { return grant.role == role; })) {
        found.push_back(user);
      }
    }
    return found;
  }
  Result<std::vector<ResourceId>> users_in(const ResourceId& group, const ResourceId& after,
                                           std::int64_t limit) override {
    std::vector<ResourceId> found;
    for (auto row = tables.members.upper_bound({group, after}); row != tables.members.end(); ++row) {
      if (row->first.first != group || found.size() == static_cast<std::size_t>(limit)) break;
      if (row->second.first == "User") found.push_back(row->first.second);
    }
    return found;
  }
  Result<std::vector<ResourceId>> users_by_default(const ConnectionId& connection, const ResourceId& after,
                                                   std::int64_t limit) override {
    std::vector<ResourceId> found;
    for (auto row = tables.effective.upper_bound(after); row != tables.effective.end(); ++row) {
      if (found.size() == static_cast<std::size_t>(limit)) break;
      const auto user = tables.resources.find({"User", row->first});
      const bool is_theirs = user != tables.resources.end() && user->second.connection == connection;
      if (is_theirs && row->second.size() == 1 && row->second.front().cause == access::CauseKind::default_role) {
        found.push_back(row->first);
      }
    }
    return found;
  }
  Result<std::vector<store::NamedRoleRecord>> named_roles_of(const ResourceId& user) override {
    std::vector<store::NamedRoleRecord> found;
    for (const auto& entry : tables.index[user]) {
      if (!is_asserting(entry)) continue;
      for (const auto& [name_key, id] : tables.role_keys) {
        if (name_key == entry.key || id.value() == entry.key) {
          found.push_back({entry.path, entry.element, entry.key, id});
        }
      }
    }
    return found;
  }
  Result<std::vector<ResourceId>> users_asserting(const ConnectionId& connection, const ResourceId& after,
                                                  std::int64_t limit) override {
    return users_with_index(after, limit, [&](const store::ResourceRecord& user, const resource::IndexEntry& entry) {
      return user.connection == connection && is_asserting(entry);
    });
  }
  Result<std::vector<ResourceId>> users_asserting_text(const std::string& key, const ResourceId& after,
                                                       std::int64_t limit) override {
    return users_with_index(after, limit, [&](const store::ResourceRecord&, const resource::IndexEntry& entry) {
      return is_asserting(entry) && entry.key == key;
    });
  }
  Result<std::vector<store::HeldRoleRecord>> held_by(const ResourceId& user) override {
    std::vector<store::HeldRoleRecord> found;
    for (const auto& grant : tables.effective[user]) {
      const auto is_same = [&](const auto& held) { return held.role == grant.role && held.cause == grant.cause; };
      const access::Role& role = tables.roles.at(grant.role);
      if (!role.is_protected && std::none_of(found.begin(), found.end(), is_same)) {
        found.push_back({grant.role, role.name, grant.cause});
      }
    }
    return found;
  }
  Result<std::vector<std::pair<ResourceId, store::HeldRoleRecord>>> held_by_all(
      const std::vector<ResourceId>& users) override {
    std::vector<std::pair<ResourceId, store::HeldRoleRecord>> found;
    for (const auto& user : users) {
      const auto held = held_by(user);
      for (const auto& role : *held) found.emplace_back(user, role);
    }
    return found;
  }
  Result<std::vector<ResourceId>> users_with_sent_default(const std::string& name_key, const ResourceId& after,
                                                          std::int64_t limit) override {
    std::vector<ResourceId> found;
    for (auto row = tables.resources.upper_bound({"User", after}); row != tables.resources.end(); ++row) {
      if (row->first.first != "User" || found.size() == static_cast<std::size_t>(limit)) break;
      // The names in these tests are ASCII.
      if (ascii_lower(row->second.default_role) == name_key) found.push_back(row->first.second);
    }
    return found;
  }

 private:
  static bool is_asserting(const resource::IndexEntry& entry) {
    return entry.path == "roles.value" || entry.path == "roles.display" || entry.path == "entitlements.value" ||
           entry.path == "entitlements.display";
  }
  template <typename F>
  Result<std::vector<ResourceId>> users_with_index(const ResourceId& after, std::int64_t limit, F&& is_wanted) {
    std::vector<ResourceId> found;
    for (auto row = tables.index.upper_bound(after); row != tables.index.end(); ++row) {
      const auto user = tables.resources.find({"User", row->first});
      if (user == tables.resources.end() || found.size() == static_cast<std::size_t>(limit)) continue;
      const bool is_it = std::any_of(row->second.begin(), row->second.end(),
                                     [&](const auto& entry) { return is_wanted(user->second, entry); });
      if (is_it) found.push_back(row->first);
    }
    return found;
  }

  MemoryTables& tables;
};

}  // namespace rolecall::testing_support
