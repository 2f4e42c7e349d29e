#include <CLI/CLI.hpp>

#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kCaller{
    {"CALLER", "caller"}, {"NAME", "name"}, {"WORKSPACE", "workspace"}, {"SCOPES", "scopes"}, {"EXPIRES", "expires"}};
const std::vector<Column> kSystem{{"VERSION", "version"}, {"PUBLIC URL", "public_url"}, {"TIME", "time"}};

}  // namespace

void add_system(CLI::App& root, Shell& shell) {
  CLI::App* who = root.add_subcommand("whoami", "Say whom the server takes these commands from, and what they may do");
  add_examples(*who, {"rolecall whoami --data /var/lib/rolecall", "rolecall whoami --context live -o json"});
  who->callback([&shell] {
    shell.call({"GET", {"whoami"}, {}, {}}, [&](const json::Value& body) { shell.print(body, kCaller, "caller"); });
  });
  CLI::App* noun = root.add_subcommand("system", "The server itself");
  noun->require_subcommand(1);
  CLI::App* info = noun->add_subcommand("info", "Show its version, public address and clock");
  add_examples(*info, {"rolecall system info", "rolecall system info --context live -o yaml"});
  info->callback([&shell] {
    shell.call({"GET", {"system"}, {}, {}}, [&](const json::Value& body) { shell.print(body, kSystem, "version"); });
  });
}

}  // namespace rolecall::app
