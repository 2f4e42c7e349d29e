#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "rolecall/base/text.hpp"
#include "rolecall/store/admin_sessions.hpp"
#include "rolecall/store/api_tokens.hpp"
#include "rolecall/store/directories.hpp"
#include "rolecall/store/directory_events.hpp"
#include "rolecall/store/grant_history.hpp"
#include "rolecall/store/guard.hpp"
#include "rolecall/store/plans.hpp"
#include "rolecall/store/repositories.hpp"
#include "rolecall/store/request_log.hpp"
#include "rolecall/store/webhooks.hpp"

// The tables of memory_store.hpp and the repositories over them.

namespace rolecall::testing_support {

struct MemoryTables {
  using Key = std::pair<std::string, ResourceId>;  ///< type, id
  std::map<Key, store::ResourceRecord> resources;
  std::map<ResourceId, std::vector<resource::IndexEntry>> index;
  std::map<std::pair<ResourceId, ResourceId>, std::pair<std::string, Instant>> members;  ///< group, member
  std::map<std::pair<ResourceId, std::string>, store::ParkedMemberRecord> parked;        ///< group, value
  std::map<Key, store::TombstoneRecord> tombstones;
  std::map<ConnectionId, store::ConnectionRecord> connections;
  std::map<TokenId, store::TokenRecord> tokens;
  std::map<RoleId, access::Role> roles;
  std::map<std::string, RoleId> role_keys;
  std::map<ResourceId, store::RoleGroupRecord> role_groups;
  std::map<LinkId, store::LinkRecord> links;
  std::map<std::pair<ResourceId, RoleId>, store::DirectGrantRecord> direct;
  std::map<ResourceId, std::vector<access::Grant>> effective;
  std::map<PlanId, store::PlanRecord> plans;
  access::RoleMode role_mode = access::RoleMode::multi;
  std::map<std::string, store::KeptAnswer> answers;
  std::map<TokenId, store::ApiTokenRecord> api_tokens;
  std::map<SessionId, store::AdminSessionRecord> sessions;
  std::map<RequestId, store::LoggedRequest> logged;
  struct Loss {
    Instant at{};
    bool ends_access = false;
    bool is_restored = false;
  };
  std::map<ConnectionId, access::GuardSettings> guard_settings;
  std::map<std::pair<ConnectionId, ResourceId>, Loss> losses;
  std::map<std::string, store::TakenRecord> taken;
  std::map<WaveId, store::WaveRecord> waves;
  std::map<HeldChangeId, store::HeldChangeRecord> held;
  std::map<WebhookId, store::WebhookRecord> webhooks;
  std::map<std::int64_t, store::EventRecord> outbox;
  std::map<std::pair<WebhookId, std::int64_t>, store::DeliveryRecord> deliveries;
  std::map<DirectoryId, store::DirectoryRecord> directories;
  std::map<std::pair<DirectoryId, std::string>, store::EndedAccessRecord> ended_access;
  std::map<DirectoryId, std::string> directory_leases;
};

template <typename Map, typename Id>
auto look_up(const Map& map, const Id& key) {
  const auto found = map.find(key);
  using Record = std::optional<typename Map::mapped_type>;
  return Result<Record>(found == map.end() ? Record() : Record(found->second));
}

template <typename Map, typename F>
auto collect(const Map& map, F&& is_wanted) {
  std::vector<typename Map::mapped_type> found;
  for (const auto& [key, value] : map) {
    if (is_wanted(value)) found.push_back(value);
  }
  return Result<decltype(found)>(std::move(found));
}

inline constexpr auto kAny = [](const auto&) { return true; };

class MemoryResources final : public store::ResourceRepository {
 public:
  explicit MemoryResources(MemoryTables& tables_in) : tables(tables_in) {}

