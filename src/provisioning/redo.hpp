#pragma once

#include <map>
#include <set>
#include <string>

#include "rolecall/provisioning/held_changes.hpp"
#include "session.hpp"

namespace rolecall::provisioning {

/// Members by id, and by value those who are not known yet.
struct Joining {
  std::set<std::string> members;
  std::map<std::string, std::string> strangers;  ///< value → type
};

/// Gives a resource these values (null: none), and a Group these members, as a PATCH of now would. A stranger is waited
/// for only where the connection still wants that.
[[nodiscard]] Result<void> redo(WriteSession& session, const schema::ResourceType& type, const ResourceId& id,
                                const json::Object& values, const Joining& leaving, const Joining& joining);

/// In the unit of work of its caller.
[[nodiscard]] Result<void> reject_one(const Environment& environment, const Decider& decider,
                                      store::Workspace& workspace, store::HeldChangeRecord& change);

}  // namespace rolecall::provisioning
