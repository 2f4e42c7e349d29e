#include "timeline_text.hpp"

#include "lookup.hpp"
#include "rolecall/event/outbox.hpp"
#include "rolecall/json/parse.hpp"
#include "timeline_actions.hpp"

namespace rolecall::administration {
namespace {

using Kind = TimelineEntry::Kind;

std::string text_in(const json::Object& details, std::string_view name) {
  const json::Value* value = details.find(name);
  return value != nullptr && value->is_string() ? *value->as_string() : std::string();
}

std::string id_in(const std::string& target) { return target.substr(target.find('/') + 1); }

Kind kind_of(std::string_view action) {
  if (action.starts_with("grant.") || action.starts_with("user.role_")) return Kind::role;
  if (action.starts_with("group.")) return Kind::membership;
  if (action.starts_with("token.") || action.starts_with("api_token.")) return Kind::token;
  if (action.starts_with("session.") || action == "user.credentials_revoked") return Kind::token;
  if (action.starts_with("action.")) return Kind::action;
  return action == "access.revoked" || action.starts_with("user.access_") ? Kind::access : Kind::change;
}

/// "Changed by okta: active, emails."
std::string change_sentence(const std::string& actor, const json::Object& details) {
  std::string names;
  const json::Value* attributes = details.find("attributes");
  if (attributes != nullptr && attributes->is_array()) {
    for (const json::Value& name : *attributes->as_array()) {
      if (name.is_string()) names.append(names.empty() ? "" : ", ").append(*name.as_string());
    }
  }
  return "Changed by " + actor + (names.empty() ? "." : ": " + names + ".");
}

/// "2 tokens and 1 session"; empty for none.
std::string credentials_in(const json::Object& details) {
  std::string text;
  for (const std::string noun : {"token", "session"}) {
    const json::Value* value = details.find(noun + "s");
    const json::Number* number = value != nullptr ? value->as_number() : nullptr;
    if (number == nullptr || number->lexeme == "0") continue;
    text.append(text.empty() ? "" : " and ").append(number->lexeme + " " + noun + (number->lexeme == "1" ? "" : "s"));
  }
  return text;
}

std::string access_sentence(const json::Object& details) {
  const std::string more = credentials_in(details);
  return more.empty() ? "All access ended." : "All access ended, and " + more + " with it.";
}

}  // namespace

Result<std::string> TimelineTeller::connection_of(const ConnectionId& id) {
  ROLECALL_TRY_ASSIGN(const auto found, workspace_.connections().find(id));
  return found ? found->name : id.value();
}

/// "token:<id>" is the connection of that token, "api-token:<id>" whom that one stands for, "user:<id>" somebody with a
/// session.
Result<std::string> TimelineTeller::actor_name(const std::string& actor) {
  if (const auto known = actors_.find(actor); known != actors_.end()) return known->second;
  constexpr std::string_view kToken = "token:";
  std::string name = actor;
  if (actor.starts_with(kToken)) {
    ROLECALL_TRY_ASSIGN(const auto tokens, workspace_.tokens().list());
    for (const store::TokenRecord& token : tokens) {
      if (token.id.value() != actor.substr(kToken.size())) continue;
      ROLECALL_TRY_ASSIGN(name, connection_of(token.connection));
    }
  }
  constexpr std::string_view kApiToken = "api-token:";
  if (actor.starts_with(kApiToken)) {
    ROLECALL_TRY_ASSIGN(const auto token, workspace_.api_tokens().find(TokenId(actor.substr(kApiToken.size()))));
    if (token && token->user) {
      ROLECALL_TRY_ASSIGN(const auto user, workspace_.resources().find_anywhere("User", *token->user));
      if (user) name = user->display;
    } else if (token) {
      name = token->name;
    }
  }
  constexpr std::string_view kUser = "user:";
  if (actor.starts_with(kUser)) {
    ROLECALL_TRY_ASSIGN(const auto user,
                        workspace_.resources().find_anywhere("User", ResourceId(actor.substr(kUser.size()))));
    if (user) name = user->display;
  }
  constexpr std::string_view kDirectory = "directory:";
  if (actor.starts_with(kDirectory)) {
    ROLECALL_TRY_ASSIGN(name, directory_of("Directory/" + actor.substr(kDirectory.size())));
  }
  return actors_.emplace(actor, std::move(name)).first->second;
}

Result<std::string> TimelineTeller::named(store::NamedKind kind, const std::string& target, Instant at) {
  ROLECALL_TRY_ASSIGN(auto name, workspace_.grant_history().name_at(kind, id_in(target), at));
  return name && !name->empty() ? std::move(*name) : id_in(target);
}

Result<std::string> TimelineTeller::grant_sentence(const store::AuditRecord& row, const json::Object& details) {
  ROLECALL_TRY_ASSIGN(const auto role, named(store::NamedKind::role, text_in(details, "role"), row.at));
  const std::string cause = text_in(details, "cause");
  std::string how = " by default";
  if (cause == "direct") how = " by hand";
  if (cause == "asserted") how = ", asserted by the identity provider";
  if (cause == "link") {
    ROLECALL_TRY_ASSIGN(const auto group, named(store::NamedKind::group, text_in(details, "group"), row.at));
    how = " through the group " + group;
  }
  const bool is_gain = row.action == "grant.added";
  if (details.find(event::kHeldOtherwise) == nullptr) {
    return (is_gain ? "Gained the role " : "Lost the role ") + role + (is_gain ? how : ", held" + how) + ".";
  }
  return is_gain ? "Has the role " + role + how + " as well."
                 : "No longer has the role " + role + how + ", and still has it otherwise.";
}

Result<std::string> TimelineTeller::directory_of(const std::string& target) {
  ROLECALL_TRY_ASSIGN(const auto found, workspace_.directories().find(DirectoryId(id_in(target))));
  return found ? found->name : id_in(target);
}

Result<std::string> TimelineTeller::directory_sentence(const std::string& action, const json::Object& details) {
  ROLECALL_TRY_ASSIGN(const auto directory, directory_of(text_in(details, "directory")));
  const std::string said = ", because the directory " + directory + " says: " + text_in(details, "status") + ".";
  if (action == "user.access_ended") return "Access ended" + said;
  if (action == "user.access_returned") return "Access given back" + said;
  const bool is_end = action == "user.access_not_ended";
  return std::string(is_end ? "Access should have ended" : "Access should have been given back") + said +
         " It was refused: " + text_in(details, "refused");
}

Result<std::string> TimelineTeller::sentence_of(const store::AuditRecord& row, const std::string& actor) {
  const auto parsed = json::parse(row.details);
  const json::Object details = parsed && parsed->is_object() ? *parsed->as_object() : json::Object();
  const std::string& action = row.action;
  if (action == "grant.added" || action == "grant.removed") return grant_sentence(row, details);
  if (action.starts_with("action.")) return action_sentence(action, actor, details);
  if (action == "user.updated") return change_sentence(actor, details);
  if (action == "access.revoked") return access_sentence(details);
  if (action == "user.credentials_revoked") return "Ended by " + actor + ": " + credentials_in(details) + ".";
  if (action == "group.member_added" || action == "group.member_removed") {
    ROLECALL_TRY_ASSIGN(const auto group, named(store::NamedKind::group, row.target, row.at));
    return (action == "group.member_added" ? "Joined the group " : "Left the group ") + group + ".";
  }
  if (action == "user.role_granted" || action == "user.role_revoked") {
    ROLECALL_TRY_ASSIGN(const auto role, named(store::NamedKind::role, text_in(details, "role"), row.at));
    return actor + (action == "user.role_granted" ? " gave the role " : " took back the role ") + role + " by hand.";
  }
  if (action.starts_with("user.access_")) return directory_sentence(action, details);
  static const std::map<std::string, std::string, std::less<>> kVerbs{
      {"user.created", "Created by "},
      {"user.returned", "Came back under the same id, by "},
      {"user.deactivated", "Deactivated by "},
      {"user.reactivated", "Activated again by "},
      {"user.deleted", "Deleted by "},
      {"api_token.created", "A token of the admin API that stands for this user was made by "},
      {"api_token.revoked", "A token of the admin API that stood for this user was revoked by "},
      {"session.created", "A session with the admin API was begun by "},
      {"session.ended", "A session with the admin API was ended by "},
      {"token.created", "A token that stands for this user was made by "},
      {"token.revoked", "A token that stood for this user was revoked by "}};
  const auto verb = kVerbs.find(action);
  return (verb != kVerbs.end() ? verb->second : action + ", by ") + actor + ".";
}

Result<TimelineEntry> TimelineTeller::tell(const store::AuditRecord& row) {
  TimelineEntry entry;
  entry.at = row.at;
  entry.kind = kind_of(row.action);
  entry.action = row.action;
  entry.request = row.request;
  entry.sequence = row.seq;
  ROLECALL_TRY_ASSIGN(entry.actor, actor_name(row.actor));
  ROLECALL_TRY_ASSIGN(entry.sentence, sentence_of(row, entry.actor));
  return entry;
}

Result<TimelineEntry> TimelineTeller::tell(const store::LoggedRequest& request) {
  TimelineEntry entry;
  entry.at = request.at;
  entry.kind = Kind::request;
  entry.action = request.method + " " + request.route;
  entry.request = request.id;
  entry.status = request.status;
  ROLECALL_TRY_ASSIGN(entry.actor, connection_of(request.connection));
  entry.sentence = entry.actor + " sent " + entry.action;
  if (!request.error.empty()) {
    entry.sentence += ", refused with " + std::to_string(request.status) + " (" + request.error + ").";
  } else {
    entry.sentence += (request.intent.empty() ? "" : ": " + request.intent) + ".";
  }
  return entry;
}

}  // namespace rolecall::administration
