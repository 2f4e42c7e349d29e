#pragma once

#include "session.hpp"

namespace rolecall::provisioning {

/// Tells the admin how many of the roles that the IdP asserts of a user grant nothing. No value is refused for it: what
/// is assigned in the IdP may well mean something to another application.
[[nodiscard]] Result<void> notice_unusable_roles(WriteSession& session, const store::ResourceRecord& user);

}  // namespace rolecall::provisioning
