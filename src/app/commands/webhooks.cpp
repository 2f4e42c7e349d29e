#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <thread>

#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{{"ID", "id"},          {"URL", "url"},         {"EVENTS", "events"},
                                   {"STATE", "state"},    {"PENDING", "pending"}, {"FAILED", "failed"},
                                   {"CREATED", "created"}};
const std::vector<Column> kDetails{{"URL", "url"},
                                   {"EVENTS", "events"},
                                   {"STATE", "state"},
                                   {"PENDING", "pending"},
                                   {"FAILED", "failed"},
                                   {"FAILURES", "failures"},
                                   {"BECAUSE", "paused_because"},
                                   {"NEXT ATTEMPT", "next_attempt"}};
const std::vector<Column> kDeliveries{
    {"AT", "at"},           {"TYPE", "type"},     {"STATE", "state"}, {"STATUS", "status"}, {"ATTEMPTS", "attempts"},
    {"MS", "milliseconds"}, {"REASON", "reason"}, {"ID", "id"}};
const std::vector<Column> kAttempt{{"AT", "at"},         {"TYPE", "type"},         {"STATE", "state"},
                                   {"STATUS", "status"}, {"ATTEMPTS", "attempts"}, {"REASON", "reason"},
                                   {"ID", "id"}};
const std::vector<Column> kTypes{{"TYPE", "type"}, {"DESCRIPTION", "description"}};

struct Options {
  std::string id, url, description, state, delivery, overlap = "24h";
  std::vector<std::string> events;
  bool every_event = false;
  std::int64_t limit = 100;
  std::int64_t wait = 15;
};

json::Array texts_of(const std::vector<std::string>& all) {
  json::Array items;
  for (const std::string& one : all) items.emplace_back(one);
  return items;
}

/// A new secret is shown alone, so that a script can take it; where to is said aside.
void print_made(const Shell& shell, const json::Value& made) {
  if (shell.output == "json") return shell.print(made, {}, "id");
  const json::Value* secret = made.as_object()->find("secret");
  if (secret != nullptr && secret->is_string() && shell.output != "name") return shell.print_line(*secret->as_string());
  shell.print(made, kDetails, "id");
}

std::string member(const json::Value& body, std::string_view name) {
  const json::Value* value = body.as_object()->find(name);
  return value != nullptr && value->is_string() ? *value->as_string() : std::string();
}

/// Looks until it is no longer on its way, or the time is over.
void follow(Shell& shell, const Options& options, const std::string& delivery) {
  constexpr auto kPause = std::chrono::milliseconds(200);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(options.wait);
  for (;;) {
    json::Value latest;
    shell.call({"GET", {"webhooks", options.id, "deliveries", delivery}, {}, {}},
               [&](const json::Value& body) { latest = body; });
    if (shell.exit_code != kDone || !latest.is_object()) return;
    const json::Value* attempts = latest.as_object()->find("attempts");
    const json::Number* number = attempts != nullptr ? attempts->as_number() : nullptr;
    const bool was_tried = number != nullptr && number->lexeme != "0";
    if (was_tried || std::chrono::steady_clock::now() + kPause > end) {
      shell.print(latest, kAttempt, "id");
      if (member(latest, "state") != "delivered") shell.exit_code = kFailed;
      return;
    }
    std::this_thread::sleep_for(kPause);
  }
}

void add_id(CLI::App& verb, const std::shared_ptr<Options>& options) {
  verb.add_option("id", options->id, "Id, as `webhooks list` shows it")->required();
}

void add_making_verbs(CLI::App& noun, Shell& shell, const std::shared_ptr<Options>& options) {
  CLI::App* create = noun.add_subcommand("create", "Make one and print its secret, this once");
  create->add_option("url", options->url, "https:// address that events are posted to")->required();
  create->add_option("--event", options->events, "user.deactivated, group.*, …; once for each, none for all");
  create->add_option("--description", options->description, "What it is for");
  add_making(*create, shell);
  add_examples(*create, {"rolecall webhooks create https://hooks.example.com/rolecall --event user.deactivated",
                         "rolecall webhooks create https://hooks.example.com/rolecall --description Tickets -o json"});
  create->callback([&shell, options] {
    json::Object body{{"url", options->url}, {"events", texts_of(options->events)}};
    if (!options->description.empty()) body.append("description", options->description);
    shell.call({"POST", {"webhooks"}, {}, std::move(body)},
               [&shell](const json::Value& made) { print_made(shell, made); });
  });
  CLI::App* rotate = noun.add_subcommand("rotate", "Make a new secret and print it, this once; both sign for a while");
  add_id(*rotate, options);
  rotate->add_option("--overlap", options->overlap, "How long the old one signs as well: 24h, 7d; 30d at most")
      ->capture_default_str();
  add_making(*rotate, shell);
  add_examples(*rotate, {"rolecall webhooks rotate 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51",
                         "rolecall webhooks rotate 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --overlap 7d"});
  rotate->callback([&shell, options] {
    const auto overlap = parse_duration(options->overlap);
    if (!overlap || overlap->count() < 1000) {
      return shell.fail(kUsage, "--overlap must be a time of at least 1s, as in 24h or 7d.");
    }
    json::Object body{{"overlap_seconds", static_cast<std::int64_t>(overlap->count() / 1000)}};
    shell.call({"POST", {"webhooks", options->id, "rotate"}, {}, std::move(body)},
               [&shell](const json::Value& made) { print_made(shell, made); });
  });
}

