#pragma once

#include "session.hpp"

// What remains of a deleted User or Group for a while, so that it has its id again when its connection makes it again.

namespace rolecall::provisioning {

/// Keeps what identifies a record that is about to go.
[[nodiscard]] Result<void> bury(WriteSession& session, const store::ResourceRecord& record);

/// Gives a record that is about to be inserted the id it had, and a version after its last one; whether there was one.
[[nodiscard]] Result<bool> raise(WriteSession& session, store::ResourceRecord& record);

}  // namespace rolecall::provisioning
