#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>

#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{{"NAME", "name"},       {"CURRENT", "current"},
                                   {"SERVER", "server"},   {"TOKEN FILE", "token_file"},
                                   {"CA FILE", "ca_file"}, {"SIGNED IN", "signed_in"}};

/// Names that need no quotes in a shell.
bool is_name(std::string_view name) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  return !name.empty() && name.size() <= 64 && name.front() != '-' &&
         name.find_first_not_of(kLetters) == std::string_view::npos;
}

std::string absolute(const std::string& path) {
  return path.empty() ? path : std::filesystem::absolute(path).lexically_normal().string();
}

json::Object shown(const Contexts& contexts, const Context& context) {
  return json::Object{{"name", context.name},
                      {"current", context.name == contexts.current},
                      {"server", context.server},
                      {"token_file", context.token_file},
                      {"ca_file", context.ca_file.empty() ? json::Value() : json::Value(context.ca_file)},
                      {"signed_in", context.session ? json::Value(context.session->user) : json::Value()}};
}

/// Reads what is kept, has it changed, and keeps it again.
void edit(Shell& shell, const std::function<Result<void>(Contexts&)>& change) {
  const std::string path = contexts_path();
  auto contexts = read_contexts(path);
  if (!contexts) return shell.fail(contexts.error());
  if (const auto done = change(*contexts); !done) return shell.fail(done.error());
  if (const auto kept = write_contexts(path, *contexts); !kept) shell.fail(kept.error());
}

Result<void> add(Contexts& contexts, Context wanted) {
  if (!is_name(wanted.name)) {
    return fail(ErrorCode::invalid_value, "A name is up to 64 letters, digits, dots, hyphens and underscores.");
  }
  if (contexts.find(wanted.name) != nullptr) {
    return fail(ErrorCode::uniqueness, "There is a context “" + wanted.name + "” already. Remove it first.");
  }
  ROLECALL_TRY(check_server(wanted.server));
  ROLECALL_TRY(read_token_file(wanted.token_file));
  if (contexts.all.empty()) contexts.current = wanted.name;
  const auto after = std::find_if(contexts.all.begin(), contexts.all.end(),
                                  [&](const Context& other) { return other.name > wanted.name; });
  contexts.all.insert(after, std::move(wanted));
  return {};
}

tl::unexpected<Error> no_context(const std::string& name) {
  return fail(ErrorCode::not_found, "There is no context “" + name + "”.");
}

}  // namespace

void add_contexts(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("context", "Servers to talk to, so that no command has to name one");
  noun->require_subcommand(1);
  auto options = std::make_shared<Context>();

  CLI::App* add_verb = noun->add_subcommand("add", "Keep one under a name; the first is used from then on");
  add_verb->add_option("name", options->name, "Name")->required();
  add_verb->add_option("--server", options->server, "https://HOST[:PORT]; http for this machine alone")->required();
  add_verb->add_option("--token-file", options->token_file, "File with the admin token or an API token; it stays there")
      ->required()
      ->check(CLI::ExistingFile);
  add_verb
      ->add_option("--ca-file", options->ca_file, "PEM file of who vouches for the server, if this machine does not")
      ->check(CLI::ExistingFile);
  add_examples(*add_verb, {"rolecall context add live --server https://desk.example.com --token-file ~/.desk-token",
                           "rolecall context add here --server http://127.0.0.1:8080 --token-file data/admin-token"});
  add_verb->callback([&shell, options] {
    options->token_file = absolute(options->token_file);
    options->ca_file = absolute(options->ca_file);
    edit(shell, [&](Contexts& contexts) { return add(contexts, *options); });
  });

  CLI::App* list = noun->add_subcommand("list", "Show all, and which is in use");
  add_examples(*list, {"rolecall context list", "rolecall context list -o name"});
  list->callback([&shell] {
    const auto contexts = read_contexts(contexts_path());
    if (!contexts) return shell.fail(contexts.error());
    json::Array items;
    for (const Context& context : contexts->all) items.emplace_back(shown(*contexts, context));
    shell.print(json::Object{{"items", std::move(items)}}, kColumns, "name");
  });

  CLI::App* use = noun->add_subcommand("use", "Let commands without --data, --server and --context go to one");
  use->add_option("name", options->name, "Name")->required();
  add_examples(*use, {"rolecall context use live", "rolecall context use here"});
  use->callback([&shell, options] {
    edit(shell, [&](Contexts& contexts) -> Result<void> {
      if (contexts.find(options->name) == nullptr) return no_context(options->name);
      contexts.current = options->name;
      return {};
    });
  });

  CLI::App* remove = noun->add_subcommand("remove", "Forget one; its token file stays where it is");
  remove->add_option("name", options->name, "Name")->required();
  add_examples(*remove, {"rolecall context remove here", "rolecall context remove live"});
  remove->callback([&shell, options] {
    edit(shell, [&](Contexts& contexts) -> Result<void> {
      const auto removed = std::remove_if(contexts.all.begin(), contexts.all.end(),
                                          [&](const Context& context) { return context.name == options->name; });
      if (removed == contexts.all.end()) return no_context(options->name);
      contexts.all.erase(removed, contexts.all.end());
      if (contexts.current == options->name) contexts.current.clear();
      return {};
    });
  });
}

}  // namespace rolecall::app
