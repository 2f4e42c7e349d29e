#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <thread>

#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{
    {"AT", "at"},         {"CONNECTION", "connection"}, {"METHOD", "method"}, {"PATH", "path"},
    {"STATUS", "status"}, {"MS", "milliseconds"},       {"INTENT", "intent"}, {"ID", "id"}};
const std::vector<Column> kSteps{{"STEP", "step"}, {"STATE", "state"}, {"SENTENCE", "sentence"}};
const std::vector<Column> kDetails{{"INTENT", "intent"},      {"STATUS", "status"}, {"SCIM TYPE", "scim_type"},
                                   {"CHANGED", "attributes"}, {"GAINED", "gained"}, {"LOST", "lost"},
                                   {"REWRITES", "rewrites"}};

struct Options {
  std::string connection, status, since, id;
  bool unauthenticated = false;
  std::int64_t limit = 100;
  std::int64_t follow = 0;
};

std::vector<std::pair<std::string, std::string>> query_of(const Options& options) {
  return {{"connection", options.connection},
          {"status", options.status},
          {"since", options.since},
          {"unauthenticated", options.unauthenticated ? "true" : ""}};
}

void add_filters(CLI::App& verb, const std::shared_ptr<Options>& options) {
  verb.add_option("--connection", options->connection, "Only those of this connection");
  verb.add_option("--status", options->status, "Only these: 2xx, 4xx, 5xx");
  verb.add_flag("--unauthenticated", options->unauthenticated, "Only those whose token was not good");
}

/// Prints what came since the last look, the oldest first, until `--for` is over.
void tail(Shell& shell, const Options& options) {
  constexpr auto kPause = std::chrono::seconds(1);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(options.follow);
  std::string newest;
  for (;;) {
    auto query = query_of(options);
    query.emplace_back("limit", "1000");
    shell.call({"GET", {"requests"}, query, {}}, [&](const json::Value& body) {
      const json::Array& items = *body.as_object()->find("items")->as_array();
      json::Array fresh;
      for (auto item = items.rbegin(); item != items.rend(); ++item) {
        const std::string& id = *item->as_object()->find("id")->as_string();
        if (id <= newest) continue;
        newest = id;
        fresh.push_back(*item);
      }
      if (!fresh.empty()) shell.print(json::Object{{"items", std::move(fresh)}}, kColumns, "id");
    });
    if (shell.exit_code != kDone || std::chrono::steady_clock::now() + kPause > end) return;
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace

void add_requests(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("requests", "What identity providers sent over SCIM, and what became of it");
  noun->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* list = noun->add_subcommand("list", "Show the newest");
  add_filters(*list, options);
  list->add_option("--since", options->since, "Only those from this instant on, as in 2026-03-01T10:00:00Z");
  list->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 1'000'000));
  add_examples(*list,
               {"rolecall requests list --limit 20", "rolecall requests list --connection okta --status 4xx -o json"});
  list->callback([&shell, options] {
    shell.call_pages({"GET", {"requests"}, query_of(*options), {}}, options->limit,
                     [&shell](const json::Value& body) { shell.print(body, kColumns, "id"); });
  });
  CLI::App* get = noun->add_subcommand("get", "Show one: its five steps, and what it changed");
  get->add_option("id", options->id, "Id of the request, as answers carry it in X-Request-Id")->required();
  add_examples(*get, {"rolecall requests get 01932c6f-8a10-7b2e-8c4d-5e6f70819203",
                      "rolecall requests get 01932c6f-8a10-7b2e-8c4d-5e6f70819203 -o yaml"});
  get->callback([&shell, options] {
    shell.call({"GET", {"requests", options->id}, {}, {}}, [&shell](const json::Value& body) {
      shell.print(body, kDetails, "id");
      if (shell.output != "table") return;
      const json::Value* steps = body.as_object()->find("steps");
      if (steps != nullptr) shell.print(json::Object{{"items", *steps}}, kSteps, "step");
    });
  });
  CLI::App* follow = noun->add_subcommand("tail", "Show the newest, and those to come");
  add_filters(*follow, options);
  follow->add_option("--for", options->follow, "Seconds; without it only what is there")->check(CLI::Range(0, 86400));
  add_examples(*follow, {"rolecall requests tail --for 600", "rolecall requests tail --unauthenticated --for 60"});
  follow->callback([&shell, options] { tail(shell, *options); });
  CLI::App* replay = noun->add_subcommand("replay", "Say what one would do now; nothing is changed");
  replay->add_option("id", options->id, "Id of the request")->required();
  add_dry_run(*replay, shell);
  add_examples(*replay, {"rolecall requests replay 01932c6f-8a10-7b2e-8c4d-5e6f70819203 --dry-run",
                         "rolecall requests replay 01932c6f-8a10-7b2e-8c4d-5e6f70819203 --dry-run -o json"});
  replay->callback([&shell, options] {
    shell.call({"POST", {"requests", options->id, "replay"}, {}, {}},
               [&shell](const json::Value& body) { shell.print(body, kDetails, "request"); });
  });
}

}  // namespace rolecall::app
