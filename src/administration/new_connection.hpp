#pragma once

#include "rolecall/administration/connections.hpp"
#include "scope.hpp"

namespace rolecall::administration {

/// Inserts a connection and lists its roles.
[[nodiscard]] Result<store::ConnectionRecord> add_connection(Change& change, const NewConnection& connection);

}  // namespace rolecall::administration
