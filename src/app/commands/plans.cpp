#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <utility>

#include "backup.hpp"
#include "commands.hpp"
#include "plan_input.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kStored{{"ID", "id"},          {"MADE", "made"},         {"MADE BY", "made_by"},
                                  {"STATE", "state"},    {"REVISION", "revision"}, {"AFFECTED", "affected"},
                                  {"SUMMARY", "summary"}};

struct Options {
  std::string file, plan, out;
  bool exit_code = false;
  bool auto_approve = false;
  bool is_rehearsal = false;
  bool is_everything = false;
};

std::string text_of(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  if (value == nullptr) return {};
  return printable(value->is_string() ? *value->as_string() : json::write(*value));
}

const json::Array& items_of(const json::Object& object, std::string_view name) {
  static const json::Array kNone;
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_array() ? *value->as_array() : kNone;
}

std::string joined(const json::Array& texts) {
  std::string all;
  for (const json::Value& text : texts) {
    if (text.is_string()) all += (all.empty() ? "" : ", ") + printable(*text.as_string());
  }
  return all;
}

void print_members(const Shell& shell, const json::Object& change) {
  const json::Value* before = change.find("before");
  const json::Value* after = change.find("after");
  const bool has_after = after != nullptr && after->is_object();
  if (!has_after) return;
  for (const auto& [name, value] : *after->as_object()) {
    const std::string old = before != nullptr && before->is_object() ? text_of(*before->as_object(), name) : "";
    shell.print_line("    " + printable(name) + ": " + (old.empty() ? "" : old + " → ") +
                     text_of(*after->as_object(), name));
  }
}

void print_changes(const Shell& shell, const json::Object& plan) {
  const std::map<std::string, std::string> signs{{"add", "+"}, {"change", "~"}, {"remove", "-"}};
  for (const json::Value& item : items_of(plan, "changes")) {
    const json::Object* change = item.as_object();
    if (change == nullptr) continue;
    const auto sign = signs.find(text_of(*change, "action"));
    shell.print_line((sign == signs.end() ? "?" : sign->second) + " " + text_of(*change, "kind") + " " +
                     text_of(*change, "name"));
    print_members(shell, *change);
  }
}

/// People with the same gains and losses in one line each.
void print_people(const Shell& shell, const json::Object& plan) {
  std::map<std::string, std::string> by_effect;
  for (const json::Value& item : items_of(plan, "people")) {
    const json::Object* person = item.as_object();
    if (person == nullptr) continue;
    std::string effect;
    const auto add = [&](std::string_view word, std::string_view member) {
      const std::string names = joined(items_of(*person, member));
      if (!names.empty()) effect += (effect.empty() ? "" : "; ") + std::string(word) + names;
    };
    add("gains ", "gains");
    add("loses ", "loses");
    if (effect.empty()) {
      add("may now ", "gains_permissions");
      add("may no longer ", "loses_permissions");
    }
    std::string& names = by_effect[effect];
    names += (names.empty() ? "" : " · ") + text_of(*person, "user_name");
  }
  for (const auto& [effect, names] : by_effect) shell.print_line("  " + effect + ": " + names);
  for (const json::Value& warning : items_of(plan, "warnings")) {
    if (warning.is_string()) shell.print_line("! " + printable(*warning.as_string()));
  }
}

std::string people_of(const std::string& count) { return count + (count == "1" ? " person" : " people"); }

void print_plan(const Shell& shell, const json::Object& plan) {
  if (shell.output != "table") return shell.print(plan, {}, "id");
  print_changes(shell, plan);
  print_people(shell, plan);
  const json::Value* summary = plan.find("summary");
  const json::Object none;
  const json::Object& counts = summary != nullptr && summary->is_object() ? *summary->as_object() : none;
  shell.print_line("Plan " + text_of(plan, "id") + ": " + text_of(counts, "add") + " to add, " +
                   text_of(counts, "change") + " to change, " + text_of(counts, "remove") + " to remove; " +
                   people_of(text_of(plan, "affected")) + " affected, " + text_of(plan, "unchanged") +
                   " unchanged. Computed on revision " + text_of(plan, "revision") + ".");
}

void compute(Shell& shell, const std::string& file, const std::function<void(const json::Object&)>& show) {
  auto desired = read_plan_input(file);
  if (!desired) return shell.fail(kUsage, desired.error().detail);
  AdminCall call{"POST", {"plans"}, {}, std::move(*desired)};
  shell.call(call, [&](const json::Value& body) { show(*body.as_object()); });
}

void write_out(Shell& shell, const std::string& path, const json::Object& plan) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << json::write_pretty(plan) << '\n';
  if (!file.flush()) shell.fail(kFailed, path + " cannot be written.");
}

void apply(Shell& shell, const Options& options, const json::Object& plan) {
  print_plan(shell, plan);
  if (items_of(plan, "changes").empty() && !options.file.empty()) return;
  if (!options.auto_approve && !options.is_rehearsal && !shell.is_confirmed("Apply this plan?", "--yes")) return;
  shell.is_dry_run = options.is_rehearsal;
  shell.call({"POST", {"plans", text_of(plan, "id"), "apply"}, {}, {}},
             [](const json::Value&) { std::cerr << "Applied.\n"; });
}

