#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <thread>

#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kHook{{"URL", "url"},        {"HEADER", "header"},     {"STATE", "state"},
                                {"REASON", "reason"},  {"VERIFIED", "verified"}, {"RECEIVED", "received"},
                                {"MADE BY", "made_by"}};
const std::vector<Column> kToPaste{{"URL", "url"}, {"HEADER", "header"}, {"SECRET", "secret"}};

struct Options {
  std::string name;
  bool is_by_hand = false;
  std::int64_t wait = 30;
};

bool is_in(const json::Value& body, std::string_view state) {
  const json::Value* value = body.as_object()->find("state");
  return value != nullptr && value->is_string() && *value->as_string() == state;
}

void show(const Shell& shell, const json::Value& body) {
  const bool is_new = body.as_object()->find("secret") != nullptr;
  shell.print(body, is_new ? kToPaste : kHook, "url");
}

/// Looks until the provider has reached us, or the time is over: then it has failed.
void follow(Shell& shell, const Options& options) {
  constexpr auto kPause = std::chrono::milliseconds(200);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(options.wait);
  for (;;) {
    json::Value latest;
    shell.call({"GET", {"directories", options.name, "hook"}, {}, {}}, [&](const json::Value& body) { latest = body; });
    if (shell.exit_code != kDone || !latest.is_object()) return;
    const bool is_over = !is_in(latest, "making");
    if (is_over || std::chrono::steady_clock::now() + kPause > end) {
      show(shell, latest);
      if (!is_over) shell.exit_code = kFailed;
      return;
    }
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace

void add_directory_hook(CLI::App& noun, Shell& shell) {
  CLI::App* hook = noun.add_subcommand("hook", "Where the identity provider tells of what happens in a directory");
  hook->require_subcommand(1);
  auto options = std::make_shared<Options>();
  const auto add_name = [&options](CLI::App& verb) {
    verb.add_option("name", options->name, "Name or id of the directory")->required();
  };
  CLI::App* create =
      hook->add_subcommand("create", "Have it made at the provider, or print what to paste there, this once");
  add_name(*create);
  create->add_flag("--by-hand", options->is_by_hand, "To be pasted, even if this server may make it");
  create->add_option("--wait", options->wait, "Seconds to wait until the provider has reached it; 0: not at all")
      ->check(CLI::Range(0, 3600));
  add_making(*create, shell);
  add_examples(*create, {"rolecall directories hook create okta-api",
                         "rolecall directories hook create okta-api --by-hand -o json"});
  create->callback([&shell, options] {
    json::Object body;
    if (options->is_by_hand) body.append("by_hand", true);
    shell.call({"POST", {"directories", options->name, "hook"}, {}, std::move(body)}, [&](const json::Value& made) {
      const bool is_followed = is_in(made, "making") && !shell.is_dry_run && options->wait > 0;
      return is_followed ? follow(shell, *options) : show(shell, made);
    });
  });
  CLI::App* get = hook->add_subcommand("show", "Show it, and what is wrong with it; never its secret");
  add_name(*get);
  add_examples(*get, {"rolecall directories hook show okta-api", "rolecall directories hook show okta-api -o json"});
  get->callback([&shell, options] {
    shell.call({"GET", {"directories", options->name, "hook"}, {}, {}},
               [&shell](const json::Value& body) { show(shell, body); });
  });
  CLI::App* remove = hook->add_subcommand("delete", "Take nothing from it any more, and take it away at the provider");
  add_name(*remove);
  add_dry_run(*remove, shell);
  add_examples(*remove,
               {"rolecall directories hook delete okta-api --dry-run", "rolecall directories hook delete okta-api"});
  remove->callback([&shell, options] {
    shell.call({"DELETE", {"directories", options->name, "hook"}, {}, {}}, [&shell](const json::Value& body) {
      if (body.is_object()) show(shell, body);
    });
  });
}

}  // namespace rolecall::app