  Result<std::optional<store::ResourceRecord>> find(ConnectionId connection, std::string_view type,
                                                    const ResourceId& id) override {
    auto found = look_up(tables.resources, MemoryTables::Key(std::string(type), id));
    if (*found && (*found)->connection != connection) return std::optional<store::ResourceRecord>();
    return found;
  }
  Result<std::optional<store::ResourceRecord>> find_anywhere(std::string_view type, const ResourceId& id) override {
    return look_up(tables.resources, MemoryTables::Key(std::string(type), id));
  }
  Result<std::vector<store::ResourceRecord>> find_members(const ConnectionId& connection,
                                                          const std::vector<ResourceId>& ids) override {
    return collect(tables.resources, [&](const auto& row) {
      const bool is_one = row.type == "User" || row.type == "Group";
      return is_one && row.connection == connection && std::find(ids.begin(), ids.end(), row.id) != ids.end();
    });
  }
  Result<std::vector<store::ResourceRecord>> find_users(const std::vector<ResourceId>& ids) override {
    return collect(tables.resources, [&](const auto& row) {
      return row.type == "User" && std::find(ids.begin(), ids.end(), row.id) != ids.end();
    });
  }
  Result<std::vector<store::ResourceRecord>> find_by_key(std::string_view type, const std::string& key) override {
    return collect(tables.resources, [&](const auto& row) { return row.type == type && row.unique_key == key; });
  }
  Result<std::vector<store::ResourceRecord>> find_by_external_id(ConnectionId connection, std::string_view type,
                                                                 const std::string& external_id,
                                                                 std::int64_t limit) override {
    auto found = *collect(tables.resources, [&](const auto& row) {
      return row.type == type && row.connection == connection && !external_id.empty() && row.external_id == external_id;
    });
    if (found.size() > static_cast<std::size_t>(limit)) found.resize(static_cast<std::size_t>(limit));
    return found;
  }
  Result<void> insert(const store::ResourceRecord& record, const std::vector<resource::IndexEntry>& index) override {
    for (const auto& [key, row] : tables.resources) {
      const bool is_same_scope = record.type == "User" || row.connection == record.connection;
      if (row.type == record.type && row.unique_key == record.unique_key && is_same_scope) {
        return fail(ErrorCode::uniqueness, "taken");
      }
    }
    tables.resources[{record.type, record.id}] = record;
    tables.index[record.id] = index;
    return {};
  }
  Result<bool> update(const store::ResourceRecord& record, const std::vector<resource::IndexEntry>& index,
                      Version expected) override {
    const auto found = tables.resources.find({record.type, record.id});
    if (found == tables.resources.end() || found->second.version != expected) return false;
    found->second = record;
    tables.index[record.id] = index;
    return true;
  }
  Result<bool> hand_over(const store::ResourceRecord& record, Version expected) override {
    return update(record, tables.index[record.id], expected);
  }
  Result<void> touch(std::string_view type, const ResourceId& id, Instant at) override {
    const auto found = tables.resources.find({std::string(type), id});
    if (found == tables.resources.end()) return {};
    ++found->second.version.number;
    found->second.last_modified = at;
    return {};
  }
  Result<void> touch_all(std::string_view type, const std::vector<ResourceId>& ids, Instant at) override {
    for (const auto& id : ids) ROLECALL_TRY(touch(type, id, at));
    return {};
  }
  Result<void> touch_members_of(const ResourceId& group, Instant at) override {
    for (const auto& [key, value] : tables.members) {
      if (key.first == group) ROLECALL_TRY(touch("User", key.second, at));
    }
    return {};
  }
  Result<bool> remove(std::string_view type, const ResourceId& id) override {
    std::erase_if(tables.members,
                  [&](const auto& entry) { return entry.first.first == id || entry.first.second == id; });
    tables.index.erase(id);
    std::erase_if(tables.parked, [&](const auto& entry) { return entry.first.first == id; });
    return tables.resources.erase({std::string(type), id}) != 0;
  }
  Result<store::ResourcePage> query(ConnectionId, const store::ResourceQuery&) override {
    return internal_error("this store answers no SCIM queries");
  }
  Result<std::vector<store::ResourceRecord>> list(std::string_view type, const store::NamePlace& after,
                                                  std::int64_t limit) override {
    const auto place = [](const auto& row) { return std::tie(row.unique_key, row.id); };
    auto found = *collect(tables.resources, [&](const auto& row) {
      return row.type == type && place(row) > std::tie(after.key, after.id);
    });
    std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
    if (found.size() > static_cast<std::size_t>(limit)) found.resize(static_cast<std::size_t>(limit));
    return found;
  }
  Result<std::int64_t> count(std::string_view type) override {
    return std::count_if(tables.resources.begin(), tables.resources.end(),
                         [&](const auto& entry) { return entry.second.type == type; });
  }
  Result<std::vector<store::ResourceRecord>> find_anywhere_by_external_id(std::string_view type,
                                                                          const std::string& external_id,
                                                                          std::int64_t limit) override {
    auto found = *collect(tables.resources, [&](const auto& row) {
      return row.type == type && row.external_id == external_id && !external_id.empty();
    });
    if (found.size() > static_cast<std::size_t>(limit)) found.resize(static_cast<std::size_t>(limit));
    return found;
  }
  Result<std::vector<ResourceId>> candidates(const schema::ResourceType& type,
                                             const std::optional<store::AttributeValue>&, const ResourceId& after,
                                             std::int64_t limit) override {
    std::vector<ResourceId> found;
    for (auto row = tables.resources.upper_bound({type.name, after}); row != tables.resources.end(); ++row) {
      if (row->first.first != type.name || found.size() == static_cast<std::size_t>(limit)) break;
      found.push_back(row->first.second);
    }
    return found;
  }

