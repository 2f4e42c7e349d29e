#pragma once

#include "scope.hpp"

// Links within a larger change.

namespace rolecall::administration {

/// Asks `may_grant`; `conflict` when linked already. Made by who makes the change.
[[nodiscard]] Result<store::LinkRecord> add_link(Change& change, const store::ResourceRecord& group,
                                                 const access::Role& role, store::LinkState state);
/// Of any origin.
[[nodiscard]] Result<void> drop_link(Change& change, const store::LinkRecord& link);

}  // namespace rolecall::administration
