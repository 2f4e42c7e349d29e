#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{{"ID", "id"},       {"ACTION", "action"},   {"LOGIN", "login"},
                                   {"STATE", "state"}, {"BY", "requested_by"}, {"REQUESTED", "requested"},
                                   {"ENDED", "ended"}, {"NOTE", "note"}};
const std::vector<Column> kWaiting{
    {"ID", "id"},         {"ACTION", "action"},   {"LOGIN", "login"},         {"OBJECT", "object_name"},
    {"REASON", "reason"}, {"BY", "requested_by"}, {"UNTIL", "approve_until"}, {"STATE", "state"}};
const std::vector<Column> kTypes{
    {"NAME", "name"},   {"TITLE", "title"},     {"PROVIDER", "provider"},   {"REPEAT", "repeat"},
    {"SCOPE", "scope"}, {"TARGETS", "targets"}, {"UNDONE BY", "undone_by"}, {"DESTRUCTIVE", "is_destructive"}};

struct Options {
  std::string action, id, person, directory, object, reason, state, comment, digest, request, outcome;
  std::vector<std::string> parameters;
  std::int64_t wait = 60, more_wait = 0, limit = 100;
  bool is_held = false;
};

std::string member(const json::Value& body, std::string_view name) {
  const json::Value* value = body.is_object() ? body.as_object()->find(name) : nullptr;
  return value != nullptr && value->is_string() ? *value->as_string() : std::string();
}

void show(const Shell& shell, const json::Value& body) { shell.print(body, kColumns, "id"); }

/// By what has become of it.
int exit_code_for(const std::string& state) {
  if (state == "succeeded") return kDone;
  if (state == "awaiting_approval" || state == "held") return kHeld;
  if (state == "unknown") return kPartlyDone;
  const bool goes_on = state == "approved" || state == "leased" || state == "sent" || state == "requested";
  return goes_on ? kUnreachable : kFailed;
}

/// Written over the line before, on a terminal alone.
void show_progress(const json::Value& action) {
  if (::isatty(STDERR_FILENO) == 0) return;
  std::cerr << "\r\x1b[K" << member(action, "state");
  if (const std::string note = member(action, "note"); !note.empty()) std::cerr << ": " << note;
  std::cerr << std::flush;
}

void end_progress() {
  if (::isatty(STDERR_FILENO) != 0) std::cerr << "\r\x1b[K" << std::flush;
}

/// Looks until it has ended, or somebody has to agree, or the time is over.
void follow(Shell& shell, const std::string& id, std::int64_t seconds) {
  constexpr auto kPause = std::chrono::milliseconds(200);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  for (;;) {
    json::Value latest;
    shell.call({"GET", {"actions", id}, {}, {}}, [&](const json::Value& body) { latest = body; });
    if (shell.exit_code != kDone || !latest.is_object()) return end_progress();
    const std::string state = member(latest, "state");
    const int code = exit_code_for(state);
    const bool is_over = code != kUnreachable && (code != kPartlyDone || !member(latest, "ended").empty());
    if (!is_over && std::chrono::steady_clock::now() + kPause < end) {
      show_progress(latest);
      std::this_thread::sleep_for(kPause);
      continue;
    }
    end_progress();
    show(shell, latest);
    if (code == kUnreachable) {
      return shell.fail(kUnreachable,
                        "It has not ended yet. `rolecall actions get " + id + " --wait 3600` goes on waiting.");
    }
    shell.exit_code = code;
    return;
  }
}

/// "name=value", where true and false are no texts; false when one is not of that form, which has been said then.
bool add_parameters(Shell& shell, const std::vector<std::string>& given, json::Object& body) {
  json::Object parameters;
  for (const std::string& one : given) {
    const auto equals = one.find('=');
    if (equals == std::string::npos || equals == 0) {
      shell.fail(kUsage, "--parameter is of the form name=value.");
      return false;
    }
    const std::string value = one.substr(equals + 1);
    const bool is_flag = value == "true" || value == "false";
    parameters.set(one.substr(0, equals), is_flag ? json::Value(value == "true") : json::Value(value));
  }
  if (!given.empty()) body.append("parameters", std::move(parameters));
  return true;
}

