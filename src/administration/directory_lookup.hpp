#pragma once

#include <string>

#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

/// By name or id.
[[nodiscard]] Result<store::DirectoryRecord> find_directory(store::Workspace& workspace, const std::string& name_or_id);

}  // namespace rolecall::administration
