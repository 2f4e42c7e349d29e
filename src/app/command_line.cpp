#include "rolecall/app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>

#include "commands/backup.hpp"
#include "commands/commands.hpp"
#include "rolecall/app/version.hpp"

namespace rolecall::app {
namespace {

/// Options of every verb; CLI11 looks for them here when a verb does not know one.
void add_globals(CLI::App& root, Shell& shell) {
  if (const char* directory = std::getenv("ROLECALL_DATA"); directory != nullptr && *directory != '\0') {
    shell.data = directory;
    shell.is_data_named = true;
  }
  CLI::Option* data = root.add_option("--data", shell.data, "Data directory (ROLECALL_DATA)")->capture_default_str();
  data->each([&shell](const std::string&) { shell.is_data_named = true; });
  CLI::Option* context = root.add_option("--context", shell.context, "Server that `context add` keeps under this name");
  CLI::Option* server = root.add_option("--server", shell.server.server, "Server by its address: https://HOST[:PORT]");
  CLI::Option* token = root.add_option("--token-file", shell.server.token_file, "File with the token for --server")
                           ->check(CLI::ExistingFile);
  root.add_option("--ca-file", shell.server.ca_file, "PEM file of who vouches for --server")
      ->check(CLI::ExistingFile)
      ->needs(server);
  server->needs(token);
  token->needs(server);
  server->excludes(data);
  server->excludes(context);
  context->excludes(data);
  root.add_option("--config", shell.config_file, "Configuration file (TOML)");
  root.add_option("--database", shell.database,
                  "sqlite:PATH or postgresql://… instead of rolecall.db in the data directory");
  root.add_option("--workspace", shell.workspace, "Workspace")->capture_default_str();
  root.add_option("-o,--output", shell.output, "How to print: csv has a line of names, name nothing else")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kFormats), std::end(kFormats))))
      ->capture_default_str();
  root.add_flag("--no-input", shell.is_silent,
                "Never ask: what would be asked is refused, naming the flag that answers");
}

/// "users list": the verb that was typed, as far as it was known.
std::string typed_verb(const CLI::App& root) {
  std::string words;
  for (const CLI::App* at = &root; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    words += " " + at->get_name();
  }
  return words;
}

/// What helps most after a failure: the list in which the right name stands, or who one is, or what is wrong in all.
std::string next_command(CLI::App& root, int exit_code) {
  const std::string verb = typed_verb(root);
  if (exit_code == kNotAllowed) return "rolecall whoami";
  if (exit_code == kUnreachable) return "rolecall doctor";
  if ((exit_code == kNotFound || exit_code == kConflict) && !verb.empty()) {
    CLI::App* noun = root.get_subcommands().front();
    const bool has_list = !noun->get_subcommands([](CLI::App* each) { return each->get_name() == "list"; }).empty();
    if (verb.ends_with(" list")) return "rolecall workspaces list";
    if (has_list) return "rolecall " + noun->get_name() + " list";
  }
  return "rolecall" + verb + " --help";
}

/// In the form of every other failure.
std::string failure_message(CLI::App& root, const CLI::Error& error) {
  return "rolecall: " + printable(error.what()) + "\n  code:    usage\n  next:    " + next_command(root, kUsage) + "\n";
}

void add_version(CLI::App& root, Shell& shell) {
  CLI::App* verb = root.add_subcommand("version", "Print the version of this program");
  add_examples(*verb, {"rolecall version", "rolecall version -o json"});
  verb->callback([&shell] {
    if (shell.output == "table") return shell.print_line("rolecall " + std::string(version()));
    shell.print(json::Object{{"version", version()}}, {}, "version");
  });
}

}  // namespace

int run(int argc, const char* const* argv) {
  CLI::App root{"Rolecall: users, groups and roles from an identity provider over SCIM 2.0", "rolecall"};
  Shell shell;
  root.fallthrough();
  root.require_subcommand(1);
  root.set_version_flag("--version", std::string(version()));
  add_globals(root, shell);
  shell.next_command = [&root](int exit_code) { return next_command(root, exit_code); };
  root.failure_message([&root](const CLI::App*, const CLI::Error& error) { return failure_message(root, error); });
  add_serve(root, shell);
  add_workspaces(root, shell);
  add_connections(root, shell);
  add_tokens(root, shell);
  add_api_tokens(root, shell);
  add_sessions(root, shell);
  add_requests(root, shell);
  add_webhooks(root, shell);
  add_directories(root, shell);
  add_providers(root, shell);
  add_people(root, shell);
  add_sync_runs(root, shell);
  add_actions(root, shell);
  add_approvals(root, shell);
  add_action_types(root, shell);
  add_action_policies(root, shell);
  add_roles(root, shell);
  add_links(root, shell);
  add_plans(root, shell);
  add_guard(root, shell);
  add_users(root, shell);
  add_groups(root, shell);
  add_audit(root, shell);
  add_backup(root, shell);
  add_doctor(root, shell);
  add_config(root, shell);
  add_permissions(root, shell);
  add_system(root, shell);
  add_contexts(root, shell);
  add_simulate(root, shell);
  add_completion(root, shell);
  add_version(root, shell);
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
