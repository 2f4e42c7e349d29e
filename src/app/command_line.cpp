#include "rolecall/app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>

#include "commands/commands.hpp"
#include "rolecall/app/version.hpp"

namespace rolecall::app {
namespace {

/// Options of every verb; CLI11 looks for them here when a verb does not know one.
void add_globals(CLI::App& root, Shell& shell) {
  if (const char* directory = std::getenv("ROLECALL_DATA"); directory != nullptr && *directory != '\0') {
    shell.data = directory;
  }
  root.add_option("--data", shell.data, "Data directory (ROLECALL_DATA)")->capture_default_str();
  root.add_option("--config", shell.config_file, "Configuration file (TOML)");
  root.add_option("--database", shell.database,
                  "sqlite:PATH or postgresql://… instead of rolecall.db in the data directory");
  root.add_option("--workspace", shell.workspace, "Workspace")->capture_default_str();
  root.add_option("-o,--output", shell.output, "table, json or name")
      ->check(CLI::IsMember({"table", "json", "name"}))
      ->capture_default_str();
}

}  // namespace

int run(int argc, const char* const* argv) {
  CLI::App root{"Rolecall: users, groups and roles from an identity provider over SCIM 2.0", "rolecall"};
  Shell shell;
  root.fallthrough();
  root.require_subcommand(1);
  root.set_version_flag("--version", std::string(version()));
  add_globals(root, shell);
  add_serve(root, shell);
  add_workspaces(root, shell);
  add_connections(root, shell);
  add_tokens(root, shell);
  add_api_tokens(root, shell);
  add_requests(root, shell);
  add_webhooks(root, shell);
  add_roles(root, shell);
  add_links(root, shell);
  add_plans(root, shell);
  add_guard(root, shell);
  add_users(root, shell);
  add_groups(root, shell);
  add_audit(root, shell);
  add_doctor(root, shell);
  add_config(root, shell);
  root.add_subcommand("version", "Print the version")->callback([&shell] {
    shell.print_line("rolecall " + std::string(version()));
  });
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool is_help = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);
    root.exit(error, std::cout, std::cerr);
    return is_help ? kDone : kUsage;
  } catch (const std::exception& error) {
    std::cerr << "rolecall: " << error.what() << '\n';
    return kFailed;
  }
  std::cout.flush();
  return std::cout.good() ? shell.exit_code : kFailed;
}

}  // namespace rolecall::app
