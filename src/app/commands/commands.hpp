#pragma once

#include <initializer_list>
#include <string_view>

#include "app/shell.hpp"

namespace CLI {
class App;
}

namespace rolecall::app {

/// Command lines that show a verb at work, printed at the end of its --help: two at least.
void add_examples(CLI::App& verb, std::initializer_list<std::string_view> lines);
/// --dry-run, for a verb that changes something.
void add_dry_run(CLI::App& verb, Shell& shell);
/// The same and --idempotency-key, for a verb that makes something.
void add_making(CLI::App& verb, Shell& shell);
/// `expires_in_seconds` from --expires-in, which may be empty; false when it is no time, which has been said then.
[[nodiscard]] bool append_lifetime(Shell& shell, const std::string& expires_in, json::Object& body);
/// A new token is shown alone, so that a script can take it.
void print_made_token(const Shell& shell, const json::Value& made);

// Each of these adds one noun and its verbs.
void add_serve(CLI::App& root, Shell& shell);
void add_contexts(CLI::App& root, Shell& shell);
void add_completion(CLI::App& root, Shell& shell);
void add_permissions(CLI::App& root, Shell& shell);
void add_system(CLI::App& root, Shell& shell);
void add_workspaces(CLI::App& root, Shell& shell);
void add_connections(CLI::App& root, Shell& shell);
void add_tokens(CLI::App& root, Shell& shell);
void add_api_tokens(CLI::App& root, Shell& shell);
void add_sessions(CLI::App& root, Shell& shell);
void add_user_sessions(CLI::App& noun, Shell& shell);
void add_requests(CLI::App& root, Shell& shell);
void add_webhooks(CLI::App& root, Shell& shell);
void add_directory_hook(CLI::App& noun, Shell& shell);
void add_directory_consent(CLI::App& noun, Shell& shell);
/// Begins the consent and prints the address to open.
void authorize_directory(Shell& shell, const std::string& name);
void add_directories(CLI::App& root, Shell& shell);
void add_providers(CLI::App& root, Shell& shell);
void add_people(CLI::App& root, Shell& shell);
void add_sync_runs(CLI::App& root, Shell& shell);
void add_actions(CLI::App& root, Shell& shell);
void add_approvals(CLI::App& root, Shell& shell);
void add_action_types(CLI::App& root, Shell& shell);
void add_action_policies(CLI::App& root, Shell& shell);
void add_roles(CLI::App& root, Shell& shell);
void add_links(CLI::App& root, Shell& shell);
void add_plans(CLI::App& root, Shell& shell);
void add_guard(CLI::App& root, Shell& shell);
void add_users(CLI::App& root, Shell& shell);
void add_groups(CLI::App& root, Shell& shell);
void add_audit(CLI::App& root, Shell& shell);
void add_doctor(CLI::App& root, Shell& shell);
void add_config(CLI::App& root, Shell& shell);
void add_simulate(CLI::App& root, Shell& shell);

}  // namespace rolecall::app
