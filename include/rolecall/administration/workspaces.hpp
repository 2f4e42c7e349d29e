#pragma once

#include <string>
#include <vector>

#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

/// A workspace with the shipped roles and no connection. `conflict` when the name is taken.
[[nodiscard]] Result<store::WorkspaceRecord> create_workspace(const Environment& environment, const Actor& actor,
                                                              const std::string& name);
[[nodiscard]] Result<std::vector<store::WorkspaceRecord>> list_workspaces(const Environment& environment);
[[nodiscard]] Result<store::WorkspaceRecord> get_workspace(const Environment& environment, const std::string& name);

}  // namespace rolecall::administration
