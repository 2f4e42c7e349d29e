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
  noun->add_subcommand("list", "Show all")->callback([&shell] {
    shell.call({"GET", {"workspaces"}, {}, {}}, [&](const json::Value& body) { shell.print(body, kColumns, "name"); });
  });
  CLI::App* create = noun->add_subcommand("create", "Make one, with the shipped roles and no connection");
  auto name = std::make_shared<std::string>();
  create->add_option("name", *name, "Name")->required();
  add_making(*create, shell);
  create->callback([&shell, name] {
    shell.call({"POST", {"workspaces"}, {}, {{"name", *name}}},
               [&](const json::Value& body) { shell.print(body, kColumns, "name"); });
  });
  CLI::App* set =
      noun->add_subcommand("set", "Change whether all roles of a user count or the one of the highest priority");
  auto mode = std::make_shared<std::string>();
  set->add_option("name", *name, "Name; without one, that of --workspace");
  set->add_option("--role-mode", *mode, "multi or single")->required()->check(CLI::IsMember({"multi", "single"}));
  add_dry_run(*set, shell);
  set->callback([&shell, name, mode] {
    const std::string wanted = name->empty() ? shell.workspace : *name;
    shell.change({"PATCH", {"workspaces", wanted}, {}, {{"role_mode", *mode}}},
                 [&](const json::Value& body) { shell.print(body, kColumns, "name"); });
  });
}

}  // namespace rolecall::app
