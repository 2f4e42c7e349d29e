#include <algorithm>

#include "actions.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::connector::okta {
namespace {

constexpr std::size_t kLongestText = 100;

Result<void> check_target(std::string_view text, std::string_view kind) {
  if (is_id(text)) return {};
  return fail(ErrorCode::invalid_value, "This action needs the id of a " + std::string(kind) + ", as Okta gives it.",
              std::string(kind));
}

Result<void> check_parameter(const Parameter& parameter, const json::Value* given) {
  const std::string name(parameter.name);
  if (given == nullptr) {
    if (!parameter.is_required) return {};
    return fail(ErrorCode::invalid_value, "This action needs the parameter " + name + ".", name);
  }
  if (parameter.type == Parameter::Type::boolean) {
    if (given->is_bool()) return {};
    return fail(ErrorCode::invalid_value, "The parameter " + name + " is true or false.", name);
  }
  if (given->is_string() && !given->as_string()->empty() && given->as_string()->size() <= kLongestText) return {};
  return fail(ErrorCode::invalid_value, "The parameter " + name + " is a text of 1 to 100 bytes.", name);
}

Result<void> check(const ActionType& type, const ActionRequest& request) {
  const bool has_user = !type.targets.empty();
  const bool has_object = type.targets.size() > 1;
  if (has_user) ROLECALL_TRY(check_target(request.user, type.targets[0]));
  if (has_object) ROLECALL_TRY(check_target(request.object, type.targets[1]));
  if ((!has_user && !request.user.empty()) || (!has_object && !request.object.empty())) {
    return fail(ErrorCode::invalid_value, "This action takes fewer targets.", "target");
  }
  for (const Parameter& parameter : type.parameters) {
    ROLECALL_TRY(check_parameter(parameter, request.parameters.find(parameter.name)));
  }
  for (const auto& [name, value] : request.parameters) {
    const bool is_known = std::any_of(type.parameters.begin(), type.parameters.end(),
                                      [&, &given = name](const Parameter& one) { return one.name == given; });
    if (!is_known) return fail(ErrorCode::invalid_value, "This action has no parameter " + name + ".", name);
  }
  return {};
}

bool flag(const ActionRequest& request, std::string_view name, bool otherwise) {
  const json::Value* value = request.parameters.find(name);
  return value != nullptr && value->is_bool() ? *value->as_bool() : otherwise;
}

std::string text(const ActionRequest& request, std::string_view name) {
  const json::Value* value = request.parameters.find(name);
  return value != nullptr && value->is_string() ? *value->as_string() : std::string();
}

std::string filled(std::string_view path, const ActionRequest& request) {
  std::string target = "/api/v1" + std::string(path);
  const auto put = [&target](std::string_view mark, std::string_view id) {
    const auto at = target.find(mark);
    if (at != std::string::npos) target.replace(at, mark.size(), id);
  };
  put("{user}", request.user);
  put("{object}", request.object);
  return target;
}

std::string word(bool value) { return value ? "true" : "false"; }

std::string query_of(const ActionRequest& request) {
  const std::string& action = request.action;
  if (action == "create") return "?activate=" + word(flag(request, "activate", false));
  if (action == "activate") return "?sendEmail=" + word(flag(request, "send_email", true));
  const std::string sessions = "revokeSessions=" + word(flag(request, "end_sessions", false));
  if (action == "reset_password") return "?sendEmail=true&" + sessions;
  if (action == "temporary_password") return "?" + sessions;
  if (action == "revoke_sessions") return "?oauthTokens=true";
  return {};
}

std::string body_of(const ActionRequest& request) {
  if (request.action == "create") {
    return json::write(json::Object{{"profile", json::Object{{"login", text(request, "login")},
                                                             {"email", text(request, "email")},
                                                             {"firstName", text(request, "first_name")},
                                                             {"lastName", text(request, "last_name")}}}});
  }
  if (request.action == "assign_application") {
    return json::write(json::Object{{"id", request.user}, {"scope", "USER"}});
  }
  return {};
}

Decision refuse(std::string sentence) { return {Decision::Kind::refuse, std::move(sentence)}; }

}  // namespace

