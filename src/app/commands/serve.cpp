#include <CLI/CLI.hpp>

#include "app/serve.hpp"
#include "commands.hpp"

namespace rolecall::app {

void add_serve(CLI::App& root, Shell& shell) {
  CLI::App* verb = root.add_subcommand("serve", "Run the server");
  verb->add_option("--listen", shell.listen, "HOST:PORT; port 0 takes any free one");
  add_examples(*verb, {"rolecall serve --data /var/lib/rolecall",
                       "rolecall serve --config rolecall.toml --listen 127.0.0.1:8080"});
  verb->callback([&shell] { shell.exit_code = serve(shell); });
}

}  // namespace rolecall::app
