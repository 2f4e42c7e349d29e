#pragma once

#include "scope.hpp"

namespace rolecall::administration {

/// Changes the default role of a connection within a larger change; no effect when it is that one already.
[[nodiscard]] Result<void> change_default_role(Change& change, store::ConnectionRecord& connection,
                                               const access::Role& role);

}  // namespace rolecall::administration
