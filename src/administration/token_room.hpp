#pragma once

#include "scope.hpp"

namespace rolecall::administration {

/// `conflict` when the holder, a connection or one of its users, has as many live tokens as it can have. `name` says
/// who that is.
[[nodiscard]] Result<void> check_room(Change& change, const ConnectionId& connection,
                                      const std::optional<ResourceId>& user, const std::string& name);

}  // namespace rolecall::administration