void add_create(CLI::App& noun, Shell& shell, const std::shared_ptr<Options>& options) {
  CLI::App* create = noun.add_subcommand("create", "Ask for one, and wait for what becomes of it");
  create->add_option("action", options->action, "As `action-types list` shows them")->required();
  create->add_option("--person", options->person, "Login, work email or the provider's id");
  create->add_option("--directory", options->directory, "Name or id; that of the person if not said");
  create->add_option("--object", options->object, "Group or application by name or id, factor by id");
  create->add_option("--parameter", options->parameters, "name=value, as in end_sessions=true; once for each");
  create->add_option("--reason", options->reason, "Why; some policies want one");
  create->add_option("--wait", options->wait, "Seconds to wait for its end; 0: not at all")
      ->check(CLI::Range(0, 86'400));
  add_making(*create, shell);
  add_examples(*create, {"rolecall actions create suspend --person maya@example.com --reason \"Lost her laptop\"",
                         "rolecall actions create add_to_group --person maya@example.com --object Finance --wait 0"});
  create->callback([&shell, options] {
    json::Object body{{"action", options->action}};
    for (const auto& [name, value] :
         {std::pair("person", &options->person), std::pair("directory", &options->directory),
          std::pair("object", &options->object), std::pair("reason", &options->reason)}) {
      if (!value->empty()) body.append(name, *value);
    }
    if (!add_parameters(shell, options->parameters, body)) return;
    shell.call({"POST", {"actions"}, {}, std::move(body)}, [&shell, options](const json::Value& made) {
      if (shell.is_dry_run || options->wait == 0) {
        show(shell, made);
        const int code = exit_code_for(member(made, "state"));
        if (code == kHeld && !shell.is_dry_run) shell.exit_code = kHeld;
        return;
      }
      follow(shell, member(made, "id"), options->wait);
    });
  });
}

void add_looking(CLI::App& noun, Shell& shell, const std::shared_ptr<Options>& options) {
  CLI::App* list = noun.add_subcommand("list", "Show them, newest first");
  list->add_option("--directory", options->directory, "Name or id of a directory");
  list->add_option("--person", options->person, "Login, work email or the provider's id");
  list->add_option("--state", options->state, "Only those in this state")
      ->check(CLI::IsMember({"awaiting_approval", "held", "approved", "leased", "sent", "succeeded", "failed",
                             "unknown", "rejected", "expired", "cancelled"}));
  list->add_option("--request", options->request, "Those that this request asked for");
  list->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 1'000'000));
  add_examples(*list,
               {"rolecall actions list --person maya@example.com", "rolecall actions list --state unknown -o json"});
  list->callback([&shell, options] {
    shell.call_pages({"GET",
                      {"actions"},
                      {{"directory", options->directory},
                       {"person", options->person},
                       {"state", options->state},
                       {"request", options->request}},
                      {}},
                     options->limit, [&shell](const json::Value& body) { show(shell, body); });
  });
  CLI::App* get = noun.add_subcommand("get", "Show one; every call and approval in -o json");
  get->add_option("id", options->id, "Id, as `actions list` shows it")->required();
  get->add_option("--wait", options->more_wait, "Seconds to wait for its end")->check(CLI::Range(0, 86'400));
  add_examples(*get, {"rolecall actions get 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 -o json",
                      "rolecall actions get 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --wait 600"});
  get->callback([&shell, options] {
    if (options->more_wait > 0) return follow(shell, options->id, options->more_wait);
    shell.call({"GET", {"actions", options->id}, {}, {}}, [&shell](const json::Value& body) { show(shell, body); });
  });
}

void add_ending(CLI::App& noun, Shell& shell, const std::shared_ptr<Options>& options) {
  CLI::App* cancel = noun.add_subcommand("cancel", "Take one back that was not begun");
  cancel->add_option("id", options->id, "Id, as `actions list` shows it")->required();
  add_making(*cancel, shell);
  add_examples(*cancel, {"rolecall actions cancel 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51",
                         "rolecall actions cancel 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --dry-run"});
  cancel->callback([&shell, options] {
    shell.call({"POST", {"actions", options->id, "cancel"}, {}, {}},
               [&shell](const json::Value& body) { show(shell, body); });
  });
  CLI::App* resolve = noun.add_subcommand("resolve", "Say whether one that is unknown was done");
  resolve->add_option("id", options->id, "Id, as `actions list --state unknown` shows it")->required();
  resolve->add_option("--outcome", options->outcome, "What you found at the provider")
      ->required()
      ->check(CLI::IsMember({"succeeded", "failed"}));
  resolve->add_option("--comment", options->comment, "How you know; it is kept with the action");
  add_making(*resolve, shell);
  add_examples(*resolve, {"rolecall actions resolve 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --outcome succeeded",
                          "rolecall actions resolve 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --outcome failed "
                          "--comment \"She got no mail\""});
  resolve->callback([&shell, options] {
    json::Object body{{"outcome", options->outcome}};
    if (!options->comment.empty()) body.append("comment", options->comment);
    shell.call({"POST", {"actions", options->id, "resolve"}, {}, std::move(body)},
               [&shell](const json::Value& answer) { show(shell, answer); });
  });
  CLI::App* secret = noun.add_subcommand("secret", "Print the temporary password that one brought, this once");
  secret->add_option("id", options->id, "Id, as `actions list` shows it")->required();
  add_making(*secret, shell);
  add_examples(*secret, {"rolecall actions secret 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51",
                         "rolecall actions secret 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 -o json"});
  secret->callback([&shell, options] {
    shell.call({"POST", {"actions", options->id, "secret"}, {}, {}}, [&shell](const json::Value& body) {
      const std::string shown = member(body, "secret");
      if (shown.empty() && !shell.is_dry_run) {
        return shell.fail(kNotFound, "There is nothing to see: there was none, or it was shown or erased.");
      }
      if (shell.output != "table" && shell.output != "name") return shell.print(body, {}, "secret");
      if (!shown.empty()) shell.print_line(shown);
    });
  });
}

/// Sends a verdict on the action as it is shown here, and on no other one.
void judge(Shell& shell, const Options& options, const char* verdict) {
  std::string digest = options.digest;
  if (digest.empty()) {
    shell.call({"GET", {"actions", options.id}, {}, {}},
               [&](const json::Value& body) { digest = member(body, "digest"); });
    if (shell.exit_code != kDone) return;
  }
  json::Object body{{"digest", digest}};
  if (!options.comment.empty()) body.append("comment", options.comment);
  shell.call({"POST", {"actions", options.id, verdict}, {}, std::move(body)},
             [&shell](const json::Value& judged) { show(shell, judged); });
}

void add_verdict(CLI::App& noun, Shell& shell, const std::shared_ptr<Options>& options, const char* verb,
                 const char* help, std::initializer_list<std::string_view> examples) {
  CLI::App* command = noun.add_subcommand(verb, help);
  command->add_option("id", options->id, "Id, as `approvals list` shows it")->required();
  command->add_option("--comment", options->comment, "Why; it is kept with the action");
  command->add_option("--digest", options->digest,
                      "Of the action as you saw it; refused when it is another one by now");
  add_making(*command, shell);
  add_examples(*command, examples);
  command->callback([&shell, options, verb] { judge(shell, *options, verb); });
}

}  // namespace

void add_actions(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("actions", "What is done to people in directories");
  noun->require_subcommand(1);
  auto options = std::make_shared<Options>();
  add_create(*noun, shell, options);
  add_looking(*noun, shell, options);
  add_ending(*noun, shell, options);
}

void add_approvals(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("approvals", "Actions that wait for somebody else");
  noun->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* list = noun->add_subcommand("list", "Show what waits for an approval, newest first");
  list->add_flag("--held", options->is_held, "What is held instead, because there were too many of its kind");
  list->add_option("--directory", options->directory, "Name or id of a directory");
  list->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 1'000'000));
  add_examples(*list, {"rolecall approvals list", "rolecall approvals list --held -o json"});
  list->callback([&shell, options] {
    shell.call_pages({"GET",
                      {"actions"},
                      {{"state", options->is_held ? "held" : "awaiting_approval"}, {"directory", options->directory}},
                      {}},
                     options->limit, [&shell](const json::Value& body) { shell.print(body, kWaiting, "id"); });
  });
  add_verdict(*noun, shell, options, "approve", "Agree to one that somebody else asked for",
              {"rolecall approvals approve 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51",
               "rolecall approvals approve 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --comment \"Seen with her manager\""});
  add_verdict(*noun, shell, options, "reject", "Refuse one, so that it is never done",
              {"rolecall approvals reject 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51",
               "rolecall approvals reject 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --comment \"The wrong Maya\""});
  add_verdict(*noun, shell, options, "release", "Let one go on that is held",
              {"rolecall approvals release 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51",
               "rolecall approvals release 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --dry-run"});
}

void add_action_types(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("action-types", "What can be done in directories at all");
  noun->require_subcommand(1);
  CLI::App* list = noun->add_subcommand("list", "Show them, with their parameters in -o json");
  add_examples(*list, {"rolecall action-types list", "rolecall action-types list -o json"});
  list->callback([&shell] {
    shell.call_pages({"GET", {"action-types"}, {}, {}}, kEverything,
                     [&shell](const json::Value& body) { shell.print(body, kTypes, "name"); });
  });
}

}  // namespace rolecall::app
