#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <string>

#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{{"ID", "id"},       {"USER", "user_id"},        {"SCOPES", "scopes"},
                                   {"STATE", "state"}, {"LAST USED", "last_used"}, {"EXPIRES", "expires"}};
const std::vector<Column> kBegun{{"ID", "id"}, {"SCOPES", "scopes"}, {"EXPIRES", "expires"}};
const std::vector<Column> kRevoked{{"SESSIONS", "sessions"}, {"API TOKENS", "api_tokens"}, {"TOKENS", "tokens"}};

struct Options {
  std::string id, name;
  std::vector<std::string> scopes;
};

std::string text_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_string() ? *value->as_string() : std::string();
}

/// Keeps it in the context, or forgets the one that is kept there; false when that failed, which has been said then.
bool keep(Shell& shell, const std::string& name, std::optional<KeptSession> session) {
  const std::string path = contexts_path();
  auto contexts = read_contexts(path);
  if (!contexts) {
    shell.fail(contexts.error());
    return false;
  }
  const auto found = std::find_if(contexts->all.begin(), contexts->all.end(),
                                  [&](const Context& context) { return context.name == name; });
  if (found != contexts->all.end()) found->session = std::move(session);
  if (const auto kept = write_contexts(path, *contexts); !kept) {
    shell.fail(kept.error());
    return false;
  }
  return true;
}

void log_in(Shell& shell, const Options& options) {
  shell.ignores_session = true;
  const auto where = shell.remote();
  if (!where) return shell.fail(where.error());
  json::Object body;
  if (!options.scopes.empty()) {
    json::Array scopes;
    for (const std::string& scope : options.scopes) scopes.emplace_back(scope);
    body.append("scopes", std::move(scopes));
  }
  // Without a context there is no place to keep it: it is shown, so that a script can take it.
  const bool is_kept = where->has_value() && !(*where)->name.empty();
  shell.call({"POST", {"sessions"}, {}, std::move(body)}, [&](const json::Value& made) {
    if (!is_kept) return print_made_token(shell, made);
    json::Object shown = *made.as_object();
    KeptSession session{text_in(shown, "id"), text_in(shown, "token"), text_in(shown, "user_id"),
                        text_in(shown, "expires")};
    shown.erase("token");
    if (!keep(shell, (*where)->name, std::move(session))) return;
    shell.print(shown, kBegun, "id");
  });
}

void log_out(Shell& shell) {
  const auto where = shell.remote();
  if (!where) return shell.fail(where.error());
  if (!*where || !(*where)->session) return shell.fail(kNotFound, "Nobody is signed in here.");
  const Context& context = **where;
  shell.call({"DELETE", {"sessions", context.session->id}, {}, {}}, [](const json::Value&) {});
  // One that the server does not take any more is over; of one that was not reached nobody knows.
  const bool is_over = shell.exit_code == kDone || shell.exit_code == kNotAllowed || shell.exit_code == kNotFound;
  if (is_over && !shell.is_dry_run) keep(shell, context.name, std::nullopt);
}

}  // namespace

void add_sessions(CLI::App& root, Shell& shell) {
  auto options = std::make_shared<Options>();
  CLI::App* login =
      root.add_subcommand("login", "Begin a session by an API token of yours, and keep it in the context");
  login->add_option("--scope", options->scopes, "Only this of what the token can do; once for each");
  login->add_option("--api-token-file", shell.token_file, "File with the API token, instead of the context's")
      ->check(CLI::ExistingFile);
  add_making(*login, shell);
  add_examples(*login,
               {"rolecall login", "rolecall login --context live --api-token-file ~/.desk-token --scope users:read"});
  login->callback([&shell, options] { log_in(shell, *options); });

  CLI::App* logout = root.add_subcommand("logout", "End the session of the context");
  add_dry_run(*logout, shell);
  add_examples(*logout, {"rolecall logout", "rolecall logout --context live"});
  logout->callback([&shell] { log_out(shell); });

  CLI::App* noun = root.add_subcommand("sessions", "Users at work with the admin API");
  noun->require_subcommand(1);
  CLI::App* list = noun->add_subcommand("list", "Show all, newest first");
  add_examples(*list, {"rolecall sessions list", "rolecall sessions list -o json"});
  list->callback([&shell] {
    shell.call_pages({"GET", {"sessions"}, {}, {}}, kEverything,
                     [&shell](const json::Value& body) { shell.print(body, kColumns, "id"); });
  });
  CLI::App* revoke = noun->add_subcommand("revoke", "End one, at once");
  revoke->add_option("id", options->id, "Id, as `sessions list` shows it")->required();
  add_dry_run(*revoke, shell);
  add_examples(*revoke,
               {"rolecall sessions revoke 9c2e5a4f60387b1d", "rolecall sessions revoke 9c2e5a4f60387b1d --dry-run"});
  revoke->callback([&shell, options] {
    shell.call({"DELETE", {"sessions", options->id}, {}, {}}, [](const json::Value&) {});
  });
}

void add_user_sessions(CLI::App& noun, Shell& shell) {
  auto options = std::make_shared<Options>();
  CLI::App* list = noun.add_subcommand("sessions", "Show the sessions of somebody, newest first");
  list->add_option("name", options->name, "userName or id")->required();
  add_examples(*list, {"rolecall users sessions maya@example.com", "rolecall users sessions maya@example.com -o json"});
  list->callback([&shell, options] {
    shell.call_pages({"GET", {"users", options->name, "sessions"}, {}, {}}, kEverything,
                     [&shell](const json::Value& body) { shell.print(body, kColumns, "id"); });
  });
  CLI::App* revoke =
      noun.add_subcommand("revoke-access", "End all sessions and tokens of somebody, who keeps their roles");
  revoke->add_option("name", options->name, "userName or id")->required();
  add_making(*revoke, shell);
  add_examples(*revoke, {"rolecall users revoke-access maya@example.com",
                         "rolecall users revoke-access maya@example.com --dry-run"});
  revoke->callback([&shell, options] {
    shell.call({"POST", {"users", options->name, "revoke-access"}, {}, {}},
               [&shell](const json::Value& body) { shell.print(body, kRevoked, "sessions"); });
  });
}

}  // namespace rolecall::app
