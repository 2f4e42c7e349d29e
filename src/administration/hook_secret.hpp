#pragma once

#include <string>

#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

/// A sealed secret opens only as that of the hook of its own directory.
[[nodiscard]] inline std::string hook_context(const WorkspaceId& workspace, const DirectoryId& directory) {
  return "directory-hook/" + workspace.value() + "/" + directory.value();
}

}  // namespace rolecall::administration
