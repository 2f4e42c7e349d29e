#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{{"ID", "id"},         {"DIRECTORY", "directory_id"}, {"ACTION", "action"},
                                   {"ROLES", "roles"},   {"APPROVALS", "approvals"},    {"APPROVERS", "approvers"},
                                   {"HOURLY", "hourly"}, {"REASON", "needs_reason"}};

/// Numbers that are not given are none, and none of them is negative.
struct Options {
  std::string id, directory, action, reason, approval_window, execution_window;
  std::vector<std::string> roles, approvers;
  std::int64_t approvals = -1, hourly = -1;
};

void show(const Shell& shell, const json::Value& body) { shell.print(body, kColumns, "id"); }

/// One of a list of names; a single empty name stands for none of them.
void add_names(json::Object& body, const char* name, const std::vector<std::string>& names) {
  if (names.empty()) return;
  json::Array items;
  if (names.size() > 1 || !names.front().empty()) items.assign(names.begin(), names.end());
  body.append(name, std::move(items));
}

/// False for what is no length of time, which has been said then.
bool add_window(Shell& shell, json::Object& body, const char* name, const std::string& text) {
  if (text.empty()) return true;
  const auto length = parse_duration(text);
  if (!length) {
    shell.fail(kUsage, "A window is a length of time, as in 72h or 30m.");
    return false;
  }
  body.append(name, std::int64_t{std::chrono::duration_cast<std::chrono::seconds>(*length).count()});
  return true;
}

void add_settings(CLI::App& verb, const std::shared_ptr<Options>& options) {
  verb.add_option("--role", options->roles, "Who may ask; once for each; \"\": whoever has actions.request");
  verb.add_option("--approvals", options->approvals, "How many others have to agree")->check(CLI::Range(0, 5));
  verb.add_option("--approver", options->approvers, "Roles of those; once for each; \"\": whoever has actions.approve");
  verb.add_option("--hourly", options->hourly, "How many an hour before the next is held; 0: no limit")
      ->check(CLI::Range(0, 10'000));
  verb.add_option("--needs-reason", options->reason, "Whether a reason has to be given")
      ->check(CLI::IsMember({"true", "false"}));
  verb.add_option("--approval-window", options->approval_window, "Within which it is approved, as in 72h");
  verb.add_option("--execution-window", options->execution_window, "Within which it is done then, as in 24h");
}

/// None when something is wrong, which has been said then.
std::optional<json::Object> settings_in(Shell& shell, const Options& options) {
  json::Object body;
  add_names(body, "roles", options.roles);
  add_names(body, "approvers", options.approvers);
  if (options.approvals >= 0) body.append("approvals", options.approvals);
  if (options.hourly >= 0) body.append("hourly", options.hourly);
  if (!options.reason.empty()) body.append("needs_reason", options.reason == "true");
  if (!add_window(shell, body, "approval_window", options.approval_window)) return std::nullopt;
  if (!add_window(shell, body, "execution_window", options.execution_window)) return std::nullopt;
  return body;
}

void add_id(CLI::App& verb, const std::shared_ptr<Options>& options) {
  verb.add_option("id", options->id, "Id, as `action-policies list` shows it")->required();
}

void add_changing(CLI::App& noun, Shell& shell, const std::shared_ptr<Options>& options) {
  CLI::App* create = noun.add_subcommand("create", "Say who may do what, and who has to agree");
  create->add_option("--directory", options->directory, "Name or id; any if not said");
  create->add_option("--action", options->action, "As `action-types list` shows them; any if not said");
  add_settings(*create, options);
  add_making(*create, shell);
  add_examples(*create, {"rolecall action-policies create --action suspend --approvals 1 --approver \"IT Admin\"",
                         "rolecall action-policies create --directory okta-api --hourly 10 --needs-reason true"});
  create->callback([&shell, options] {
    auto body = settings_in(shell, *options);
    if (!body) return;
    if (!options->directory.empty()) body->append("directory", options->directory);
    if (!options->action.empty()) body->append("action", options->action);
    shell.call({"POST", {"action-policies"}, {}, std::move(*body)},
               [&shell](const json::Value& made) { show(shell, made); });
  });
  CLI::App* set = noun.add_subcommand("set", "Change what one says");
  add_id(*set, options);
  add_settings(*set, options);
  add_dry_run(*set, shell);
  add_examples(*set, {"rolecall action-policies set 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --approvals 2",
                      "rolecall action-policies set 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --role \"\" --dry-run"});
  set->callback([&shell, options] {
    auto body = settings_in(shell, *options);
    if (!body) return;
    if (body->empty()) return shell.fail(kUsage, "Say what to change: --help lists what can be.");
    shell.call({"PATCH", {"action-policies", options->id}, {}, std::move(*body)},
               [&shell](const json::Value& changed) { show(shell, changed); });
  });
  CLI::App* remove = noun.add_subcommand("delete", "Delete one; what counts then is the next that fits");
  add_id(*remove, options);
  add_dry_run(*remove, shell);
  add_examples(*remove, {"rolecall action-policies delete 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51",
                         "rolecall action-policies delete 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --dry-run"});
  remove->callback([&shell, options] {
    shell.call({"DELETE", {"action-policies", options->id}, {}, {}}, [](const json::Value&) {});
  });
}

}  // namespace

void add_action_policies(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("action-policies", "Who may do what in a directory, and who has to agree");
  noun->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* list = noun->add_subcommand("list", "Show all");
  add_examples(*list, {"rolecall action-policies list", "rolecall action-policies list -o json"});
  list->callback([&shell] {
    shell.call_pages({"GET", {"action-policies"}, {}, {}}, kEverything,
                     [&shell](const json::Value& body) { show(shell, body); });
  });
  CLI::App* get = noun->add_subcommand("get", "Show one");
  add_id(*get, options);
  add_examples(*get, {"rolecall action-policies get 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51",
                      "rolecall action-policies get 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 -o yaml"});
  get->callback([&shell, options] {
    shell.call({"GET", {"action-policies", options->id}, {}, {}},
               [&shell](const json::Value& body) { show(shell, body); });
  });
  add_changing(*noun, shell, options);
}

}  // namespace rolecall::app
