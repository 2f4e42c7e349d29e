#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

struct NewLink {
  std::string group;       ///< id or displayName
  std::string connection;  ///< name or id; needed when groups of that displayName exist in several connections
  std::string role;        ///< id or name
  store::LinkState state = store::LinkState::active;  ///< or paused: it grants nothing yet
};

/// A link with the names a person knows.
struct LinkView {
  store::LinkRecord link;
  std::string role_name;
  std::string connection_name;
};

/// "active", "paused", "orphaned".
[[nodiscard]] const char* name_of(store::LinkState state);
/// "listing", "pushed", "admin".
[[nodiscard]] const char* name_of(store::LinkOrigin origin);

/// A group without a link whose name is that of a role it could be linked to.
struct LinkSuggestion {
  ResourceId group;
  std::string group_name;
  std::string connection_name;
  std::string role_name;
};

/// Names are compared as canonical keys without blanks, hyphens, dots and underscores. By name of the group; nothing is
/// linked by it.
[[nodiscard]] Result<std::vector<LinkSuggestion>> suggest_links(const Environment& environment,
                                                                const WorkspaceId& workspace, std::int64_t limit);

/// `forbidden` for a protected role or one above the ceiling of the group's connection; `conflict` when linked already.
/// Members of the group hold the role when this returns.
[[nodiscard]] Result<LinkView> create_link(const Environment& environment, const WorkspaceId& workspace,
                                           const Actor& actor, const NewLink& link);
[[nodiscard]] Result<std::vector<LinkView>> list_links(const Environment& environment, const WorkspaceId& workspace);
[[nodiscard]] Result<LinkView> get_link(const Environment& environment, const WorkspaceId& workspace,
                                        const LinkId& link);
/// A paused link grants nothing; the groups' members fall back to what else they have, or to the default role.
[[nodiscard]] Result<LinkView> pause_link(const Environment& environment, const WorkspaceId& workspace,
                                          const Actor& actor, const LinkId& link);
/// Asks the ceiling again. `conflict` for an orphaned link while its group is gone; a group that returned with its id
/// has its links back only by this.
[[nodiscard]] Result<LinkView> resume_link(const Environment& environment, const WorkspaceId& workspace,
                                           const Actor& actor, const LinkId& link);
/// Somebody else than who made it says that it is right; the explanation names both. `conflict` for one's own link, for
/// one that was approved already and for an orphaned one.
[[nodiscard]] Result<LinkView> approve_link(const Environment& environment, const WorkspaceId& workspace,
                                            const Actor& actor, const LinkId& link);

/// `conflict` for a link with origin `listing`: a role and its own group belong together; pause it instead.
[[nodiscard]] Result<void> remove_link(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                       const LinkId& link);

}  // namespace rolecall::administration
