#include "action_rows.hpp"

#include "rolecall/administration/actions.hpp"
#include "rolecall/base/encoding.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::administration {

std::string digest_of(const Environment& environment, const WorkspaceId& workspace, const store::ActionRecord& action) {
  std::string bytes;
  for (const std::string* field :
       {&workspace.value(), &action.id.value(), &action.directory.value(), &action.action, &action.person,
        &action.object, &action.parameters, &action.reason, &action.requester}) {
    bytes.append(std::to_string(field->size())).append(":").append(*field);
  }
  return to_hex(environment.digest.sha256(bytes));
}

connector::ActionRequest request_of(const store::ActionRecord& action) {
  auto parameters = json::parse(action.parameters);
  connector::ActionRequest request;
  request.action = action.action;
  request.object = action.object;
  if (parameters && parameters->is_object()) request.parameters = std::move(*parameters->as_object());
  request.user = action.person;
  return request;
}

Result<store::ActionRecord> find_action_row(store::Workspace& workspace, const ActionId& id) {
  ROLECALL_TRY_ASSIGN(auto found, workspace.actions().find(id));
  if (found) return std::move(*found);
  return fail(ErrorCode::not_found, "There is no action “" + id.value() + "” in this workspace.");
}

Result<void> become(store::ActionRecord& action, access::ActionState state) {
  if (action.state == state) return {};
  if (!access::may_become(action.state, state)) {
    return internal_error(std::string("an action that is ") + access::name_of(action.state) + " cannot become " +
                          access::name_of(state));
  }
  action.state = state;
  return {};
}

Result<void> queue(store::ActionRecord& action, Instant now) {
  ROLECALL_TRY(become(action, access::ActionState::approved));
  action.queued = now;
  action.execute_until = now + std::chrono::seconds(action.execution_window);
  action.due = now;
  return {};
}

Result<void> end(store::ActionRecord& action, access::ActionState state, std::string note, Instant now) {
  ROLECALL_TRY(become(action, state));
  action.note = std::move(note);
  action.ended = now;
  action.due.reset();
  return {};
}

Result<void> check_comment(const std::string& comment) {
  if (comment.size() <= kLongestReason && is_valid_utf8(comment)) return {};
  return fail(ErrorCode::invalid_value, "A comment is at most 500 bytes of UTF-8.", "comment");
}

std::string action_target(const ActionId& id) { return "Action/" + id.value(); }

std::string person_target(const DirectoryId& directory, const std::string& person) {
  return "Person/" + directory.value() + "/" + person;
}

Result<void> tell(audit::Trail& trail, const store::ActionRecord& action, std::string_view what, json::Object more) {
  json::Object details{{"type", action.action}, {"directory", "Directory/" + action.directory.value()}};
  if (!action.person.empty()) details.append("person", person_target(action.directory, action.person));
  if (!action.object.empty()) details.append("object", action.object);
  for (auto& [name, value] : more) details.append(name, std::move(value));
  return trail.record(what, action_target(action.id), std::move(details));
}

std::string secret_context(const WorkspaceId& workspace, const ActionId& action) {
  return "action/" + workspace.value() + "/" + action.value();
}

}  // namespace rolecall::administration
