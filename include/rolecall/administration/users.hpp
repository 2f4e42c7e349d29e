#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rolecall/access/effective.hpp"
#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

struct UserPage {
  std::vector<store::ResourceRecord> users;  ///< by userName; `document` is the stored JSON
  std::string next;                          ///< pass as `after` for the next page; empty at the end
  std::int64_t total = 0;
};

struct UserView {
  store::ResourceRecord record;
  std::string connection_name;
  std::vector<access::Role> roles;  ///< effective, each once, by rank
  std::vector<access::Grant> grants;
  std::vector<store::MembershipRecord> groups;
  std::vector<store::DirectGrantRecord> direct;  ///< kept while inactive, without effect
};

/// `limit` is cut to 1..1000, here and in every paged function.
[[nodiscard]] Result<UserPage> list_users(const Environment& environment, const WorkspaceId& workspace,
                                          const std::string& after, std::int64_t limit);
/// By userName or id.
[[nodiscard]] Result<UserView> get_user(const Environment& environment, const WorkspaceId& workspace,
                                        const std::string& user);

/// An admin gives a role by hand; no push takes it away. `conflict` when given already.
[[nodiscard]] Result<UserView> grant_direct(const Environment& environment, const WorkspaceId& workspace,
                                            const Actor& actor, const std::string& user, const std::string& role);
/// `not_found` when it was not granted by hand; `forbidden` for the last holder of a protected role.
[[nodiscard]] Result<UserView> revoke_direct(const Environment& environment, const WorkspaceId& workspace,
                                             const Actor& actor, const std::string& user, const std::string& role);

}  // namespace rolecall::administration
