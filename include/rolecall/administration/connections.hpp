#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

struct NewConnection {
  std::string name;
  std::string dialect = "okta";  ///< one of patch::dialect_names()
  std::string default_role;      ///< name or id; empty: the shipped default role
  std::string ceiling;           ///< name or id; empty: Super Admin, the highest role that is not protected
  store::UnknownGroupPolicy unknown_groups = store::UnknownGroupPolicy::create_role;
  store::AssertedRolePolicy asserted_roles = store::AssertedRolePolicy::grant;
  /// None: `strict` in the dialect strict, whose clients are to hear of every mistake, and `accept_known` in all
  /// others: Okta and Entra do not repeat a push that was refused.
  std::optional<store::UnknownMemberPolicy> unknown_members;
};

/// "create_role", "keep_unlinked", "refuse".
[[nodiscard]] const char* name_of(store::UnknownGroupPolicy policy);
[[nodiscard]] Result<store::UnknownGroupPolicy> parse_unknown_group_policy(std::string_view text);
/// "grant", "ignore".
[[nodiscard]] const char* name_of(store::AssertedRolePolicy policy);
[[nodiscard]] Result<store::AssertedRolePolicy> parse_asserted_role_policy(std::string_view text);
/// "accept_known", "strict", "parked".
[[nodiscard]] const char* name_of(store::UnknownMemberPolicy policy);
[[nodiscard]] Result<store::UnknownMemberPolicy> parse_unknown_member_policy(std::string_view text);

/// Every role under the ceiling is listed as a Group for it.
[[nodiscard]] Result<store::ConnectionRecord> create_connection(const Environment& environment,
                                                                const WorkspaceId& workspace, const Actor& actor,
                                                                const NewConnection& connection);
[[nodiscard]] Result<std::vector<store::ConnectionRecord>> list_connections(const Environment& environment,
                                                                            const WorkspaceId& workspace);
/// By name or id, as everywhere below.
[[nodiscard]] Result<store::ConnectionRecord> get_connection(const Environment& environment,
                                                             const WorkspaceId& workspace,
                                                             const std::string& connection);

/// Users who have their role by default get the new one in the same unit of work.
[[nodiscard]] Result<store::ConnectionRecord> set_default_role(const Environment& environment,
                                                               const WorkspaceId& workspace, const Actor& actor,
                                                               const std::string& connection, const std::string& role);

/// Groups of roles above the new ceiling leave the list, newly covered roles join it. Refused with `conflict` while the
/// default role, an admin's link or a group with members would be above it: nobody loses access by a side effect. Only
/// what the IdP asserts by itself follows the ceiling down and up again.
[[nodiscard]] Result<store::ConnectionRecord> set_ceiling(const Environment& environment, const WorkspaceId& workspace,
                                                          const Actor& actor, const std::string& connection,
                                                          const std::string& role);

[[nodiscard]] Result<store::ConnectionRecord> set_unknown_groups(const Environment& environment,
                                                                 const WorkspaceId& workspace, const Actor& actor,
                                                                 const std::string& connection,
                                                                 store::UnknownGroupPolicy policy);

/// Users whose IdP names roles in `roles` or `entitlements` win or lose them in the same unit of work.
[[nodiscard]] Result<store::ConnectionRecord> set_asserted_roles(const Environment& environment,
                                                                 const WorkspaceId& workspace, const Actor& actor,
                                                                 const std::string& connection,
                                                                 store::AssertedRolePolicy policy);

/// Who is parked already stays so, and still joins when it arrives; a removal or a new list of members ends that.
[[nodiscard]] Result<store::ConnectionRecord> set_unknown_members(const Environment& environment,
                                                                  const WorkspaceId& workspace, const Actor& actor,
                                                                  const std::string& connection,
                                                                  store::UnknownMemberPolicy policy);

}  // namespace rolecall::administration
