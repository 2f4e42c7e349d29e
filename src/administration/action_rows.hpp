#pragma once

#include <string>

#include "rolecall/administration/environment.hpp"
#include "rolecall/audit/trail.hpp"
#include "rolecall/connector/connector.hpp"

// What every step of an action does with its row.

namespace rolecall::administration {

/// What was asked, to the letter: who approves it approves this.
[[nodiscard]] std::string digest_of(const Environment& environment, const WorkspaceId& workspace,
                                    const store::ActionRecord& action);
[[nodiscard]] connector::ActionRequest request_of(const store::ActionRecord& action);
[[nodiscard]] Result<store::ActionRecord> find_action_row(store::Workspace& workspace, const ActionId& id);
/// Moves it on; a step that there is not is a fault of the program.
[[nodiscard]] Result<void> become(store::ActionRecord& action, access::ActionState state);
/// It may be done from now on.
[[nodiscard]] Result<void> queue(store::ActionRecord& action, Instant now);
/// Nothing follows.
[[nodiscard]] Result<void> end(store::ActionRecord& action, access::ActionState state, std::string note, Instant now);
/// Writes the row of the audit, about the person, with what the row says beside.
[[nodiscard]] Result<void> tell(audit::Trail& trail, const store::ActionRecord& action, std::string_view what,
                                json::Object more = {});
/// `invalid_value` for one that is too long or no text.
[[nodiscard]] Result<void> check_comment(const std::string& comment);
[[nodiscard]] std::string action_target(const ActionId& id);
/// "Person/DIRECTORY/ID": what rows of the audit are about.
[[nodiscard]] std::string person_target(const DirectoryId& directory, const std::string& person);
/// Of a temporary password, that it is opened as that of its own action.
[[nodiscard]] std::string secret_context(const WorkspaceId& workspace, const ActionId& action);

}  // namespace rolecall::administration
