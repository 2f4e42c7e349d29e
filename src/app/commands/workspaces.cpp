#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{{"NAME", "name"}, {"ROLE MODE", "role_mode"}, {"ID", "id"}, {"CREATED", "created"}};

}  // namespace

void add_workspaces(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("workspaces", "Tenants: each has its own connections, users, groups and roles");
  noun->require_subcommand(1);
  const auto show = [&shell](const json::Value& body) { shell.print(body, kColumns, "name"); };
  auto name = std::make_shared<std::string>();
  CLI::App* list = noun->add_subcommand("list", "Show all");
  add_examples(*list, {"rolecall workspaces list", "rolecall workspaces list -o name"});
  list->callback([&shell, show] { shell.call_pages({"GET", {"workspaces"}, {}, {}}, kEverything, show); });
  CLI::App* get = noun->add_subcommand("get", "Show one");
  get->add_option("name", *name, "Name; without one, that of --workspace");
  add_examples(*get, {"rolecall workspaces get", "rolecall workspaces get north -o json"});
  get->callback([&shell, show, name] {
    shell.call({"GET", {"workspaces", name->empty() ? shell.workspace : *name}, {}, {}}, show);
  });
  CLI::App* create = noun->add_subcommand("create", "Make one, with the shipped roles and no connection");
  create->add_option("name", *name, "Name")->required();
  add_making(*create, shell);
  add_examples(*create, {"rolecall workspaces create north", "rolecall workspaces create north --dry-run"});
  create->callback([&shell, show, name] { shell.call({"POST", {"workspaces"}, {}, {{"name", *name}}}, show); });
  CLI::App* set =
      noun->add_subcommand("set", "Change whether all roles of a user count or the one of the highest priority");
  auto mode = std::make_shared<std::string>();
  set->add_option("name", *name, "Name; without one, that of --workspace");
  set->add_option("--role-mode", *mode, "multi or single")->required()->check(CLI::IsMember({"multi", "single"}));
  add_dry_run(*set, shell);
  add_examples(*set, {"rolecall workspaces set --role-mode single",
                      "rolecall workspaces set north --role-mode multi --dry-run"});
  set->callback([&shell, show, name, mode] {
    const std::string wanted = name->empty() ? shell.workspace : *name;
    shell.change({"PATCH", {"workspaces", wanted}, {}, {{"role_mode", *mode}}}, show);
  });
}

}  // namespace rolecall::app