void run_apply(Shell& shell, Options& options) {
  // A rehearsal is of the plan: it has to be stored to be applied.
  options.is_rehearsal = std::exchange(shell.is_dry_run, false);
  if (options.file.empty() == options.plan.empty()) {
    return shell.fail(kUsage, "Name a plan, or a file with -f: one of them.");
  }
  if (!options.auto_approve && !options.is_rehearsal && !shell.can_ask("--yes")) return;
  const auto show = [&](const json::Object& plan) { apply(shell, options, plan); };
  if (!options.file.empty()) return compute(shell, options.file, show);
  const auto id = plan_id_of(options.plan);
  if (!id) return shell.fail(kUsage, id.error().detail);
  shell.call({"GET", {"plans", *id}, {}, {}}, [&](const json::Value& body) { show(*body.as_object()); });
}

void add_stored_plans(CLI::App& root, Shell& shell, const std::shared_ptr<Options>& options) {
  CLI::App* noun = root.add_subcommand("plans", "Plans that were computed, applied or not");
  noun->require_subcommand(1);
  CLI::App* list = noun->add_subcommand("list", "Show the newest first");
  add_examples(*list, {"rolecall plans list", "rolecall plans list -o json"});
  list->callback([&shell] {
    shell.call_pages({"GET", {"plans"}, {}, {}}, kEverything,
                     [&](const json::Value& body) { shell.print(body, kStored, "id"); });
  });
  CLI::App* get = noun->add_subcommand("get", "Show one as `plan` did");
  get->add_option("plan", options->plan, "Id, or the file that --out wrote")->required();
  add_examples(*get,
               {"rolecall plans get 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a53", "rolecall plans get plan.json -o json"});
  get->callback([&shell, options] {
    const auto id = plan_id_of(options->plan);
    if (!id) return shell.fail(kUsage, id.error().detail);
    shell.call({"GET", {"plans", *id}, {}, {}}, [&](const json::Value& body) { print_plan(shell, *body.as_object()); });
  });
}

}  // namespace

void add_plans(CLI::App& root, Shell& shell) {
  auto options = std::make_shared<Options>();
  const auto add_file = [&](CLI::App& verb) {
    return verb.add_option("-f,--file", options->file, "JSON or YAML file, or a directory of them");
  };
  const auto finish = [&shell, options](const json::Object& plan) {
    if (options->exit_code && !items_of(plan, "changes").empty()) shell.exit_code = kChangesFound;
  };

  CLI::App* plan = root.add_subcommand("plan", "Say what a file of links and roles would change, and for whom");
  add_file(*plan)->required();
  plan->add_flag("--exit-code", options->exit_code, "Exit with 10 when there are changes");
  plan->add_option("--out", options->out, "Also write the computed plan here, for `apply`");
  add_examples(*plan, {"rolecall plan -f access.yaml --out plan.json", "rolecall plan -f access/ --exit-code"});
  plan->callback([&shell, options, finish] {
    compute(shell, options->file, [&](const json::Object& computed) {
      print_plan(shell, computed);
      if (!options->out.empty()) write_out(shell, options->out, computed);
      finish(computed);
    });
  });

  CLI::App* diff = root.add_subcommand("diff", "Say how a file differs from what is, without people");
  add_file(*diff)->required();
  diff->add_flag("--exit-code", options->exit_code, "Exit with 10 when there are differences");
  add_examples(*diff, {"rolecall diff -f access.yaml", "rolecall diff -f access.yaml --exit-code -o json"});
  diff->callback([&shell, options, finish] {
    compute(shell, options->file, [&](const json::Object& computed) {
      if (shell.output == "table") {
        print_changes(shell, computed);
      } else {
        shell.print(json::Object{{"items", items_of(computed, "changes")}}, {}, "name");
      }
      finish(computed);
    });
  });

  CLI::App* apply_verb = root.add_subcommand("apply", "Make what is what a file or a computed plan says");
  add_file(*apply_verb);
  apply_verb->add_option("plan", options->plan, "Id of a computed plan, or the file that --out wrote");
  apply_verb->add_flag("--yes,--auto-approve", options->auto_approve, "Do not ask");
  add_dry_run(*apply_verb, shell);
  add_examples(*apply_verb, {"rolecall apply plan.json", "rolecall apply -f access.yaml --yes"});
  apply_verb->callback([&shell, options] { run_apply(shell, *options); });

  CLI::App* all = root.add_subcommand("export", "Print links, roles and default roles as a file for `apply`");
  all->add_flag("--everything", options->is_everything,
                "The whole database instead, for `import`: lines of JSON, the same from every engine");
  add_examples(*all, {"rolecall export > access.json", "rolecall export -o yaml > access.yaml",
                      "rolecall export --everything --data data > everything.rolecall"});
  all->callback([&shell, options] {
    if (options->is_everything) return export_everything(shell);
    shell.call({"GET", {"export"}, {}, {}}, [&](const json::Value& body) {
      if (shell.output == "yaml") return shell.print(body, {}, {});
      shell.print_line(json::write_pretty(body));
    });
  });
  add_stored_plans(root, shell, options);
}

}  // namespace rolecall::app
