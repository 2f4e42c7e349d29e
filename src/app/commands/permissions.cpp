#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{
    {"NAME", "name"}, {"FEATURE", "feature"}, {"ROLES", "roles"}, {"SCOPED", "scoped"}, {"DESCRIPTION", "description"}};

}  // namespace

void add_permissions(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("permissions", "What roles can hold");
  noun->require_subcommand(1);
  CLI::App* list =
      noun->add_subcommand("list", "Show the catalogue, and which roles hold what: for all data, or scoped");
  auto feature = std::make_shared<std::string>();
  list->add_option("--feature", *feature, "Only those of this feature");
  add_examples(*list, {"rolecall permissions list", "rolecall permissions list --feature requests -o csv"});
  list->callback([&shell, feature] {
    shell.call_pages({"GET", {"permissions"}, {{"feature", *feature}}, {}}, kEverything,
                     [&](const json::Value& body) { shell.print(body, kColumns, "name"); });
  });
}

}  // namespace rolecall::app
