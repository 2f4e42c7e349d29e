#pragma once

#include "session.hpp"

namespace rolecall::provisioning {

/// Tells the admin when the default role the IdP sent does not apply: unknown, or above the connection's ceiling. The
/// connection's own default is used then, so nobody gets more or fails for it.
[[nodiscard]] Result<void> notice_unusable_default_role(WriteSession& session, const store::ResourceRecord& user);

}  // namespace rolecall::provisioning
