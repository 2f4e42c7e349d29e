#include "app/completion.hpp"

#include <CLI/CLI.hpp>

#include "commands.hpp"

namespace rolecall::app {

void add_completion(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("completion", "Print the script by which a shell completes these commands");
  noun->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, std::initializer_list<std::string_view> examples) {
    CLI::App* verb = noun->add_subcommand(name, help);
    add_examples(*verb, examples);
    verb->callback([&shell, &root, name] { shell.print_text(completion_for(name, root)); });
  };
  add("bash", "For bash",
      {"source <(rolecall completion bash)",
       "rolecall completion bash > ~/.local/share/bash-completion/completions/rolecall"});
  add("zsh", "For zsh, after compinit",
      {"source <(rolecall completion zsh)", "rolecall completion zsh > ~/.zfunc/_rolecall"});
  add("fish", "For fish",
      {"rolecall completion fish | source", "rolecall completion fish > ~/.config/fish/completions/rolecall.fish"});
}

}  // namespace rolecall::app
