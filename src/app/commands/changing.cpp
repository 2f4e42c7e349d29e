#include <CLI/CLI.hpp>

#include "commands.hpp"

namespace rolecall::app {

void add_examples(CLI::App& verb, std::initializer_list<std::string_view> lines) {
  std::string text = "Examples:";
  for (const std::string_view line : lines) text += "\n  " + std::string(line);
  verb.footer(text);
}

void add_dry_run(CLI::App& verb, Shell& shell) {
  verb.add_flag("--dry-run", shell.is_dry_run, "Do it, say what it did, and take it back");
}

void add_making(CLI::App& verb, Shell& shell) {
  add_dry_run(verb, shell);
  verb.add_option("--idempotency-key", shell.idempotency_key,
                  "Any text of your own: the same command with the same key does nothing twice");
}

bool append_lifetime(Shell& shell, const std::string& expires_in, json::Object& body) {
  if (expires_in.empty()) return true;
  const auto lifetime = parse_duration(expires_in);
  if (!lifetime || lifetime->count() < 1000) {
    shell.fail(kUsage, "--expires-in must be a time of at least 1s, as in 30d, 12h or 10s.");
    return false;
  }
  body.append("expires_in_seconds", static_cast<std::int64_t>(lifetime->count() / 1000));
  return true;
}

void print_made_token(const Shell& shell, const json::Value& made) {
  if (shell.output == "json" || shell.output == "yaml" || shell.output == "csv") return shell.print(made, {}, "id");
  const json::Value* token = made.as_object()->find("token");
  if (token != nullptr && token->is_string()) shell.print_line(*token->as_string());
}

}  // namespace rolecall::app
