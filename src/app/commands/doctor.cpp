#include <CLI/CLI.hpp>
#include <memory>

#include "app/checks.hpp"
#include "commands.hpp"

namespace rolecall::app {
namespace {

/// Local checks first, then what the server (or this process in its place) finds in the data.
void examine(Shell& shell, bool is_deep) {
  const auto elsewhere = shell.remote();
  if (!elsewhere) return shell.fail(elsewhere.error());
  // Of another machine this one can only be told.
  json::Array findings = *elsewhere ? json::Array() : local_findings(shell);
  const bool can_ask = std::none_of(findings.begin(), findings.end(), is_failure);
  if (can_ask) {
    const auto keep = [&](const json::Value& body) {
      const json::Value* items = body.as_object()->find("items");
      if (items == nullptr || !items->is_array()) return;
      for (const json::Value& item : *items->as_array()) findings.push_back(item);
    };
    shell.call({"GET", {"doctor"}, {{"deep", is_deep ? "true" : ""}}, {}}, keep);
    if (shell.exit_code != kDone) findings.push_back(finding("server", "failed", "It could not be asked; see above."));
  }
  const bool has_failed = std::any_of(findings.begin(), findings.end(), is_failure);
  shell.print(json::Object{{"items", std::move(findings)}},
              {{"CHECK", "check"}, {"RESULT", "result"}, {"DETAIL", "detail"}}, "check");
  shell.exit_code = has_failed ? kDoctorFailed : kDone;
}

}  // namespace

void add_doctor(CLI::App& root, Shell& shell) {
  CLI::App* verb = root.add_subcommand("doctor", "Check configuration, data directory, database, tokens and trail");
  auto is_deep = std::make_shared<bool>(false);
  verb->add_flag("--deep", *is_deep, "Also walk the whole audit trail");
  add_examples(*verb, {"rolecall doctor", "rolecall doctor --deep -o json"});
  verb->callback([&shell, is_deep] { examine(shell, *is_deep); });
}

}  // namespace rolecall::app
