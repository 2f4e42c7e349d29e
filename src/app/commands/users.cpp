#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "adoption.hpp"
#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{{"USER", "user_name"}, {"ACTIVE", "active"}, {"ID", "id"}, {"CREATED", "created"}};
const std::vector<Column> kDetails{{"USER", "user_name"},
                                   {"ACTIVE", "active"},
                                   {"ROLES", "roles"},
                                   {"GROUPS", "groups"},
                                   {"CONNECTION", "connection"}};

const std::vector<Column> kTimeline{{"AT", "at"}, {"KIND", "kind"}, {"SENTENCE", "sentence"}, {"REQUEST", "request"}};

struct Options {
  std::string name, role, at;
  std::int64_t limit = 1000;
};

}  // namespace

void add_users(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("users", "Accounts, and why they hold what they hold");
  noun->require_subcommand(1);
  auto options = std::make_shared<Options>();
  const auto show = [&shell](const json::Value& body) { shell.print(body, kDetails, "user_name"); };

  CLI::App* list = noun->add_subcommand("list", "Show all, by name");
  list->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 10'000'000));
  add_examples(*list, {"rolecall users list", "rolecall users list --limit 50 -o csv"});
  list->callback([&shell, options] {
    shell.call_pages({"GET", {"users"}, {}, {}}, options->limit,
                     [&](const json::Value& body) { shell.print(body, kColumns, "user_name"); });
  });
  CLI::App* get = noun->add_subcommand("get", "Show one with roles and groups");
  get->add_option("name", options->name, "userName or id")->required();
  add_examples(*get, {"rolecall users get maya@example.com", "rolecall users get maya@example.com -o yaml"});
  get->callback([&shell, show, options] { shell.call({"GET", {"users", options->name}, {}, {}}, show); });

  CLI::App* explain = noun->add_subcommand("explain", "Say why somebody has which role, or none");
  explain->add_option("name", options->name, "userName or id")->required();
  explain->add_option("--at", options->at, "As it was at this instant, 2026-03-01T10:00:00Z");
  add_examples(*explain, {"rolecall users explain maya@example.com",
                          "rolecall users explain maya@example.com --at 2026-03-01T10:00:00Z"});
  explain->callback([&shell, options] {
    shell.call({"GET", {"users", options->name, "explanation"}, {{"at", options->at}}, {}},
               [&](const json::Value& body) {
                 if (shell.output != "table") return shell.print(body, {}, "user_name");
                 const json::Value* text = body.as_object()->find("text");
                 if (text != nullptr && text->is_string()) std::cout << *text->as_string();
               });
  });

  CLI::App* timeline = noun->add_subcommand("timeline", "Show what happened to somebody, newest first");
  timeline->add_option("name", options->name, "userName or id; the id of somebody who was deleted")->required();
  timeline->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 10'000'000));
  add_examples(*timeline,
               {"rolecall users timeline maya@example.com", "rolecall users timeline maya@example.com --limit 20"});
  timeline->callback([&shell, options] {
    shell.call_pages({"GET", {"users", options->name, "timeline"}, {}, {}}, options->limit,
                     [&](const json::Value& body) { shell.print(body, kTimeline, "sentence"); });
  });

  add_user_sessions(*noun, shell);
  CLI::App* grant = noun->add_subcommand("grant", "Give somebody a role by hand; no push takes it away");
  grant->add_option("name", options->name, "userName or id")->required();
  grant->add_option("--role", options->role, "Name or id of the role")->required();
  add_making(*grant, shell);
  add_examples(*grant, {"rolecall users grant maya@example.com --role \"HR Admin\"",
                        "rolecall users grant maya@example.com --role Owner --dry-run"});
  grant->callback([&shell, show, options] {
    shell.call({"POST", {"users", options->name, "grants"}, {}, {{"role", options->role}}}, show);
  });
  CLI::App* revoke = noun->add_subcommand("revoke", "Take a role back that was given by hand");
  revoke->add_option("name", options->name, "userName or id")->required();
  revoke->add_option("--role", options->role, "Name or id of the role")->required();
  add_dry_run(*revoke, shell);
  add_examples(*revoke, {"rolecall users revoke maya@example.com --role \"HR Admin\"",
                         "rolecall users revoke maya@example.com --role Owner --dry-run"});
  revoke->callback([&shell, show, options] {
    shell.call({"DELETE", {"users", options->name, "grants", options->role}, {}, {}}, show);
  });

  auto adoption = std::make_shared<AdoptionOptions>();
  CLI::App* adopt_verb =
      noun->add_subcommand("adopt", "Hand somebody to another connection, which then provisions them");
  adopt_verb->add_option("name", adoption->name, "userName or id")->required();
  adopt_verb->add_option("--connection", adoption->connection, "Name or id of the connection to have them")->required();
  adopt_verb->add_flag("--keep-roles", adoption->keep_roles,
                       "Also join the new connection's group of each role held by a group");
  add_making(*adopt_verb, shell);
  add_examples(*adopt_verb, {"rolecall users adopt maya@example.com --connection entra --dry-run",
                             "rolecall users adopt maya@example.com --connection entra --keep-roles"});
  adopt_verb->callback([&shell, adoption] { adopt(shell, {"users", adoption->name}, *adoption); });
}

}  // namespace rolecall::app
