#pragma once

#include "rolecall/administration/directories.hpp"
#include "scope.hpp"

namespace rolecall::administration {

/// Stores what the change says of how a directory is read; whether that is anything new.
[[nodiscard]] Result<bool> change_reading(Change& change, const DirectoryChange& wanted,
                                          store::DirectoryRecord& directory);

}  // namespace rolecall::administration
