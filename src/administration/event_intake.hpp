#pragma once

#include "rolecall/administration/directory_events.hpp"

namespace rolecall::administration {

/// Stores those that are not known and asks for whom they are about; how many there were.
[[nodiscard]] Result<std::size_t> take_events(store::Workspace& workspace, const DirectoryId& directory,
                                              const std::vector<connector::DirectoryEvent>& events,
                                              store::EventSource source, Instant now);

}  // namespace rolecall::administration
