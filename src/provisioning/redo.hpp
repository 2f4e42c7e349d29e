#pragma once

#include <set>
#include <string>

#include "rolecall/provisioning/held_changes.hpp"
#include "session.hpp"

namespace rolecall::provisioning {

/// Gives a resource these values (null: none), and a Group these members, as a PATCH of now would.
[[nodiscard]] Result<void> redo(WriteSession& session, const schema::ResourceType& type, const ResourceId& id,
                                const json::Object& values, const std::set<std::string>& leaving,
                                const std::set<std::string>& joining);

/// In the unit of work of its caller.
[[nodiscard]] Result<void> reject_one(const Environment& environment, const Decider& decider,
                                      store::Workspace& workspace, store::HeldChangeRecord& change);

}  // namespace rolecall::provisioning
