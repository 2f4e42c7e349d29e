#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{{"ID", "id"},       {"CONNECTION", "connection"}, {"USER", "user"},
                                   {"STATE", "state"}, {"CREATED", "created"},       {"EXPIRES", "expires"},
                                   {"NOTE", "note"},   {"ROTATION", "rotation"}};

struct Options {
  std::string connection, user, note, expires_in, id, overlap = "24h";
};

void add_rotation(CLI::App& noun, Shell& shell, const std::shared_ptr<Options>& options) {
  CLI::App* rotate = noun.add_subcommand("rotate", "Replace one without an outage: start, then complete or cancel");
  rotate->require_subcommand(1);
  CLI::App* start = rotate->add_subcommand("start", "Make its successor and print that, this once; both open");
  start->add_option("id", options->id, "Id of the token to be replaced")->required();
  start->add_option("--overlap", options->overlap, "When the old one ends by itself: 24h, 7d; 30d at most")
      ->capture_default_str();
  add_making(*start, shell);
  add_examples(*start, {"rolecall tokens rotate start 3f6c1a0b9d2e4f58",
                        "rolecall tokens rotate start 3f6c1a0b9d2e4f58 --overlap 7d"});
  start->callback([&shell, options] {
    const auto overlap = parse_duration(options->overlap);
    if (!overlap || overlap->count() < 1000) {
      return shell.fail(kUsage, "--overlap must be a time of at least 1s, as in 24h or 7d.");
    }
    json::Object body{{"overlap_seconds", static_cast<std::int64_t>(overlap->count() / 1000)}};
    shell.call({"POST", {"tokens", options->id, "rotate-start"}, {}, std::move(body)},
               [&shell](const json::Value& made) { print_made_token(shell, made); });
  });
  const auto add_end = [&](const char* verb, const char* help, const char* route,
                           std::initializer_list<std::string_view> examples) {
    CLI::App* end = rotate->add_subcommand(verb, help);
    end->add_option("id", options->id, "Id of the old or of the new token")->required();
    add_making(*end, shell);
    add_examples(*end, examples);
    end->callback([&shell, options, route] {
      shell.call({"POST", {"tokens", options->id, route}, {}, {}},
                 [&shell](const json::Value& body) { shell.print(body, kColumns, "id"); });
    });
  };
  add_end("complete", "End the old one, at once", "rotate-complete",
          {"rolecall tokens rotate complete 3f6c1a0b9d2e4f58",
           "rolecall tokens rotate complete 3f6c1a0b9d2e4f58 --dry-run"});
  add_end(
      "cancel", "End the new one, at once, and keep the old one", "rotate-cancel",
      {"rolecall tokens rotate cancel 3f6c1a0b9d2e4f58", "rolecall tokens rotate cancel 3f6c1a0b9d2e4f58 --dry-run"});
}

}  // namespace

void add_tokens(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("tokens", "API tokens of connections; two may live at a time, for rotation");
  noun->require_subcommand(1);
  auto options = std::make_shared<Options>();

  CLI::App* create = noun->add_subcommand("create", "Make one and print it, this once");
  create->add_option("--connection", options->connection, "Name of the connection")->required();
  create->add_option("--user", options->user,
                     "Name of a user of the connection whom the token stands for: /Me is that user");
  create->add_option("--note", options->note, "What it is for");
  create->add_option("--expires-in", options->expires_in, "Lifetime: 30d, 12h, 10s; without it the token stays valid");
  add_making(*create, shell);
  add_examples(*create, {"rolecall tokens create --connection okta",
                         "rolecall tokens create --connection okta --note \"Okta, 2026\" --expires-in 365d"});
  create->callback([&shell, options] {
    json::Object body{{"connection", options->connection}, {"note", options->note}};
    if (!options->user.empty()) body.append("user", options->user);
    if (!append_lifetime(shell, options->expires_in, body)) return;
    shell.call({"POST", {"tokens"}, {}, std::move(body)},
               [&](const json::Value& made) { print_made_token(shell, made); });
  });

  CLI::App* list = noun->add_subcommand("list", "Show all, newest first; never the tokens themselves");
  list->add_option("--connection", options->connection, "Only those of this connection");
  add_examples(*list, {"rolecall tokens list", "rolecall tokens list --connection okta -o json"});
  list->callback([&shell, options] {
    shell.call_pages({"GET", {"tokens"}, {{"connection", options->connection}}, {}}, kEverything,
                     [&](const json::Value& body) { shell.print(body, kColumns, "id"); });
  });

  CLI::App* revoke = noun->add_subcommand("revoke", "End one, at once");
  revoke->add_option("id", options->id, "Id, as `tokens list` shows it")->required();
  add_dry_run(*revoke, shell);
  add_examples(*revoke,
               {"rolecall tokens revoke 3f6c1a0b9d2e4f58", "rolecall tokens revoke 3f6c1a0b9d2e4f58 --dry-run"});
  revoke->callback([&shell, options] {
    shell.call({"DELETE", {"tokens", options->id}, {}, {}}, [](const json::Value&) {});
  });
  add_rotation(*noun, shell, options);
}

}  // namespace rolecall::app
