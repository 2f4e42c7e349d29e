#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/store/query.hpp"
#include "rolecall/store/records.hpp"

// Repositories: each is bound to one workspace when it is obtained, so a query without a tenant cannot be written.
// Methods that take a ConnectionId see that connection's rows only. All belong to one unit of work and one thread.
// Errors: `uniqueness` (with `attribute` naming the key), `unavailable` (busy, time-out, connection lost), `internal`.

namespace rolecall::store {

class ResourceRepository {
 public:
  virtual ~ResourceRepository() = default;
  [[nodiscard]] virtual Result<std::optional<ResourceRecord>> find(ConnectionId connection, std::string_view type,
                                                                   const ResourceId& id) = 0;
  /// In any connection: for administration and decisions.
  [[nodiscard]] virtual Result<std::optional<ResourceRecord>> find_anywhere(std::string_view type,
                                                                            const ResourceId& id) = 0;
  /// By canonical userName or displayName. Users are unique in the workspace, groups in their connection.
  [[nodiscard]] virtual Result<std::vector<ResourceRecord>> find_by_key(std::string_view type,
                                                                        const std::string& unique_key) = 0;
  /// Of this connection, in order of id, `limit` rows at most: an externalId need not be unique.
  [[nodiscard]] virtual Result<std::vector<ResourceRecord>> find_by_external_id(ConnectionId connection,
                                                                                std::string_view type,
                                                                                const std::string& external_id,
                                                                                std::int64_t limit) = 0;
  /// Writes row and index rows. `uniqueness` when the key is taken: in the workspace for users, in the connection for
  /// groups.
  [[nodiscard]] virtual Result<void> insert(const ResourceRecord& record,
                                            const std::vector<resource::IndexEntry>& index) = 0;
  /// Compare-and-set: writes only if the stored version is `expected`, then stores `record.version`; false when it was
  /// not (or the row is gone). Index rows that did not change are left alone.
  [[nodiscard]] virtual Result<bool> update(const ResourceRecord& record,
                                            const std::vector<resource::IndexEntry>& index, Version expected) = 0;
  /// Compare-and-set as `update`, for a record whose connection, externalId and document changed and whose other
  /// attributes did not. `uniqueness` when the new connection has a group of that name.
  [[nodiscard]] virtual Result<bool> hand_over(const ResourceRecord& record, Version expected) = 0;
  /// Version + 1 and last_modified, for changes that live outside the document (members, groups).
  [[nodiscard]] virtual Result<void> touch(std::string_view type, const ResourceId& id, Instant at) = 0;
  /// `touch` of every user that is a member of the group, directly or through other groups, in one statement: their
  /// `groups` shows a new name, wins or loses one.
  [[nodiscard]] virtual Result<void> touch_members_of(const ResourceId& group, Instant at) = 0;
  /// Removes row, index rows and memberships (as group and as member, and who is parked). False when there was none.
  [[nodiscard]] virtual Result<bool> remove(std::string_view type, const ResourceId& id) = 0;
  [[nodiscard]] virtual Result<ResourcePage> query(ConnectionId connection, const ResourceQuery& query) = 0;
  /// Whole workspace, by name and then id, for administration; `after` is the place of the last of the previous page.
  [[nodiscard]] virtual Result<std::vector<ResourceRecord>> list(std::string_view type, const NamePlace& after,
                                                                 std::int64_t limit) = 0;
  [[nodiscard]] virtual Result<std::int64_t> count(std::string_view type) = 0;
  // For decisions, over all connections.
  /// `limit` at most: an externalId need not be unique.
  [[nodiscard]] virtual Result<std::vector<ResourceRecord>> find_anywhere_by_external_id(std::string_view type,
                                                                                         const std::string& external_id,
                                                                                         std::int64_t limit) = 0;
  /// Ids after `after`, in order and `limit` at most. All resources of the type that have the value are among them; so
  /// may be others, where no index tells them apart.
  [[nodiscard]] virtual Result<std::vector<ResourceId>> candidates(const schema::ResourceType& type,
                                                                   const std::optional<AttributeValue>& wanted,
                                                                   const ResourceId& after, std::int64_t limit) = 0;
  // Of many at once.
  /// The Users and Groups of this connection that have one of these ids, in no order.
  [[nodiscard]] virtual Result<std::vector<ResourceRecord>> find_members(const ConnectionId& connection,
                                                                         const std::vector<ResourceId>& ids) = 0;
  /// The Users that have one of these ids, in any connection and in no order.
  [[nodiscard]] virtual Result<std::vector<ResourceRecord>> find_users(const std::vector<ResourceId>& ids) = 0;
  /// `touch` of each; an id is named once.
  [[nodiscard]] virtual Result<void> touch_all(std::string_view type, const std::vector<ResourceId>& ids,
                                               Instant at) = 0;
};

class MemberRepository {
 public:
  virtual ~MemberRepository() = default;
  /// False when it already was one.
  [[nodiscard]] virtual Result<bool> add(const ResourceId& group, const ResourceId& member,
                                         std::string_view member_type, Instant at) = 0;
  /// False when it was none.
  [[nodiscard]] virtual Result<bool> remove(const ResourceId& group, const ResourceId& member) = 0;
  [[nodiscard]] virtual Result<bool> contains(const ResourceId& group, const ResourceId& member) = 0;
  [[nodiscard]] virtual Result<std::int64_t> count(const ResourceId& group) = 0;
  /// In order of member id, `after` exclusive; `limit` rows at most.
  [[nodiscard]] virtual Result<std::vector<MemberRecord>> page(const ResourceId& group, const ResourceId& after,
                                                               std::int64_t limit) = 0;
  /// Direct memberships.
  [[nodiscard]] virtual Result<std::vector<MembershipRecord>> groups_of(const ResourceId& member) = 0;
  /// The same for many members at once (a page of users): pairs of member and group.
  [[nodiscard]] virtual Result<std::vector<std::pair<ResourceId, MembershipRecord>>> groups_of_all(
      const std::vector<ResourceId>& members) = 0;
  /// The groups that hold this group, directly or through others, each once and in order of id, not as direct. Groups
  /// may hold each other in a circle; then the group is among them.
  [[nodiscard]] virtual Result<std::vector<MembershipRecord>> groups_above(const ResourceId& group) = 0;
  // Of many at once.
  /// Which of them were none before, in no order; each is named once.
  [[nodiscard]] virtual Result<std::vector<ResourceId>> add_all(const ResourceId& group,
                                                                const std::vector<NewMember>& members, Instant at) = 0;
  /// Which of them were members, in no order.
  [[nodiscard]] virtual Result<std::vector<ResourceId>> remove_all(const ResourceId& group,
                                                                   const std::vector<ResourceId>& members) = 0;
};

class TombstoneRepository {
 public:
  virtual ~TombstoneRepository() = default;
  /// Replaces one of this type and id.
  [[nodiscard]] virtual Result<void> insert(const TombstoneRecord& tombstone) = 0;
  /// The one that a resource of this name and externalId is the return of, among those of the connection that were
  /// deleted at `since` or later. The externalId decides: the newest tombstone that has it. Where one side has none,
  /// the newest one of that name; a tombstone with another externalId is somebody else, whatever the name.
  [[nodiscard]] virtual Result<std::optional<TombstoneRecord>> find(const ConnectionId& connection,
                                                                    std::string_view type,
                                                                    const std::string& unique_key,
                                                                    const std::string& external_id, Instant since) = 0;
  /// False when there was none.
  [[nodiscard]] virtual Result<bool> remove(std::string_view type, const ResourceId& id) = 0;
  /// Removes those deleted before `before`, the oldest first, `limit` at most; how many.
  [[nodiscard]] virtual Result<std::int64_t> prune(Instant before, std::int64_t limit) = 0;
};

class ParkedMemberRepository {
 public:
  virtual ~ParkedMemberRepository() = default;
  /// False when that value was parked in that group already.
  [[nodiscard]] virtual Result<bool> add(const ParkedMemberRecord& parked) = 0;
  /// False when there was none.
  [[nodiscard]] virtual Result<bool> remove(const ResourceId& group, const std::string& value) = 0;
  [[nodiscard]] virtual Result<std::int64_t> count(const ResourceId& group) = 0;
  /// In order of value, `after` exclusive; `limit` rows at most.
  [[nodiscard]] virtual Result<std::vector<ParkedMemberRecord>> page(const ResourceId& group, const std::string& after,
                                                                     std::int64_t limit) = 0;
  /// In which groups of the connection this value is parked, in order of group, `after` exclusive.
  [[nodiscard]] virtual Result<std::vector<ParkedMemberRecord>> waiting_for(const ConnectionId& connection,
                                                                            const std::string& value,
                                                                            const ResourceId& after,
                                                                            std::int64_t limit) = 0;
};

class ConnectionRepository {
 public:
  virtual ~ConnectionRepository() = default;
  [[nodiscard]] virtual Result<void> insert(const ConnectionRecord& connection) = 0;
  [[nodiscard]] virtual Result<void> update(const ConnectionRecord& connection) = 0;
  [[nodiscard]] virtual Result<std::optional<ConnectionRecord>> find(const ConnectionId& id) = 0;
  [[nodiscard]] virtual Result<std::optional<ConnectionRecord>> find_by_name(const std::string& name) = 0;
  [[nodiscard]] virtual Result<std::vector<ConnectionRecord>> list() = 0;
};

class TokenRepository {
 public:
  virtual ~TokenRepository() = default;
  [[nodiscard]] virtual Result<void> insert(const TokenRecord& token) = 0;
  [[nodiscard]] virtual Result<std::vector<TokenRecord>> list() = 0;
  /// False when there is none of that id in the workspace, or it was revoked before.
  [[nodiscard]] virtual Result<bool> revoke(const TokenId& id, Instant at) = 0;
  /// Begins a rotation of a token that is not revoked, or ends it when both are none; false without such a token.
  [[nodiscard]] virtual Result<bool> set_rotation(const TokenId& id, const std::optional<TokenId>& successor,
                                                  const std::optional<Instant>& retires) = 0;
  /// Revokes the tokens that stand for this user; which.
  [[nodiscard]] virtual Result<std::vector<TokenId>> revoke_of(const ResourceId& user, Instant at) = 0;
};

class RoleRepository {
 public:
  virtual ~RoleRepository() = default;
  /// `uniqueness` when the name's canonical key is taken.
  [[nodiscard]] virtual Result<void> insert(const access::Role& role, const std::string& name_key, Instant at) = 0;
  /// Name, description, rank, permissions.
  [[nodiscard]] virtual Result<void> update(const access::Role& role, const std::string& name_key) = 0;
  [[nodiscard]] virtual Result<bool> remove(const RoleId& id) = 0;
  [[nodiscard]] virtual Result<std::optional<access::Role>> find(const RoleId& id) = 0;
  [[nodiscard]] virtual Result<std::optional<access::Role>> find_by_key(const std::string& name_key) = 0;
  [[nodiscard]] virtual Result<std::vector<access::Role>> list() = 0;  ///< by rank, then name
  [[nodiscard]] virtual Result<bool> has_permission(const RoleId& id, std::string_view permission) = 0;
  // The groups that stand for roles.
  [[nodiscard]] virtual Result<void> insert_group(const RoleGroupRecord& role_group) = 0;
  [[nodiscard]] virtual Result<std::optional<RoleGroupRecord>> find_group(const ResourceId& group) = 0;
  [[nodiscard]] virtual Result<void> claim_group(const ResourceId& group) = 0;  ///< relisted := false
  [[nodiscard]] virtual Result<bool> remove_group(const ResourceId& group) = 0;
  [[nodiscard]] virtual Result<std::vector<RoleGroupRecord>> groups_of(const RoleId& role) = 0;
};

class LinkRepository {
 public:
  virtual ~LinkRepository() = default;
  /// `uniqueness` when that group and role are linked already (orphaned links aside).
  [[nodiscard]] virtual Result<void> insert(const LinkRecord& link) = 0;
  [[nodiscard]] virtual Result<std::optional<LinkRecord>> find(const LinkId& id) = 0;
  [[nodiscard]] virtual Result<std::vector<LinkRecord>> list() = 0;
  [[nodiscard]] virtual Result<std::vector<LinkRecord>> of_group(const ResourceId& group) = 0;
  [[nodiscard]] virtual Result<std::vector<LinkRecord>> of_role(const RoleId& role) = 0;
  [[nodiscard]] virtual Result<bool> set_state(const LinkId& id, LinkState state) = 0;
  [[nodiscard]] virtual Result<bool> approve(const LinkId& id, const std::string& by, Instant at) = 0;
  /// The group went to another connection, and its links with it.
  [[nodiscard]] virtual Result<void> hand_over(const ResourceId& group, const ConnectionId& connection) = 0;
  [[nodiscard]] virtual Result<bool> remove(const LinkId& id) = 0;
};

class GrantRepository {
 public:
  virtual ~GrantRepository() = default;
  /// Active links of the groups this user is a member of.
  [[nodiscard]] virtual Result<std::vector<access::EffectiveInputs::LinkedRole>> linked_roles_of(
      const ResourceId& user) = 0;
  [[nodiscard]] virtual Result<std::vector<DirectGrantRecord>> direct_of(const ResourceId& user) = 0;
  /// Of whomever, active or not, in order of user, `after` exclusive; `limit` rows at most.
  [[nodiscard]] virtual Result<std::vector<DirectGrantRecord>> direct_of_role(const RoleId& role,
                                                                              const ResourceId& after,
                                                                              std::int64_t limit) = 0;
  [[nodiscard]] virtual Result<bool> add_direct(const DirectGrantRecord& grant) = 0;  ///< false when there already
  [[nodiscard]] virtual Result<bool> remove_direct(const ResourceId& user, const RoleId& role) = 0;
  /// The stored effective grants.
  [[nodiscard]] virtual Result<std::vector<access::Grant>> effective_of(const ResourceId& user) = 0;
  [[nodiscard]] virtual Result<void> replace_effective(const ResourceId& user,
                                                       const std::vector<access::Grant>& grants) = 0;
  /// The permissions that the user's effective roles hold, scopes included, as far as `from` <= permission < `to`
  /// bytewise; sorted, each once. One indexed query.
  [[nodiscard]] virtual Result<std::vector<std::string>> permissions_of(const ResourceId& user, std::string_view from,
                                                                        std::string_view to) = 0;
  /// Users who have an effective role that holds exactly this permission, in id order after `after`.
  [[nodiscard]] virtual Result<std::vector<ResourceId>> holders_of_permission(std::string_view permission,
                                                                              const ResourceId& after,
                                                                              std::int64_t limit) = 0;
  [[nodiscard]] virtual Result<std::vector<ResourceId>> holders_of(const RoleId& role) = 0;
  /// Ids of user members of the group, all of them, in id order after `after`: for recomputing after a link changed.
  [[nodiscard]] virtual Result<std::vector<ResourceId>> users_in(const ResourceId& group, const ResourceId& after,
                                                                 std::int64_t limit) = 0;
  /// Users of the connection whose only effective grants are by default role, for recomputing when the default changes.
  [[nodiscard]] virtual Result<std::vector<ResourceId>> users_by_default(const ConnectionId& connection,
                                                                         const ResourceId& after,
                                                                         std::int64_t limit) = 0;
  /// Which roles the index rows of the user's `roles` and `entitlements` name, by id or by canonical name.
  [[nodiscard]] virtual Result<std::vector<NamedRoleRecord>> named_roles_of(const ResourceId& user) = 0;
  /// Users of the connection whose IdP asserts anything in `roles` or `entitlements`, in id order after `after`.
  [[nodiscard]] virtual Result<std::vector<ResourceId>> users_asserting(const ConnectionId& connection,
                                                                        const ResourceId& after,
                                                                        std::int64_t limit) = 0;
  /// Users of whom an element there has this canonical text, in id order after `after`.
  [[nodiscard]] virtual Result<std::vector<ResourceId>> users_asserting_text(const std::string& key,
                                                                             const ResourceId& after,
                                                                             std::int64_t limit) = 0;
  /// The stored effective roles with their names, by rank, name and cause; without protected ones, of which no
  /// connection is told.
  [[nodiscard]] virtual Result<std::vector<HeldRoleRecord>> held_by(const ResourceId& user) = 0;
  /// The same for many users at once (a page of them).
  [[nodiscard]] virtual Result<std::vector<std::pair<ResourceId, HeldRoleRecord>>> held_by_all(
      const std::vector<ResourceId>& users) = 0;
  /// Users whose IdP sent a default role of this name (`name_key` is its canonical key), in id order after `after`.
  [[nodiscard]] virtual Result<std::vector<ResourceId>> users_with_sent_default(const std::string& name_key,
                                                                                const ResourceId& after,
                                                                                std::int64_t limit) = 0;
  // Of many at once.
  /// Of each of these users, in their order. `linked`, `direct` and `effective` are sorted as those that ask for one.
  [[nodiscard]] virtual Result<std::vector<GrantState>> states_of(const std::vector<ResourceId>& users) = 0;
  /// Takes the ones from the stored effective grants and then adds the others: of many users at once.
  [[nodiscard]] virtual Result<void> change_effective(const std::vector<UserGrant>& ended,
                                                      const std::vector<UserGrant>& begun) = 0;
};

class AuditRepository {
 public:
  virtual ~AuditRepository() = default;
  /// The newest row; none in a new workspace. Within a write it locks the chain until the commit.
  [[nodiscard]] virtual Result<std::optional<AuditRecord>> last() = 0;
  [[nodiscard]] virtual Result<void> append(const AuditRecord& record) = 0;
  /// Rows with seq > `after`, in order.
  [[nodiscard]] virtual Result<std::vector<AuditRecord>> page(std::int64_t after, std::int64_t limit) = 0;
  /// About one subject, newest first, those with seq < `before`.
  [[nodiscard]] virtual Result<std::vector<AuditRecord>> about(const std::string& subject, std::int64_t before,
                                                               std::int64_t limit) = 0;
  /// What one request did, in order.
  [[nodiscard]] virtual Result<std::vector<AuditRecord>> of_request(const RequestId& request, std::int64_t limit) = 0;
};

class AnswerRepository {
 public:
  virtual ~AnswerRepository() = default;
  [[nodiscard]] virtual Result<std::optional<KeptAnswer>> find(const std::string& key) = 0;
  /// `uniqueness` when one is kept under that key.
  [[nodiscard]] virtual Result<void> keep(const KeptAnswer& answer) = 0;
  /// Those kept at `at` or before.
  [[nodiscard]] virtual Result<void> forget_until(Instant at) = 0;
  /// All but the newest `count`.
  [[nodiscard]] virtual Result<void> keep_newest(std::int64_t count) = 0;
};

}  // namespace rolecall::store
