#include <CLI/CLI.hpp>
#include <array>
#include <memory>

#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kStatusColumns{
    {"CONNECTION", "connection"},  {"MODE", "mode"}, {"LOSSES", "losses"}, {"LIMIT", "limit"},
    {"MINUTES", "window_minutes"}, {"HELD", "held"}, {"WAVE", "wave"}};
const std::vector<Column> kSettingColumns{{"CONNECTION", "connection"},
                                          {"MODE", "mode"},
                                          {"MINIMUM", "minimum"},
                                          {"PERCENT", "percent"},
                                          {"WINDOW", "window_minutes"},
                                          {"NEWCOMERS", "newcomer_hours"},
                                          {"AUTO APPLY", "auto_apply_minutes"},
                                          {"ANSWER", "answer"}};
const std::vector<Column> kHeldColumns{{"ID", "id"},     {"CONNECTION", "connection"}, {"ACTION", "action"},
                                       {"NAME", "name"}, {"USERS", "users"},           {"SINCE", "since"},
                                       {"DUE", "due"},   {"STATE", "state"},           {"NOTE", "note"}};
const std::vector<Column> kWaveColumns{{"ID", "id"},         {"CONNECTION", "connection"}, {"OPENED", "opened"},
                                       {"LOSSES", "losses"}, {"LIMIT", "limit"},           {"CHANGES", "changes"},
                                       {"HELD", "held"},     {"UNDONE", "undone"}};

/// Numbers that are not given are none, and none of them is negative.
struct Options {
  std::string connection, mode, answer, state, wave, user, id;
  std::array<std::int64_t, 5> numbers{-1, -1, -1, -1, -1};
  std::vector<std::string> ids;
  bool is_all = false;
  std::int64_t limit = 1000;
};
constexpr std::array<const char*, 5> kNumbers{"minimum", "percent", "window_minutes", "newcomer_hours",
                                              "auto_apply_minutes"};

void add_set(CLI::App& noun, Shell& shell, const std::shared_ptr<Options>& options) {
  CLI::App* set = noun.add_subcommand("set", "Change the guard of a connection");
  set->add_option("connection", options->connection, "Name or id")->required();
  set->add_option("--mode", options->mode, "hold: too much waits for you; observe: it is done, and said; off")
      ->check(CLI::IsMember({"hold", "observe", "off"}));
  set->add_option("--minimum", options->numbers[0], "So many users may always lose something")
      ->check(CLI::NonNegativeNumber);
  set->add_option("--percent", options->numbers[1], "Or so many of a hundred active users")->check(CLI::Range(0, 100));
  set->add_option("--window-minutes", options->numbers[2], "Time over which losses are counted")
      ->check(CLI::PositiveNumber);
  set->add_option("--newcomer-hours", options->numbers[3], "Younger accounts do not count; 0: all count")
      ->check(CLI::NonNegativeNumber);
  set->add_option("--auto-apply-minutes", options->numbers[4], "A held deactivation is then done by itself; 0: never")
      ->check(CLI::NonNegativeNumber);
  set->add_option("--answer", options->answer, "What the IdP is told: refuse (503) or accept (a success, and pending)")
      ->check(CLI::IsMember({"refuse", "accept"}));
  add_dry_run(*set, shell);
  add_examples(*set, {"rolecall guard set okta --percent 10 --minimum 5", "rolecall guard set okta --mode observe"});
  set->callback([&shell, options] {
    json::Object body;
    if (!options->mode.empty()) body.append("mode", options->mode);
    if (!options->answer.empty()) body.append("answer", options->answer);
    for (std::size_t at = 0; at < kNumbers.size(); ++at) {
      if (options->numbers[at] >= 0) body.append(kNumbers[at], options->numbers[at]);
    }
    if (body.empty()) return shell.fail(kUsage, "Name what is to change, as in --mode observe.");
    shell.change({"PATCH", {"guard", options->connection}, {}, std::move(body)},
                 [&](const json::Value& shown) { shell.print(shown, kSettingColumns, "connection"); });
  });
}

json::Object selection_of(const Options& options) {
  json::Object body;
  json::Array ids;
  for (const std::string& id : options.ids) ids.emplace_back(id);
  if (!ids.empty()) body.append("ids", std::move(ids));
  if (!options.wave.empty()) body.append("wave", options.wave);
  if (!options.connection.empty()) body.append("connection", options.connection);
  if (!options.user.empty()) body.append("user", options.user);
  if (options.is_all) body.append("all", true);
  return body;
}

/// The server decides about so many in one call; what is left is sent after it.
void decide(Shell& shell, const char* verb, const Options& options) {
  json::Array items;
  bool has_failed = false;
  for (bool goes_on = true; goes_on;) {
    goes_on = false;
    shell.call({"POST", {"held-changes", verb}, {}, selection_of(options)}, [&](const json::Value& body) {
      const json::Value* made = body.as_object()->find("items");
      const json::Value* left = body.as_object()->find("left");
      if (made == nullptr || !made->is_array()) return;
      bool has_moved = false;
      for (const json::Value& item : *made->as_array()) {
        const json::Value* error = item.as_object()->find("error");
        const bool is_refused = error != nullptr && !error->is_null();
        has_failed = has_failed || is_refused;
        has_moved = has_moved || !is_refused;
        items.push_back(item);
      }
      goes_on = has_moved && options.ids.empty() && !shell.is_dry_run && shell.idempotency_key.empty() &&
                left != nullptr && !(*left == json::Value(0));
    });
    if (shell.exit_code != kDone || shell.is_dry_run) return;
  }
  shell.print(json::Object{{"items", std::move(items)}}, kHeldColumns, "id");
  if (has_failed) shell.exit_code = kConflict;
}