 private:
  MemoryTables& tables;
};

class MemoryMembers final : public store::MemberRepository {
 public:
  explicit MemoryMembers(MemoryTables& tables_in) : tables(tables_in) {}

  Result<bool> add(const ResourceId& group, const ResourceId& member, std::string_view type, Instant at) override {
    return tables.members.try_emplace({group, member}, std::string(type), at).second;
  }
  Result<bool> remove(const ResourceId& group, const ResourceId& member) override {
    return tables.members.erase({group, member}) != 0;
  }
  Result<std::vector<ResourceId>> add_all(const ResourceId& group, const std::vector<store::NewMember>& members,
                                          Instant at) override {
    std::vector<ResourceId> added;
    for (const auto& [member, type] : members) {
      if (*add(group, member, type, at)) added.push_back(member);
    }
    return added;
  }
  Result<std::vector<ResourceId>> remove_all(const ResourceId& group, const std::vector<ResourceId>& members) override {
    std::vector<ResourceId> removed;
    for (const auto& member : members) {
      if (*remove(group, member)) removed.push_back(member);
    }
    return removed;
  }
  Result<bool> contains(const ResourceId& group, const ResourceId& member) override {
    return tables.members.count({group, member}) != 0;
  }
  Result<std::int64_t> count(const ResourceId& group) override {
    return std::count_if(tables.members.begin(), tables.members.end(),
                         [&](const auto& entry) { return entry.first.first == group; });
  }
  Result<std::vector<store::MemberRecord>> page(const ResourceId& group, const ResourceId& after,
                                                std::int64_t limit) override {
    std::vector<store::MemberRecord> found;
    for (auto row = tables.members.upper_bound({group, after}); row != tables.members.end(); ++row) {
      if (row->first.first != group || found.size() == static_cast<std::size_t>(limit)) break;
      const auto& [type, added] = row->second;
      found.push_back({row->first.second, type, display_of(type, row->first.second), added});
    }
    return found;
  }
  Result<std::vector<store::MembershipRecord>> groups_of(const ResourceId& member) override {
    std::vector<store::MembershipRecord> found;
    for (const auto& [key, value] : tables.members) {
      if (key.second == member) found.push_back({key.first, display_of("Group", key.first), value.second});
    }
    return found;
  }
  Result<std::vector<std::pair<ResourceId, store::MembershipRecord>>> groups_of_all(
      const std::vector<ResourceId>& all) override {
    std::vector<std::pair<ResourceId, store::MembershipRecord>> found;
    for (const auto& member : all) {
      const auto memberships = groups_of(member);
      for (const auto& membership : *memberships) found.emplace_back(member, membership);
    }
    return found;
  }
  Result<std::vector<store::MembershipRecord>> groups_above(const ResourceId& group) override {
    std::map<ResourceId, store::MembershipRecord> above;
    std::vector<ResourceId> waiting{group};
    while (!waiting.empty()) {
      const ResourceId held = waiting.back();
      waiting.pop_back();
      for (const auto& [key, value] : tables.members) {
        if (key.second != held) continue;
        store::MembershipRecord membership;
        membership.group = key.first;
        membership.display = display_of("Group", key.first);
        membership.is_direct = false;
        if (above.emplace(key.first, membership).second) waiting.push_back(key.first);
      }
    }
    std::vector<store::MembershipRecord> found;
    for (auto& [id, membership] : above) found.push_back(std::move(membership));
    return found;
  }