Result<Call> OktaConnector::action_call(const ActionRequest& request) const {
  const Step* step = find_step(request.action);
  if (step == nullptr) return fail(ErrorCode::not_found, "Okta knows no action " + request.action + ".");
  ROLECALL_TRY(check(step->type, request));
  // Which call it is only the person can tell: see decide().
  if (step->path.empty()) return Call();
  Call call{std::string(step->method),
            filled(step->path, request) + query_of(request),
            {{"Accept", "application/json"}},
            body_of(request)};
  if (step->is_asynchronous) call.headers.emplace_back("Prefer", "respond-async");
  if (!call.body.empty()) call.headers.emplace_back("Content-Type", "application/json");
  return call;
}

Decision OktaConnector::decide(const ActionRequest& request, const Person& person) const {
  const std::string& action = request.action;
  const auto is = [&person](PersonStatus status) { return person.status == status; };
  if (action == "deprovision" && person.next_status == "DEPROVISIONED") return {Decision::Kind::waits};
  if (!person.next_status.empty()) return {Decision::Kind::waits};
  if (action == "suspend") {
    if (is(PersonStatus::suspended)) return {Decision::Kind::already};
    // Of those who count as active here, Okta suspends one kind only.
    if (person.raw_status == "ACTIVE") return {};
    return refuse("Okta suspends people who are ACTIVE; this one is " + person.raw_status + ".");
  }
  if (action == "unsuspend") {
    if (is(PersonStatus::suspended)) return {};
    if (is(PersonStatus::active)) return {Decision::Kind::already};
    return refuse("Only people who are SUSPENDED are unsuspended; this one is " + person.raw_status + ".");
  }
  if (action == "unlock") {
    if (person.raw_status == "LOCKED_OUT") return {};
    if (person.raw_status == "ACTIVE") return {Decision::Kind::already};
    return refuse("Only people who are LOCKED_OUT are unlocked; this one is " + person.raw_status + ".");
  }
  if (action == "restore_sessions") {
    if (is(PersonStatus::suspended)) return {Decision::Kind::call, "", "unsuspend"};
    if (person.raw_status == "LOCKED_OUT") return {Decision::Kind::call, "", "unlock"};
    if (is(PersonStatus::active)) {
      return {Decision::Kind::already,
              "Nothing was sent: the person can sign in. A session that was ended is brought back by nobody."};
    }
    return refuse("Only people who are SUSPENDED or LOCKED_OUT are let in again; this one is " + person.raw_status +
                  ".");
  }
  if (action == "deprovision") {
    return is(PersonStatus::deprovisioned) ? Decision{Decision::Kind::already} : Decision{};
  }
  if (action == "activate") {
    if (is(PersonStatus::staged) || is(PersonStatus::deprovisioned)) return {};
    if (!is(PersonStatus::suspended)) return {Decision::Kind::already};
    return refuse("Okta activates people who are STAGED or DEPROVISIONED; this one is SUSPENDED. Unsuspend instead.");
  }
  if (action == "delete") {
    // Okta's first call would only deactivate: that is an action of its own, with a name of its own.
    if (is(PersonStatus::deprovisioned)) return {};
    return refuse("Okta deletes people who are DEPROVISIONED; this one is " + person.raw_status +
                  ". Deprovision first.");
  }
  return {};
}

Answer<ActionResult> OktaConnector::read_action(const ActionRequest& request, const Reply& reply, Instant now) const {
  const bool removes = request.action == "remove_application";
  if (!is_success(reply)) {
    Trouble trouble = read_trouble(reply, now);
    // What is to be removed is not there: as wanted. Memberships are removed again with 204.
    if (removes && trouble.kind == Trouble::Kind::not_found && trouble.code == "E0000007") return ActionResult{};
    return tl::unexpected(std::move(trouble));
  }
  if (request.action != "temporary_password") return ActionResult{};
  const auto body = json::parse(reply.body);
  const json::Value* password = body && body->is_object() ? body->as_object()->find("tempPassword") : nullptr;
  if (password == nullptr || !password->is_string() || password->as_string()->empty()) {
    return tl::unexpected(unreadable(reply, "There is no password in it."));
  }
  return ActionResult{Secret(*password->as_string())};
}

}  // namespace rolecall::connector::okta
