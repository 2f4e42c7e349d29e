#pragma once

#include "rolecall/connector/session.hpp"
#include "rolecall/store/directories.hpp"

namespace rolecall::administration {

/// Puts what a test found into the record: state, reason, and when to test again.
void judge(const connector::Tested& found, Instant now, store::DirectoryRecord& directory);

/// Nothing that was known of the old credential, scopes or consent says anything about the new ones: it is tested.
void begin_anew(store::DirectoryRecord& directory, Instant now);

}  // namespace rolecall::administration
