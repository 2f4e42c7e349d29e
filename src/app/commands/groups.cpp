#include <CLI/CLI.hpp>
#include <memory>

#include "adoption.hpp"
#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{{"NAME", "name"},
                                   {"CONNECTION", "connection"},
                                   {"MEMBERS", "members"},
                                   {"PARKED", "parked_members"},
                                   {"STANDS FOR ROLE", "stands_for"},
                                   {"ID", "id"}};
const std::vector<Column> kMemberColumns{{"NAME", "name"}, {"TYPE", "type"}, {"ADDED", "added"}, {"ID", "id"}};

struct Options {
  std::string name, connection;
  std::int64_t limit = 1000;
};

}  // namespace

void add_groups(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("groups", "Groups that were pushed, and the one that every role is");
  noun->require_subcommand(1);
  auto options = std::make_shared<Options>();
  const auto show = [&shell](const json::Value& body) { shell.print(body, kColumns, "name"); };

  CLI::App* list = noun->add_subcommand("list", "Show all, by name");
  list->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 10'000'000));
  add_examples(*list, {"rolecall groups list", "rolecall groups list --limit 50 -o csv"});
  list->callback([&shell, show, options] { shell.call_pages({"GET", {"groups"}, {}, {}}, options->limit, show); });

  const auto name_group = [&](CLI::App* verb) {
    verb->add_option("name", options->name, "displayName or id")->required();
    verb->add_option("--connection", options->connection, "When several connections have a group of that name");
  };
  CLI::App* get = noun->add_subcommand("get", "Show one");
  name_group(get);
  add_examples(
      *get, {"rolecall groups get \"Service Desk\"", "rolecall groups get \"Service Desk\" --connection okta -o json"});
  get->callback([&shell, show, options] {
    shell.call({"GET", {"groups", options->name}, {{"connection", options->connection}}, {}}, show);
  });
  CLI::App* members = noun->add_subcommand("members", "Show who is in one");
  name_group(members);
  members->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 10'000'000));
  add_examples(*members, {"rolecall groups members \"Service Desk\"",
                          "rolecall groups members \"Service Desk\" --connection okta -o name"});
  members->callback([&shell, options] {
    shell.call_pages({"GET", {"groups", options->name, "members"}, {{"connection", options->connection}}, {}},
                     options->limit, [&](const json::Value& body) { shell.print(body, kMemberColumns, "name"); });
  });

  auto adoption = std::make_shared<AdoptionOptions>();
  CLI::App* adopt_verb =
      noun->add_subcommand("adopt", "Hand one to another connection; members it does not have stay out");
  adopt_verb->add_option("name", adoption->name, "displayName or id")->required();
  adopt_verb->add_option("--connection", adoption->connection, "Name or id of the connection to have it")->required();
  adopt_verb->add_option("--from", adoption->from, "When several connections have a group of that name");
  add_making(*adopt_verb, shell);
  add_examples(*adopt_verb, {"rolecall groups adopt Walkers --connection ping --dry-run",
                             "rolecall groups adopt Walkers --from okta --connection ping"});
  adopt_verb->callback([&shell, adoption] { adopt(shell, {"groups", adoption->name}, *adoption); });
}

}  // namespace rolecall::app
