#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"
#include "following.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kPeople{{"LOGIN", "login"},           {"NAME", "display_name"}, {"EMAIL", "email"},
                                  {"DEPARTMENT", "department"}, {"STATUS", "status"},     {"ID", "id"}};
const std::vector<Column> kPerson{{"LOGIN", "login"},
                                  {"EMAIL", "email"},
                                  {"NAME", "display_name"},
                                  {"TITLE", "title"},
                                  {"DEPARTMENT", "department"},
                                  {"MANAGER", "manager"},
                                  {"STATUS", "status"},
                                  {"PROVIDER STATUS", "provider_status"},
                                  {"GONE", "gone"},
                                  {"ID", "id"}};

const std::vector<Column> kTimeline{{"AT", "at"}, {"KIND", "kind"}, {"WHAT", "sentence"}, {"REQUEST", "request"}};

}  // namespace

void add_people(CLI::App& root, Shell& shell) {
  struct Options {
    std::string name, directory, status, email;
    std::int64_t limit = 100, wait = 60;
  };
  CLI::App* noun = root.add_subcommand("people", "Who is in the directories that are read");
  noun->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* list = noun->add_subcommand("list", "Show those who are active or provisioned, or others on demand");
  list->add_option("--directory", options->directory, "Name or id of a directory");
  list->add_option("--status", options->status, "These instead")
      ->check(CLI::IsMember({"all", "staged", "provisioned", "active", "suspended", "deprovisioned"}));
  list->add_option("--email", options->email, "Who has this work email, in any spelling");
  list->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 1'000'000));
  add_examples(*list, {"rolecall people list --directory okta-api", "rolecall people list --status suspended -o csv"});
  list->callback([&shell, options] {
    shell.call_pages({"GET",
                      {"people"},
                      {{"directory", options->directory}, {"status", options->status}, {"email", options->email}},
                      {}},
                     options->limit, [&shell](const json::Value& body) { shell.print(body, kPeople, "login"); });
  });
  CLI::App* get = noun->add_subcommand("get", "Show one, whatever the status; groups and custom attributes in -o json");
  get->add_option("person", options->name, "Login, work email, or the provider's id")->required();
  add_examples(*get, {"rolecall people get maya@example.com", "rolecall people get maya@example.com -o json"});
  get->callback([&shell, options] {
    shell.call({"GET", {"people", options->name}, {}, {}},
               [&shell](const json::Value& body) { shell.print(body, kPerson, "login"); });
  });
  CLI::App* timeline =
      noun->add_subcommand("timeline", "Show what was asked for, approved and done to one, and their user");
  timeline->add_option("person", options->name, "Login, work email, or the provider's id")->required();
  timeline->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 1'000'000));
  add_examples(*timeline, {"rolecall people timeline maya@example.com",
                           "rolecall people timeline maya@example.com --limit 20 -o json"});
  timeline->callback([&shell, options] {
    shell.call_pages({"GET", {"people", options->name, "timeline"}, {}, {}}, options->limit,
                     [&shell](const json::Value& body) { shell.print(body, kTimeline, "sentence"); });
  });
  CLI::App* sync = noun->add_subcommand("sync", "Read one anew, known or not");
  sync->add_option("person", options->name, "Login, work email, or the provider's id")->required();
  sync->add_option("--directory", options->directory, "Where to look for somebody new");
  sync->add_option("--wait", options->wait, "Seconds to wait for its end; 0: not at all")->check(CLI::Range(0, 86'400));
  add_making(*sync, shell);
  add_examples(*sync, {"rolecall people sync maya@example.com",
                       "rolecall people sync maya@example.com --directory okta-api --wait 10"});
  sync->callback([&shell, options] {
    json::Object body;
    if (!options->directory.empty()) body.append("directory", options->directory);
    send_and_follow_sync(shell, {"POST", {"people", options->name, "sync"}, {}, std::move(body)}, options->wait);
  });
}

void add_sync_runs(CLI::App& root, Shell& shell) {
  struct Options {
    std::string id, directory;
    std::int64_t limit = 20, wait = 0;
  };
  CLI::App* noun = root.add_subcommand("sync-runs", "Reads of whole directories");
  noun->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* list = noun->add_subcommand("list", "Show them, newest first");
  list->add_option("--directory", options->directory, "Name or id of a directory");
  list->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 1'000'000));
  add_examples(*list, {"rolecall sync-runs list", "rolecall sync-runs list --directory okta-api -o json"});
  list->callback([&shell, options] {
    shell.call_pages({"GET", {"sync-runs"}, {{"directory", options->directory}}, {}}, options->limit,
                     [&shell](const json::Value& body) { print_sync_runs(shell, body); });
  });
  CLI::App* get = noun->add_subcommand("get", "Show one, and how far it is");
  get->add_option("id", options->id, "Id, as `sync-runs list` shows it")->required();
  get->add_option("--wait", options->wait, "Seconds to wait for its end")->check(CLI::Range(0, 86'400));
  add_examples(*get, {"rolecall sync-runs get 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 -o json",
                      "rolecall sync-runs get 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --wait 600"});
  get->callback([&shell, options] {
    if (options->wait > 0) return follow_sync(shell, options->id, options->wait);
    shell.call({"GET", {"sync-runs", options->id}, {}, {}},
               [&shell](const json::Value& body) { print_sync_runs(shell, body); });
  });
}

}  // namespace rolecall::app
