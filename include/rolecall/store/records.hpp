#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/access/effective.hpp"
#include "rolecall/access/role.hpp"
#include "rolecall/base/clock.hpp"
#include "rolecall/base/ids.hpp"
#include "rolecall/resource/key.hpp"
#include "rolecall/resource/signature.hpp"

namespace rolecall::store {

/// A SCIM resource as stored. `document` is its canonical JSON text without `id`, `meta`, `groups` and `members`:
/// reading one back splices those in and does not parse. That of a User always has `active`, equal to `is_active`.
struct ResourceRecord {
  ResourceId id;
  std::string type;         ///< "User", "Group"
  ConnectionId connection;  ///< who made it; nobody else sees it
  Version version{1};
  Instant created{};
  Instant last_modified{};
  std::string unique_key;    ///< canonical key of userName or displayName
  std::string display;       ///< userName or displayName as written, for members.display and lists
  std::string external_id;   ///< opaque, not unique
  bool is_active = true;     ///< always true for groups
  std::string default_role;  ///< User: the default role name the IdP sent, as written; may be empty
  std::string document;
  resource::Signature signature;  ///< of the document; written, not read
};

/// Where a resource stands in a list by name. Names are not enough: connections may share one.
struct NamePlace {
  std::string key;  ///< unique_key; empty: before all
  ResourceId id;
};
[[nodiscard]] inline NamePlace place_of(const ResourceRecord& record) { return {record.unique_key, record.id}; }

/// What stays of a deleted User or Group, so that it gets its id back when it returns: what identifies it, nothing
/// else.
struct TombstoneRecord {
  std::string type;
  ResourceId id;
  ConnectionId connection;  ///< nobody else gets the id
  Version version;          ///< the last one it had
  std::string unique_key;
  std::string external_id;
  Instant deleted{};
  std::string deleted_by;  ///< "token:<id>"
};

struct MemberRecord {
  ResourceId member;
  std::string type;  ///< "User" or "Group"
  std::string display;
  Instant added{};
};

/// Whom a group was given before anybody of its connection was known by this name.
struct ParkedMemberRecord {
  ResourceId group;
  std::string value;  ///< as the client said it: an id, or an externalId
  std::string type;   ///< "User", "Group", or empty when the client did not say
  Instant parked{};
};

/// A group seen from one of its members (`User.groups`).
struct MembershipRecord {
  ResourceId group;
  std::string display;
  Instant added{};         ///< of a direct membership
  bool is_nested = false;  ///< the group is itself a member of another one
  bool is_direct = true;   ///< false: a member only because one of its groups is
};

/// What POST /Groups with a name that matches no role does.
enum class UnknownGroupPolicy { create_role, keep_unlinked, refuse };

/// Do roles that the IdP names in `roles` and `entitlements` of a User grant anything?
enum class AssertedRolePolicy { grant, ignore };

/// What becomes of a member of a Group that nobody in the reach of the connection is.
enum class UnknownMemberPolicy {
  accept_known,  ///< the others are stored, and it is reported
  strict,        ///< the request is refused
  parked,        ///< kept aside until somebody of that id or externalId is made
};

struct WorkspaceRecord {
  WorkspaceId id;
  std::string name;
  Instant created{};
  access::RoleMode role_mode = access::RoleMode::multi;
};

struct ConnectionRecord {
  ConnectionId id;
  std::string name;     ///< unique in the workspace: "okta"
  std::string dialect;  ///< one of patch::dialect_names()
  RoleId default_role;  ///< never empty
  RoleId ceiling;       ///< a connection grants only roles under this one
  UnknownGroupPolicy unknown_groups = UnknownGroupPolicy::create_role;
  AssertedRolePolicy asserted_roles = AssertedRolePolicy::grant;
  UnknownMemberPolicy unknown_members = UnknownMemberPolicy::accept_known;
  Instant created{};
};

struct TokenRecord {
  TokenId id;
  WorkspaceId workspace;
  ConnectionId connection;
  std::optional<ResourceId> user;  ///< whom it stands for; none: the connection alone
  std::string digest;              ///< SHA-256 of the whole token, 32 raw bytes; the token itself is never stored
  std::string note;
  Instant created{};
  std::optional<Instant> expires;
  std::optional<Instant> revoked;
  std::optional<TokenId> successor = {};  ///< while it is being replaced
  std::optional<Instant> retires = {};    ///< when it stops although nobody completed the rotation
};

enum class LinkState {
  active,
  paused,
  orphaned,  ///< its group was deleted by the IdP; kept because an admin made it, grants nothing even if that returns
};
enum class LinkOrigin {
  listing,  ///< the role's own group: made with the group, removed with it
  pushed,   ///< a role created from a pushed group
  admin,    ///< made by an admin; no SCIM verb removes it
};

/// Group → role.
struct LinkRecord {
  LinkId id;
  ResourceId group;
  RoleId role;
  ConnectionId connection;  ///< of the group
  std::string group_name;   ///< as it is now, or was when the group was deleted
  LinkState state = LinkState::active;
  LinkOrigin origin = LinkOrigin::admin;
  std::string made_by;  ///< "admin", "token:<id>", "system"
  Instant made{};
  std::string approved_by = {};  ///< another than who made it; empty: nobody yet
  std::optional<Instant> approved = {};
};

/// Which role a group stands for. `relisted`: made by us after the IdP deleted its predecessor and not used since, so a
/// POST of that name claims it.
struct RoleGroupRecord {
  ResourceId group;
  RoleId role;
  ConnectionId connection;
  bool relisted = false;
};

/// An index row of `roles` or `entitlements` of a user whose key is the id or the canonical name of a role.
struct NamedRoleRecord {
  std::string path;  ///< "roles.value"
  std::int64_t element = 0;
  std::string key;
  RoleId role;
};

/// A role that a user has, and by which cause: once for each cause, whatever the number of links.
struct HeldRoleRecord {
  RoleId role;
  std::string name;
  access::CauseKind cause = access::CauseKind::default_role;
};

struct DirectGrantRecord {
  ResourceId user;
  RoleId role;
  std::string made_by;
  Instant made{};
};

/// A role that a user may have by an active link, with what proves it.
struct LinkedGrantRecord {
  access::EffectiveInputs::LinkedRole role;
  std::string made_by;  ///< who made the link
  Instant made{};       ///< when
  Instant since{};      ///< a member since
};

/// What the effective grants of a user follow from, as far as the store knows it, and what they are.
struct GrantState {
  std::vector<LinkedGrantRecord> linked;
  std::vector<DirectGrantRecord> direct;
  std::vector<access::Grant> effective;
};

struct UserGrant {
  ResourceId user;
  access::Grant grant;
};

struct NewMember {
  ResourceId member;
  std::string type;  ///< "User" or "Group"
};

/// One change, written in the transaction that makes it. Attribute names only, never values.
struct AuditRecord {
  std::int64_t seq = 0;  ///< 1, 2, 3 … without gaps per workspace
  Instant at{};
  std::string actor;    ///< "token:<id>", "admin", "system"
  std::string action;   ///< "user.created", "group.member_added", "link.created", "grant.added" …
  std::string target;   ///< "User/<id>", "Group/<id>", "Role/<id>", "Link/<id>", "Token/<id>"
  std::string details;  ///< JSON object: attribute names added/removed/changed, ids, causes
  RequestId request;
  std::string previous_hash;  ///< 64 hex digits
  std::string hash;           ///< SHA-256 over previous_hash and the canonical row
  std::string subject = {};   ///< "User/<id>" when it is about one; follows from target and details, not hashed
};

/// The answer to a request that came with an Idempotency-Key, kept so that the same request gets it again.
struct KeptAnswer {
  std::string key;
  std::string request;  ///< digest of what was asked
  std::int64_t status = 0;
  std::string body;           ///< JSON
  bool lacks_secret = false;  ///< what is shown only once was left out of `body`
  Instant at{};
};

}  // namespace rolecall::store
