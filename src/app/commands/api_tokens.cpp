#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{{"ID", "id"},       {"NAME", "name"},       {"SCOPES", "scopes"},
                                   {"STATE", "state"}, {"MADE BY", "made_by"}, {"EXPIRES", "expires"}};

struct Options {
  std::string name, expires_in, id, user;
  std::vector<std::string> scopes;
};

}  // namespace

void add_api_tokens(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("api-tokens", "Tokens of the admin API that may do only what their scopes say");
  noun->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* create = noun->add_subcommand("create", "Make one and print it, this once");
  create->add_option("name", options->name, "What it is for")->required();
  create->add_option("--scope", options->scopes, "users:read, decisions:read, …; once for each")->required();
  create->add_option("--expires-in", options->expires_in, "Lifetime: 30d, 12h; without it the token stays valid");
  create->add_option("--user", options->user, "Whom it stands for, by userName or id: it opens nothing without them");
  add_making(*create, shell);
  add_examples(
      *create,
      {"rolecall api-tokens create dashboard --scope users:read --scope decisions:read",
       "rolecall api-tokens create maya --scope actions:read --scope approvals:write --user maya@example.com"});
  create->callback([&shell, options] {
    json::Array scopes;
    for (const std::string& scope : options->scopes) scopes.emplace_back(scope);
    json::Object body{{"name", options->name}, {"scopes", std::move(scopes)}};
    if (!options->user.empty()) body.append("user", options->user);
    if (!append_lifetime(shell, options->expires_in, body)) return;
    shell.call({"POST", {"api-tokens"}, {}, std::move(body)},
               [&shell](const json::Value& made) { print_made_token(shell, made); });
  });
  CLI::App* list = noun->add_subcommand("list", "Show all, newest first; never the tokens themselves");
  add_examples(*list, {"rolecall api-tokens list", "rolecall api-tokens list -o json"});
  list->callback([&shell] {
    shell.call_pages({"GET", {"api-tokens"}, {}, {}}, kEverything,
                     [&shell](const json::Value& body) { shell.print(body, kColumns, "id"); });
  });
  CLI::App* scopes = noun->add_subcommand("scopes", "Show what one can hold, and what each lets it do");
  add_examples(*scopes, {"rolecall api-tokens scopes", "rolecall api-tokens scopes -o name"});
  scopes->callback([&shell] {
    shell.call_pages({"GET", {"api-tokens", "scopes"}, {}, {}}, kEverything, [&shell](const json::Value& body) {
      shell.print(body, {{"SCOPE", "scope"}, {"OPENS", "opens"}}, "scope");
    });
  });
  CLI::App* revoke = noun->add_subcommand("revoke", "End one, at once");
  revoke->add_option("id", options->id, "Id, as `api-tokens list` shows it")->required();
  add_dry_run(*revoke, shell);
  add_examples(*revoke, {"rolecall api-tokens revoke 7b1d9c2e5a4f6038",
                         "rolecall api-tokens revoke 7b1d9c2e5a4f6038 --dry-run"});
  revoke->callback([&shell, options] {
    shell.call({"DELETE", {"api-tokens", options->id}, {}, {}}, [](const json::Value&) {});
  });
}

}  // namespace rolecall::app
