#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"
#include "rolecall/app/config_schema.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::app {
namespace {

json::Object shown(const Key& key, const Configuration& configuration) {
  return json::Object{{"key", key.name},
                      {"value", configuration.shown(key)},
                      {"default", key.default_value},
                      {"origin", name_of(configuration.origin(key.name))},
                      {"doc", key.doc}};
}

void show_all(Shell& shell) {
  const auto configuration = shell.load_configuration();
  if (!configuration) return shell.fail(kUsage, configuration.error().detail);
  json::Array items;
  for (const Key& key : config_keys()) items.emplace_back(shown(key, *configuration));
  shell.print(json::Object{{"items", std::move(items)}},
              {{"KEY", "key"}, {"VALUE", "value"}, {"DEFAULT", "default"}, {"ORIGIN", "origin"}}, "key");
}

void explain(Shell& shell, const std::string& name) {
  const Key* key = find_key(name);
  if (key == nullptr) {
    const std::string_view near = nearest_key(name);
    return shell.fail(kNotFound, "There is no setting \"" + name + "\"." +
                                     (near.empty() ? "" : " Did you mean \"" + std::string(near) + "\"?"));
  }
  const auto configuration = shell.load_configuration();
  if (!configuration) return shell.fail(kUsage, configuration.error().detail);
  if (shell.output != "table") return shell.print(shown(*key, *configuration), {}, "key");
  shell.print_line(std::string(key->name) + " = " + configuration->shown(*key) + "   (" +
                   std::string(name_of(configuration->origin(key->name))) + ")");
  shell.print_line(key->doc);
  shell.print_line("default " + (key->default_value.empty() ? "(empty)" : std::string(key->default_value)) +
                   ", in the environment " + variable_of(*key));
}

}  // namespace

void add_config(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("config", "Settings of the server");
  noun->require_subcommand(1);
  CLI::App* show = noun->add_subcommand("show", "Show every setting, its value and where that comes from");
  add_examples(*show, {"rolecall config show", "rolecall config show --config rolecall.toml -o json"});
  show->callback([&shell] { show_all(shell); });
  CLI::App* check = noun->add_subcommand("check", "Say whether the server would start with these settings");
  add_examples(*check, {"rolecall config check", "rolecall config check --config rolecall.toml"});
  check->callback([&shell] {
    const auto configuration = shell.load_configuration();
    if (!configuration) return shell.fail(kFailed, configuration.error().detail);
    if (shell.output == "table") return shell.print_line("The configuration is valid.");
    shell.print(json::Object{{"valid", true}}, {}, "valid");
  });
  auto name = std::make_shared<std::string>();
  CLI::App* one = noun->add_subcommand("explain", "Say what a setting does");
  one->add_option("key", *name, "Name, as in server.listen")->required();
  add_examples(*one, {"rolecall config explain server.listen", "rolecall config explain limits.page_max -o json"});
  one->callback([&shell, name] { explain(shell, *name); });
  CLI::App* schema = noun->add_subcommand("schema", "Print the JSON Schema of the configuration file");
  add_examples(*schema, {"rolecall config schema > rolecall.schema.json", "rolecall config schema -o yaml"});
  schema->callback([&shell] {
    if (shell.output == "yaml") return shell.print(config_schema(), {}, {});
    shell.print_line(json::write_pretty(config_schema()));
  });
}

}  // namespace rolecall::app
