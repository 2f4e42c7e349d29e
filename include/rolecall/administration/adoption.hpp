#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rolecall/administration/environment.hpp"

// A connection sees and touches only what it made or was told to adopt: here it is told. What holds and what ends:
//
//   - The id, the attributes and direct grants stay. externalId goes, because it is a name in the other IdP.
//   - A membership holds while group and member belong to one connection. One that would cross ends, and the roles that
//     came by it, since neither IdP could take it back. With `keep_roles` the member of a group of a role joins the new
//     connection's own group of that role, where it is under the ceiling; that IdP learns of it only by reading.
//   - A group takes its links along; one to a role above the new ceiling refuses the adoption.
//   - The default role is that of the new connection. Members that are parked there for the resource join.
//   - A group that stands for a role is not handed over: every connection has its own of each role under its ceiling.
//
// All of it is one unit of work. Audit: "user.adopted", "group.adopted" with from and to, and a row for all that
// follows.

namespace rolecall::administration {

struct AdoptionWish {
  std::string connection;  ///< name or id: who is to have it
  bool keep_roles = false;
};

/// Of one user; names, by rank.
struct ChangedRoles {
  std::string user_name;
  std::vector<std::string> before;
  std::vector<std::string> after;
};

struct Adoption {
  std::string from;
  std::string to;
  std::int64_t users = 0;
  std::int64_t groups = 0;
  std::int64_t memberships_ended = 0;
  std::int64_t memberships_moved = 0;      ///< by `keep_roles`
  std::int64_t users_changed = 0;          ///< handed over, and with other roles than before
  std::vector<ChangedRoles> role_changes;  ///< the first 1000 of them
};

/// `conflict` when the connection has it already.
[[nodiscard]] Result<Adoption> adopt_user(const Environment& environment, const WorkspaceId& workspace,
                                          const Actor& actor, const std::string& user, const AdoptionWish& wish);

/// `from` (name or id) when the displayName is in several connections. `conflict` for the group of a role, for a name
/// that the new connection has, for a link above its ceiling. Its members stay behind: hand them over first, or the
/// whole connection.
[[nodiscard]] Result<Adoption> adopt_group(const Environment& environment, const WorkspaceId& workspace,
                                           const Actor& actor, const std::string& group, const std::string& from,
                                           const AdoptionWish& wish);

/// All users of a connection, and its groups that stand for no role, with the memberships among them. `conflict` when
/// that is more than one unit of work should hold (20,000 resources and ended memberships).
[[nodiscard]] Result<Adoption> adopt_connection(const Environment& environment, const WorkspaceId& workspace,
                                                const Actor& actor, const std::string& from, const AdoptionWish& wish);

}  // namespace rolecall::administration