void add_decision(CLI::App& held, Shell& shell, const std::shared_ptr<Options>& options, const char* verb,
                  const char* help, std::initializer_list<std::string_view> examples) {
  CLI::App* command = held.add_subcommand(verb, help);
  add_examples(*command, examples);
  command->add_option("id", options->ids, "Ids, as `guard held list` shows them");
  command->add_option("--wave", options->wave, "All of this wave");
  command->add_option("--connection", options->connection, "All of this connection");
  command->add_option("--user", options->user, "All about this user: userName or id");
  command->add_flag("--all", options->is_all, "Everything that is held");
  add_making(*command, shell);
  command->callback([&shell, options, verb] { decide(shell, verb, *options); });
}

void add_held(CLI::App& noun, Shell& shell, const std::shared_ptr<Options>& options) {
  CLI::App* held = noun.add_subcommand("held", "Changes that wait for you");
  held->require_subcommand(1);
  CLI::App* list = held->add_subcommand("list", "Show them, the oldest first");
  list->add_option("--connection", options->connection, "Only of this one");
  list->add_option("--wave", options->wave, "Only of this one");
  list->add_option("--state", options->state, "held (without it), applied, rejected, withdrawn, all")
      ->check(CLI::IsMember({"held", "applied", "rejected", "withdrawn", "all"}));
  list->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 1'000'000));
  add_examples(*list, {"rolecall guard held list", "rolecall guard held list --state all --connection okta -o json"});
  list->callback([&shell, options] {
    shell.call_pages({"GET",
                      {"held-changes"},
                      {{"connection", options->connection}, {"wave", options->wave}, {"state", options->state}},
                      {}},
                     options->limit, [&](const json::Value& body) { shell.print(body, kHeldColumns, "id"); });
  });
  CLI::App* get = held->add_subcommand("get", "Show one, and whom it would cost what");
  get->add_option("id", options->id, "Id, as `guard held list` shows it")->required();
  add_examples(*get, {"rolecall guard held get 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51",
                      "rolecall guard held get 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 -o json"});
  get->callback([&shell, options] {
    shell.call({"GET", {"held-changes", options->id}, {}, {}},
               [&](const json::Value& body) { shell.print(body, kHeldColumns, "id"); });
  });
  add_decision(*held, shell, options, "apply", "Do them after all",
               {"rolecall guard held apply --user maya@example.com", "rolecall guard held apply --all --dry-run"});
  add_decision(*held, shell, options, "reject", "Refuse them, also when the IdP asks again within seven days",
               {"rolecall guard held reject 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51",
                "rolecall guard held reject --connection okta"});
}

}  // namespace

void add_guard(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("guard", "What happens when an IdP takes access from too many at once");
  noun->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* status = noun->add_subcommand("status", "Show how near its limit each connection is");
  add_examples(*status, {"rolecall guard status", "rolecall guard status -o json"});
  status->callback([&shell] {
    shell.call_pages({"GET", {"guard"}, {}, {}}, kEverything,
                     [&](const json::Value& body) { shell.print(body, kStatusColumns, "connection"); });
  });
  CLI::App* get = noun->add_subcommand("get", "Show the settings of one connection");
  get->add_option("connection", options->connection, "Name or id")->required();
  add_examples(*get, {"rolecall guard get okta", "rolecall guard get okta -o yaml"});
  get->callback([&shell, options] {
    shell.call({"GET", {"guard", options->connection}, {}, {}},
               [&](const json::Value& body) { shell.print(body, kSettingColumns, "connection"); });
  });
  add_set(*noun, shell, options);
  add_held(*noun, shell, options);
  CLI::App* waves = noun->add_subcommand("waves", "Show when it was too much, the newest first");
  add_examples(*waves, {"rolecall guard waves", "rolecall guard waves -o name"});
  waves->callback([&shell] {
    shell.call_pages({"GET", {"waves"}, {}, {}}, kEverything,
                     [&](const json::Value& body) { shell.print(body, kWaveColumns, "id"); });
  });
  CLI::App* undo = noun->add_subcommand("undo", "Give back what was taken in a wave, and refuse what it still holds");
  undo->add_option("wave", options->id, "Id, as `guard status` and `guard waves` show it")->required();
  add_making(*undo, shell);
  add_examples(*undo, {"rolecall guard undo 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --dry-run",
                       "rolecall guard undo 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51"});
  undo->callback([&shell, options] {
    shell.call({"POST", {"waves", options->id, "undo"}, {}, {}}, [&](const json::Value& body) {
      shell.print(body, {{"WAVE", "wave"}, {"RESTORED", "restored"}, {"REJECTED", "rejected"}}, "wave");
      const json::Value* left = body.as_object()->find("left");
      if (shell.output != "table" || left == nullptr || !left->is_array() || left->as_array()->empty()) return;
      shell.print(json::Object{{"items", *left->as_array()}}, {{"LEFT", "name"}, {"TYPE", "type"}, {"WHY", "reason"}},
                  "name");
    });
  });
}

}  // namespace rolecall::app
