#include "timeline_actions.hpp"

#include <map>

namespace rolecall::administration {
namespace {

std::string text_in(const json::Object& details, std::string_view name) {
  const json::Value* value = details.find(name);
  return value != nullptr && value->is_string() ? *value->as_string() : std::string();
}

std::string number_in(const json::Object& details, std::string_view name) {
  const json::Value* value = details.find(name);
  return value != nullptr && value->is_number() ? value->as_number()->lexeme : std::string();
}

/// "The provider answered 403 (E0000038, request Yk2…)."
std::string answer_in(const json::Object& details) {
  const std::string status = number_in(details, "status");
  if (status.empty()) return {};
  if (status == "0") return " There was no answer.";
  std::string words = text_in(details, "code");
  if (const std::string request = text_in(details, "vendor_request"); !request.empty()) {
    words += (words.empty() ? "request " : ", request ") + request;
  }
  return " The provider answered " + status + (words.empty() ? "." : " (" + words + ").");
}

std::string because(const json::Object& details) {
  const std::string text = text_in(details, "because");
  return text.empty() ? std::string() : " " + text;
}

}  // namespace

std::string action_sentence(std::string_view what, const std::string& actor, const json::Object& details) {
  const std::string type = text_in(details, "type");
  if (what == "action.requested") {
    const std::string state = text_in(details, "state");
    std::string then = ".";
    if (state == "awaiting_approval") then = ", which waits for approval.";
    if (state == "held") then = ", which is held: there were too many of its kind.";
    return actor + " asked for the action " + type + then;
  }
  if (what == "action.resolved") {
    const bool is_done = text_in(details, "state") == "succeeded";
    return actor + " said that the action " + type + (is_done ? " was done." : " was not done.") + because(details);
  }
  if (what == "action.approved") {
    return actor + " approved the action " + type + ": " + number_in(details, "given") + " of " +
           number_in(details, "needed") + ".";
  }
  static const std::map<std::string_view, const char*> kDone{{"action.succeeded", " is done."},
                                                             {"action.failed", " failed."},
                                                             {"action.unknown", " may be done or not: nobody knows."},
                                                             {"action.answered", " was sent."},
                                                             {"action.interrupted", " was cut off: the server ended."},
                                                             {"action.expired", " expired."}};
  if (const auto done = kDone.find(what); done != kDone.end()) {
    return "The action " + type + done->second + answer_in(details) + because(details);
  }
  static const std::map<std::string_view, const char*> kDeeds{
      {"action.rejected", " rejected the action "},
      {"action.released", " let the action go on: "},
      {"action.cancelled", " cancelled the action "},
      {"action.approval_refused", " may not judge the action "},
      {"action.secret_shown", " saw the password that was brought by the action "},
      {"action.secret_erased", " erased the password, which nobody had asked for, of the action "}};
  const auto deed = kDeeds.find(what);
  return (deed != kDeeds.end() ? actor + deed->second : std::string(what) + ", by " + actor + ": ") + type + "." +
         because(details);
}

}  // namespace rolecall::administration
