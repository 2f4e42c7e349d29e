#pragma once

#include "scope.hpp"

namespace rolecall::administration {

/// `forbidden` when everybody without another role would get more than the lowest shipped role may do, and the operator
/// has not confirmed that.
[[nodiscard]] Result<void> check_privilege(const Environment& environment, const store::ConnectionRecord& connection,
                                           const access::Role& role);

/// Changes the default role of a connection within a larger change; no effect when it is that one already.
[[nodiscard]] Result<void> change_default_role(Change& change, store::ConnectionRecord& connection,
                                               const access::Role& role);

}  // namespace rolecall::administration
