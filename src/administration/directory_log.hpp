#pragma once

#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

/// Begins to read the log of a directory of which it is known by now that it may be read, and ends it where that is not
/// so any more.
[[nodiscard]] Result<void> follow_grant_of_log(store::Workspace& workspace, const store::DirectoryRecord& directory,
                                               Instant now);

}  // namespace rolecall::administration
