#include <CLI/CLI.hpp>

#include "commands.hpp"

namespace rolecall::app {

void add_dry_run(CLI::App& verb, Shell& shell) {
  verb.add_flag("--dry-run", shell.is_dry_run, "Do it, say what it did, and take it back");
}

void add_making(CLI::App& verb, Shell& shell) {
  add_dry_run(verb, shell);
  verb.add_option("--idempotency-key", shell.idempotency_key,
                  "Any text of your own: the same command with the same key does nothing twice");
}

}  // namespace rolecall::app