 private:
  std::string display_of(const std::string& type, const ResourceId& id) {
    const auto found = tables.resources.find({type, id});
    return found == tables.resources.end() ? std::string() : found->second.display;
  }

  MemoryTables& tables;
};

class MemoryConnections final : public store::ConnectionRepository {
 public:
  explicit MemoryConnections(MemoryTables& tables_in) : tables(tables_in) {}

  Result<void> insert(const store::ConnectionRecord& connection) override {
    tables.connections[connection.id] = connection;
    return {};
  }
  Result<void> update(const store::ConnectionRecord& connection) override { return insert(connection); }
  Result<std::optional<store::ConnectionRecord>> find(const ConnectionId& id) override {
    return look_up(tables.connections, id);
  }
  Result<std::optional<store::ConnectionRecord>> find_by_name(const std::string& name) override {
    for (const auto& [id, connection] : tables.connections) {
      if (connection.name == name) return std::optional<store::ConnectionRecord>(connection);
    }
    return std::optional<store::ConnectionRecord>();
  }
  Result<std::vector<store::ConnectionRecord>> list() override { return collect(tables.connections, kAny); }

 private:
  MemoryTables& tables;
};

class MemoryTokens final : public store::TokenRepository {
 public:
  explicit MemoryTokens(MemoryTables& tables_in) : tables(tables_in) {}

  Result<void> insert(const store::TokenRecord& token) override {
    tables.tokens[token.id] = token;
    return {};
  }
  Result<std::vector<store::TokenRecord>> list() override { return collect(tables.tokens, kAny); }
  Result<bool> revoke(const TokenId& id, Instant at) override {
    const auto found = tables.tokens.find(id);
    if (found == tables.tokens.end() || found->second.revoked) return false;
    found->second.revoked = at;
    return true;
  }
  Result<bool> set_rotation(const TokenId& id, const std::optional<TokenId>& successor,
                            const std::optional<Instant>& retires) override {
    const auto found = tables.tokens.find(id);
    if (found == tables.tokens.end() || found->second.revoked) return false;
    found->second.successor = successor;
    found->second.retires = retires;
    return true;
  }
  Result<std::vector<TokenId>> revoke_of(const ResourceId& user, Instant at) override {
    std::vector<TokenId> revoked;
    for (auto& [id, token] : tables.tokens) {
      if (token.user != user || token.revoked) continue;
      token.revoked = at;
      revoked.push_back(id);
    }
    return revoked;
  }

 private:
  MemoryTables& tables;
};

class MemoryRoles final : public store::RoleRepository {
 public:
  explicit MemoryRoles(MemoryTables& tables_in) : tables(tables_in) {}

  Result<void> insert(const access::Role& role, const std::string& name_key, Instant) override {
    if (*find_by_key(name_key)) return fail(ErrorCode::uniqueness, "taken");
    tables.roles[role.id] = role;
    tables.role_keys[name_key] = role.id;
    return {};
  }
  Result<void> update(const access::Role& role, const std::string&) override {
    tables.roles[role.id] = role;
    return {};
  }
  Result<bool> remove(const RoleId& id) override {
    std::erase_if(tables.role_keys, [&](const auto& entry) { return entry.second == id; });
    return tables.roles.erase(id) != 0;
  }
  Result<std::optional<access::Role>> find(const RoleId& id) override { return look_up(tables.roles, id); }
  Result<std::optional<access::Role>> find_by_key(const std::string& name_key) override {
    const auto found = tables.role_keys.find(name_key);
    if (found == tables.role_keys.end()) return std::optional<access::Role>();
    return look_up(tables.roles, found->second);
  }
  Result<std::vector<access::Role>> list() override {
    auto found = *collect(tables.roles, kAny);
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return std::tie(a.rank, a.name) < std::tie(b.rank, b.name); });
    return found;
  }
  Result<bool> has_permission(const RoleId& id, std::string_view permission) override {
    const auto found = tables.roles.find(id);
    return found != tables.roles.end() &&
           std::binary_search(found->second.permissions.begin(), found->second.permissions.end(), permission);
  }
  Result<void> insert_group(const store::RoleGroupRecord& role_group) override {
    tables.role_groups[role_group.group] = role_group;
    return {};
  }
  Result<std::optional<store::RoleGroupRecord>> find_group(const ResourceId& group) override {
    return look_up(tables.role_groups, group);
  }
  Result<void> claim_group(const ResourceId& group) override {
    const auto found = tables.role_groups.find(group);
    if (found != tables.role_groups.end()) found->second.relisted = false;
    return {};
  }
  Result<bool> remove_group(const ResourceId& group) override { return tables.role_groups.erase(group) != 0; }
  Result<std::vector<store::RoleGroupRecord>> groups_of(const RoleId& role) override {
    return collect(tables.role_groups, [&](const auto& row) { return row.role == role; });
  }

 private:
  MemoryTables& tables;
};