void add_changing_verbs(CLI::App& noun, Shell& shell, const std::shared_ptr<Options>& options) {
  const auto show = [&shell](const json::Value& body) { shell.print(body, kDetails, "id"); };
  CLI::App* update = noun.add_subcommand("update", "Change address, events, description or state");
  add_id(*update, options);
  update->add_option("--url", options->url, "Another address");
  update->add_option("--event", options->events, "These events instead; once for each");
  update->add_flag("--every-event", options->every_event, "All events instead");
  update->add_option("--description", options->description, "Another description");
  update->add_option("--state", options->state, "paused: events wait; active: they are sent")
      ->check(CLI::IsMember({"active", "paused"}));
  add_dry_run(*update, shell);
  add_examples(*update, {"rolecall webhooks update 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --state paused",
                         "rolecall webhooks update 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --every-event --dry-run"});
  update->callback([&shell, show, options] {
    json::Object body;
    if (!options->url.empty()) body.append("url", options->url);
    if (!options->events.empty() || options->every_event) {
      body.append("events", options->every_event ? json::Array() : texts_of(options->events));
    }
    if (!options->description.empty()) body.append("description", options->description);
    if (!options->state.empty()) body.append("state", options->state);
    if (body.empty()) return shell.fail(kUsage, "Say what to change: --url, --event, --description or --state.");
    shell.change({"PATCH", {"webhooks", options->id}, {}, std::move(body)}, show);
  });
  CLI::App* remove = noun.add_subcommand("delete", "Delete one, with what waits for it");
  add_id(*remove, options);
  add_dry_run(*remove, shell);
  add_examples(*remove, {"rolecall webhooks delete 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --dry-run",
                         "rolecall webhooks delete 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51"});
  remove->callback([&shell, options] {
    shell.change({"DELETE", {"webhooks", options->id}, {}, {}}, [](const json::Value&) {});
  });
}

void add_delivery_verbs(CLI::App& noun, Shell& shell, const std::shared_ptr<Options>& options) {
  CLI::App* deliveries = noun.add_subcommand("deliveries", "Show what was sent, what waits and what has failed");
  add_id(*deliveries, options);
  deliveries->add_option("--state", options->state, "Only these")
      ->check(CLI::IsMember({"pending", "delivered", "failed"}));
  deliveries->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 1'000'000));
  add_examples(*deliveries, {"rolecall webhooks deliveries 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51",
                             "rolecall webhooks deliveries 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --state failed"});
  deliveries->callback([&shell, options] {
    shell.call_pages({"GET", {"webhooks", options->id, "deliveries"}, {{"state", options->state}}, {}}, options->limit,
                     [&shell](const json::Value& body) { shell.print(body, kDeliveries, "id"); });
  });
  const auto add_wait = [&](CLI::App& verb) {
    verb.add_option("--wait", options->wait, "Seconds to wait for the attempt")->check(CLI::Range(0, 3600));
  };
  CLI::App* test = noun.add_subcommand("test", "Send an event of the type webhook.test and say what came back");
  add_id(*test, options);
  add_wait(*test);
  add_making(*test, shell);
  add_examples(*test, {"rolecall webhooks test 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51",
                       "rolecall webhooks test 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 --wait 60"});
  CLI::App* redeliver = noun.add_subcommand("redeliver", "Send an event once more, under the id it has");
  add_id(*redeliver, options);
  redeliver->add_option("delivery", options->delivery, "Id of the event, as `webhooks deliveries` shows it")
      ->required();
  add_wait(*redeliver);
  add_making(*redeliver, shell);
  add_examples(*redeliver,
               {"rolecall webhooks redeliver 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 evt_5d3f0c9a7be24816",
                "rolecall webhooks redeliver 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 evt_5d3f0c9a7be24816 --wait 0"});
  const auto send = [&shell, options](std::vector<std::string> path) {
    shell.call({"POST", std::move(path), {}, {}}, [&](const json::Value& queued) {
      if (shell.is_dry_run || options->wait == 0) return shell.print(queued, kAttempt, "id");
      follow(shell, *options, member(queued, "id"));
    });
  };
  test->callback([send, options] { send({"webhooks", options->id, "test"}); });
  redeliver->callback([send, options] {
    send({"webhooks", options->id, "deliveries", options->delivery, "redeliver"});
  });
}

}  // namespace

void add_webhooks(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("webhooks", "Tell other systems what happens here");
  noun->require_subcommand(1);
  auto options = std::make_shared<Options>();
  add_making_verbs(*noun, shell, options);
  CLI::App* list = noun->add_subcommand("list", "Show all; never their secrets");
  add_examples(*list, {"rolecall webhooks list", "rolecall webhooks list -o csv"});
  list->callback([&shell] {
    shell.call_pages({"GET", {"webhooks"}, {}, {}}, kEverything,
                     [&shell](const json::Value& body) { shell.print(body, kColumns, "id"); });
  });
  CLI::App* get = noun->add_subcommand("get", "Show one, and how its receiver does");
  add_id(*get, options);
  add_examples(*get, {"rolecall webhooks get 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51",
                      "rolecall webhooks get 01932c6f-7e0a-7c7d-9a3e-2f9d8e7b6a51 -o json"});
  get->callback([&shell, options] {
    shell.call({"GET", {"webhooks", options->id}, {}, {}},
               [&shell](const json::Value& body) { shell.print(body, kDetails, "id"); });
  });
  CLI::App* events = noun->add_subcommand("events", "List what one can be told of");
  add_examples(*events, {"rolecall webhooks events", "rolecall webhooks events -o name"});
  events->callback([&shell] {
    shell.call_pages({"GET", {"webhooks", "events"}, {}, {}}, kEverything,
                     [&shell](const json::Value& body) { shell.print(body, kTypes, "type"); });
  });
  add_changing_verbs(*noun, shell, options);
  add_delivery_verbs(*noun, shell, options);
}

}  // namespace rolecall::app
