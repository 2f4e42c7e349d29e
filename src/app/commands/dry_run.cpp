#include <CLI/CLI.hpp>

#include "commands.hpp"

namespace rolecall::app {

void add_dry_run(CLI::App& verb, Shell& shell) {
  verb.add_flag("--dry-run", shell.is_dry_run, "Do it, say what it did, and take it back");
}

}  // namespace rolecall::app
