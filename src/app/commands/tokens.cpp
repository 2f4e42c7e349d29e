#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{{"ID", "id"},       {"CONNECTION", "connection"}, {"USER", "user"},
                                   {"STATE", "state"}, {"CREATED", "created"},       {"EXPIRES", "expires"},
                                   {"NOTE", "note"}};

struct Options {
  std::string connection, user, note, expires_in, id;
};

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
  create->callback([&shell, options] {
    json::Object body{{"connection", options->connection}, {"note", options->note}};
    if (!options->user.empty()) body.append("user", options->user);
    if (!options->expires_in.empty()) {
      const auto lifetime = parse_duration(options->expires_in);
      if (!lifetime || lifetime->count() < 1000) {
        return shell.fail(kUsage, "--expires-in must be a time of at least 1s, as in 30d, 12h or 10s.");
      }
      body.append("expires_in_seconds", static_cast<std::int64_t>(lifetime->count() / 1000));
    }
    shell.call({"POST", {"tokens"}, {}, std::move(body)}, [&](const json::Value& made) {
      if (shell.output == "json") return shell.print(made, {}, "id");
      const json::Value* token = made.as_object()->find("token");
      if (token != nullptr && token->is_string()) shell.print_line(*token->as_string());
    });
  });

  CLI::App* list = noun->add_subcommand("list", "Show all, newest first; never the tokens themselves");
  list->add_option("--connection", options->connection, "Only those of this connection");
  list->callback([&shell, options] {
    shell.call({"GET", {"tokens"}, {{"connection", options->connection}}, {}},
               [&](const json::Value& body) { shell.print(body, kColumns, "id"); });
  });

  CLI::App* revoke = noun->add_subcommand("revoke", "End one, at once");
  revoke->add_option("id", options->id, "Id, as `tokens list` shows it")->required();
  add_dry_run(*revoke, shell);
  revoke->callback([&shell, options] {
    shell.call({"DELETE", {"tokens", options->id}, {}, {}}, [](const json::Value&) {});
  });
}

}  // namespace rolecall::app
