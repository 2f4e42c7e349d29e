#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

/// A workspace with the shipped roles and no connection. `conflict` when the name is taken.
[[nodiscard]] Result<store::WorkspaceRecord> create_workspace(const Environment& environment, const Actor& actor,
                                                              const std::string& name);
[[nodiscard]] Result<std::vector<store::WorkspaceRecord>> list_workspaces(const Environment& environment);
/// Everybody's roles follow in the same unit of work; `forbidden` when the last holder of a protected role would lose
/// it.
[[nodiscard]] Result<store::WorkspaceRecord> set_role_mode(const Environment& environment, const Actor& actor,
                                                           const std::string& name, access::RoleMode mode);
/// From "multi" or "single".
[[nodiscard]] Result<access::RoleMode> parse_role_mode(std::string_view text);
[[nodiscard]] Result<store::WorkspaceRecord> get_workspace(const Environment& environment, const std::string& name);
/// What is said of one that is not there, and of one that the caller may not know of.
[[nodiscard]] tl::unexpected<Error> no_such_workspace(const std::string& name);

}  // namespace rolecall::administration
