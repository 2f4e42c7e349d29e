#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{{"NAME", "name"},
                                   {"PRIORITY", "priority"},
                                   {"ORIGIN", "origin"},
                                   {"PROTECTED", "protected"},
                                   {"DESCRIPTION", "description"}};
const std::vector<Column> kDetails{
    {"NAME", "name"}, {"PRIORITY", "priority"}, {"ORIGIN", "origin"}, {"PERMISSIONS", "permissions"}};

struct Options {
  std::string name, description, replacement;
  std::vector<std::string> permissions;
  std::int64_t limit = 100;
  std::int64_t priority = 0;
  bool no_permissions = false;
};

json::Array permissions_of(const Options& options) {
  json::Array permissions;
  for (const std::string& permission : options.permissions) permissions.emplace_back(permission);
  return permissions;
}

}  // namespace

void add_roles(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("roles", "Named sets of permissions");
  noun->require_subcommand(1);
  auto options = std::make_shared<Options>();
  const auto show = [&shell](const json::Value& body) { shell.print(body, kDetails, "name"); };

  CLI::App* list = noun->add_subcommand("list", "Show all, the most powerful first");
  add_examples(*list, {"rolecall roles list", "rolecall roles list -o name"});
  list->callback([&shell] {
    shell.call_pages({"GET", {"roles"}, {}, {}}, kEverything,
                     [&](const json::Value& body) { shell.print(body, kColumns, "name"); });
  });
  CLI::App* get = noun->add_subcommand("get", "Show one with its permissions");
  get->add_option("name", options->name, "Name or id")->required();
  add_examples(*get, {"rolecall roles get \"IT Agent\"", "rolecall roles get \"IT Agent\" -o yaml"});
  get->callback([&shell, show, options] { shell.call({"GET", {"roles", options->name}, {}, {}}, show); });

  CLI::App* create = noun->add_subcommand("create", "Make one");
  create->add_option("name", options->name, "Name; it cannot be changed later")->required();
  create->add_option("--description", options->description, "What it is for");
  create->add_option("--permission", options->permissions, "Permission; may be repeated")->allow_extra_args(false);
  add_making(*create, shell);
  add_examples(*create, {"rolecall roles create \"Night Desk\" --permission requests.view --permission requests.reply",
                         "rolecall roles create \"Own Requests\" --permission requests.view@own --dry-run"});
  create->callback([&shell, show, options] {
    shell.call(
        {"POST",
         {"roles"},
         {},
         {{"name", options->name}, {"description", options->description}, {"permissions", permissions_of(*options)}}},
        show);
  });

  CLI::App* update = noun->add_subcommand("update", "Change description or the whole set of permissions");
  update->add_option("name", options->name, "Name or id")->required();
  CLI::Option* description = update->add_option("--description", options->description, "What it is for");
  CLI::Option* permission =
      update->add_option("--permission", options->permissions, "Permission; may be repeated")->allow_extra_args(false);
  CLI::Option* none = update->add_flag("--no-permissions", options->no_permissions, "Take all permissions away");
  none->excludes(permission);
  add_dry_run(*update, shell);
  add_examples(*update, {"rolecall roles update \"Night Desk\" --description \"When the others sleep\"",
                         "rolecall roles update \"Night Desk\" --no-permissions --dry-run"});
  update->callback([&shell, show, options, description, permission, none] {
    json::Object body;
    if (description->count() > 0) body.append("description", options->description);
    if (permission->count() > 0 || none->count() > 0) body.append("permissions", permissions_of(*options));
    if (body.empty()) return shell.fail(kUsage, "Name --description, --permission or --no-permissions.");
    shell.change({"PATCH", {"roles", options->name}, {}, std::move(body)}, show);
  });

  CLI::App* remove = noun->add_subcommand("delete", "Remove one; what refers to it needs a replacement");
  remove->add_option("name", options->name, "Name or id")->required();
  remove->add_option("--replacement", options->replacement, "Role that links, grants by hand and default roles go to");
  add_dry_run(*remove, shell);
  add_examples(*remove, {"rolecall roles delete \"Night Desk\"",
                         "rolecall roles delete \"Night Desk\" --replacement \"IT Agent\" --dry-run"});
  remove->callback([&shell, options] {
    shell.change({"DELETE", {"roles", options->name}, {{"replacement", options->replacement}}, {}},
                 [](const json::Value&) {});
  });

  CLI::App* order = noun->add_subcommand("order", "Change the priority; without a name, show all by it");
  order->add_option("name", options->name, "Name or id");
  CLI::Option* priority =
      order->add_option("--priority", options->priority, "The lowest number wins in role mode single")
          ->check(CLI::Range(1, 1'000'000));
  add_dry_run(*order, shell);
  add_examples(*order, {"rolecall roles order", "rolecall roles order \"Night Desk\" --priority 50"});
  order->callback([&shell, show, options, priority] {
    if (options->name.empty() != (priority->count() == 0)) {
      return shell.fail(kUsage, "Name a role and its --priority, or neither.");
    }
    if (options->name.empty()) {
      return shell.call_pages({"GET", {"roles"}, {}, {}}, kEverything, [&](const json::Value& body) {
        shell.print(body, {{"PRIORITY", "priority"}, {"NAME", "name"}}, "name");
      });
    }
    shell.change({"PATCH", {"roles", options->name}, {}, {{"priority", options->priority}}}, show);
  });

  CLI::App* holders = noun->add_subcommand("holders", "Show who has one");
  holders->add_option("name", options->name, "Name or id")->required();
  holders->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 10'000'000));
  add_examples(*holders, {"rolecall roles holders Owner", "rolecall roles holders \"IT Agent\" --limit 1000 -o csv"});
  holders->callback([&shell, options] {
    shell.call_pages({"GET", {"roles", options->name, "holders"}, {}, {}}, options->limit,
                     [&](const json::Value& body) {
                       shell.print(body, {{"USER", "user_name"}, {"ID", "id"}}, "user_name");
                     });
  });
}

}  // namespace rolecall::app
