#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{
    {"ID", "id"},       {"GROUP", "group"},   {"ROLE", "role"},       {"CONNECTION", "connection"},
    {"STATE", "state"}, {"ORIGIN", "origin"}, {"MADE BY", "made_by"}, {"APPROVED BY", "approved_by"}};

struct Options {
  std::string group, role, connection, id;
};

}  // namespace

void add_links(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("links", "Which group gives which role");
  noun->require_subcommand(1);
  auto options = std::make_shared<Options>();
  const auto show = [&shell](const json::Value& body) { shell.print(body, kColumns, "id"); };

  CLI::App* list = noun->add_subcommand("list", "Show all");
  add_examples(*list, {"rolecall links list", "rolecall links list -o csv"});
  list->callback([&shell, show] { shell.call_pages({"GET", {"links"}, {}, {}}, kEverything, show); });
  CLI::App* get = noun->add_subcommand("get", "Show one");
  get->add_option("id", options->id, "Id, as `links list` shows it")->required();
  add_examples(*get, {"rolecall links get 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51",
                      "rolecall links get 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 -o json"});
  get->callback([&shell, show, options] { shell.call({"GET", {"links", options->id}, {}, {}}, show); });
  CLI::App* create = noun->add_subcommand("create", "Give the members of a group a role");
  create->add_option("--group", options->group, "Name or id of the group")->required();
  create->add_option("--role", options->role, "Name or id of the role")->required();
  create->add_option("--connection", options->connection, "When several connections have a group of that name");
  add_making(*create, shell);
  add_examples(*create, {"rolecall links create --group \"Service Desk\" --role \"IT Admin\" --dry-run",
                         "rolecall links create --group \"Service Desk\" --role \"IT Admin\" --connection okta"});
  create->callback([&shell, show, options] {
    json::Object body{{"group", options->group}, {"role", options->role}};
    if (!options->connection.empty()) body.append("connection", options->connection);
    shell.call({"POST", {"links"}, {}, std::move(body)}, show);
  });

  CLI::App* remove = noun->add_subcommand("delete", "Remove one; the members lose what only it gave");
  remove->add_option("id", options->id, "Id, as `links list` shows it")->required();
  add_dry_run(*remove, shell);
  add_examples(*remove, {"rolecall links delete 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --dry-run",
                         "rolecall links delete 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51"});
  remove->callback([&shell, options] {
    shell.change({"DELETE", {"links", options->id}, {}, {}}, [](const json::Value&) {});
  });
  const auto add_state = [&](const char* verb, const char* help, const char* state,
                             std::initializer_list<std::string_view> examples) {
    CLI::App* command = noun->add_subcommand(verb, help);
    command->add_option("id", options->id, "Id, as `links list` shows it")->required();
    add_dry_run(*command, shell);
    add_examples(*command, examples);
    command->callback([&shell, show, options, state] {
      shell.change({"PATCH", {"links", options->id}, {}, {{"state", state}}}, show);
    });
  };
  CLI::App* approve = noun->add_subcommand("approve", "Say that a link somebody else made is right");
  approve->add_option("id", options->id, "Id, as `links list` shows it")->required();
  add_dry_run(*approve, shell);
  add_examples(*approve, {"rolecall links approve 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51",
                          "rolecall links approve 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --dry-run"});
  approve->callback([&shell, show, options] {
    shell.call({"POST", {"links", options->id, "approval"}, {}, {}}, show);
  });
  CLI::App* suggest = noun->add_subcommand("suggest", "Show groups without a link that are named like a role");
  add_examples(*suggest, {"rolecall links suggest", "rolecall links suggest -o json"});
  suggest->callback([&shell] {
    shell.call({"GET", {"links", "suggestions"}, {}, {}}, [&](const json::Value& body) {
      shell.print(body, {{"GROUP", "group"}, {"CONNECTION", "connection"}, {"ROLE", "role"}}, "group");
    });
  });
  add_state("pause", "Let one grant nothing for now", "paused",
            {"rolecall links pause 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --dry-run",
             "rolecall links pause 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51"});
  add_state("resume", "Let a paused one grant again", "active",
            {"rolecall links resume 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --dry-run",
             "rolecall links resume 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51"});
}

}  // namespace rolecall::app