class MemoryLinks final : public store::LinkRepository {
 public:
  explicit MemoryLinks(MemoryTables& tables_in) : tables(tables_in) {}

  Result<void> insert(const store::LinkRecord& link) override {
    for (const auto& [id, row] : tables.links) {
      if (row.group == link.group && row.role == link.role && row.state != store::LinkState::orphaned) {
        return fail(ErrorCode::uniqueness, "linked");
      }
    }
    tables.links[link.id] = link;
    return {};
  }
  Result<std::optional<store::LinkRecord>> find(const LinkId& id) override {
    auto found = look_up(tables.links, id);
    if (*found) name(**found);
    return found;
  }
  Result<std::vector<store::LinkRecord>> list() override { return named(collect(tables.links, kAny)); }
  Result<std::vector<store::LinkRecord>> of_group(const ResourceId& group) override {
    return named(collect(tables.links, [&](const auto& row) { return row.group == group; }));
  }
  Result<std::vector<store::LinkRecord>> of_role(const RoleId& role) override {
    return named(collect(tables.links, [&](const auto& row) { return row.role == role; }));
  }
  Result<bool> set_state(const LinkId& id, store::LinkState state) override {
    const auto found = tables.links.find(id);
    if (found == tables.links.end()) return false;
    found->second.state = state;
    name(found->second);
    return true;
  }
  Result<bool> approve(const LinkId& id, const std::string& by, Instant at) override {
    const auto found = tables.links.find(id);
    if (found == tables.links.end()) return false;
    found->second.approved_by = by;
    found->second.approved = at;
    return true;
  }
  Result<void> hand_over(const ResourceId& group, const ConnectionId& connection) override {
    for (auto& [id, link] : tables.links) {
      if (link.group == group) link.connection = connection;
    }
    return {};
  }
  Result<bool> remove(const LinkId& id) override { return tables.links.erase(id) != 0; }

 private:
  void name(store::LinkRecord& link) const {
    const auto group = tables.resources.find({"Group", link.group});
    if (group != tables.resources.end()) link.group_name = group->second.display;
  }
  Result<std::vector<store::LinkRecord>> named(Result<std::vector<store::LinkRecord>> links) const {
    for (auto& link : *links) name(link);
    return links;
  }
  MemoryTables& tables;
};

class MemoryAnswers final : public store::AnswerRepository {
 public:
  explicit MemoryAnswers(MemoryTables& tables_in) : tables(tables_in) {}

  Result<std::optional<store::KeptAnswer>> find(const std::string& key) override {
    return look_up(tables.answers, key);
  }
  Result<void> keep(const store::KeptAnswer& answer) override {
    if (!tables.answers.emplace(answer.key, answer).second) return fail(ErrorCode::uniqueness, "taken");
    return {};
  }
  Result<void> forget_until(Instant at) override {
    std::erase_if(tables.answers, [&](const auto& entry) { return entry.second.at <= at; });
    return {};
  }
  Result<void> keep_newest(std::int64_t count) override {
    std::vector<Instant> ages;
    for (const auto& [key, answer] : tables.answers) ages.push_back(answer.at);
    std::sort(ages.rbegin(), ages.rend());
    if (ages.size() <= static_cast<std::size_t>(count)) return {};
    return forget_until(ages[static_cast<std::size_t>(count)]);
  }

 private:
  MemoryTables& tables;
};

}  // namespace rolecall::testing_support
