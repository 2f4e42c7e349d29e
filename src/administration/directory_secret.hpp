#pragma once

#include <string>

#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

/// A sealed credential opens only as that of its own directory.
[[nodiscard]] inline std::string context_of(const WorkspaceId& workspace, const DirectoryId& directory) {
  return "directory/" + workspace.value() + "/" + directory.value();
}

}  // namespace rolecall::administration
