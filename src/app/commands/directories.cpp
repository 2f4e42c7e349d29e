#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

#include "commands.hpp"
#include "following.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{{"NAME", "name"},    {"PROVIDER", "provider"}, {"DOMAIN", "domain"},
                                   {"STATE", "state"},  {"PAUSED", "is_paused"},  {"TESTED", "tested"},
                                   {"REASON", "reason"}};
const std::vector<Column> kDetails{{"NAME", "name"},       {"DOMAIN", "domain"},      {"CREDENTIAL", "credential_kind"},
                                   {"STATE", "state"},     {"PAUSED", "is_paused"},   {"SCOPES", "scopes"},
                                   {"GRANTED", "granted"}, {"REASON", "reason"},      {"NEXT TEST", "next_test"},
                                   {"SYNCED", "synced"},   {"NEXT SYNC", "next_sync"}};

const std::vector<Column> kCapabilities{
    {"ACTION", "name"}, {"TITLE", "title"}, {"AVAILABLE", "is_available"}, {"REASON", "reason"}};

struct Options {
  std::string name, provider, domain, kind, client_id, credential_file;
  std::string every, ends_access;
  std::vector<std::string> scopes, groups, applications, types;
  std::int64_t wait = 30;
  std::int64_t sync_wait = 3600;
  bool is_changes = false;
};

json::Array texts_of(const std::vector<std::string>& all) {
  json::Array items;
  for (const std::string& one : all) items.emplace_back(one);
  return items;
}

std::string member(const json::Value& body, std::string_view name) {
  const json::Value* value = body.as_object()->find(name);
  return value != nullptr && value->is_string() ? *value->as_string() : std::string();
}

/// Of a file or, for "-", of standard input, without line ends behind it; none when it cannot be read, which has been
/// said then. On the command line itself every process of the machine could read it.
std::optional<std::string> read_credential(Shell& shell, const std::string& path) {
  constexpr std::size_t kLongest = 16'384;
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& input = path == "-" ? std::cin : file;
  std::string text;
  char letter = 0;
  while (text.size() <= kLongest && input.get(letter)) text += letter;
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (!text.empty() && text.size() <= kLongest) return text;
  shell.fail(kUsage, "--credential-file names a file of 1 to 16384 bytes, or - for standard input.");
  return std::nullopt;
}

void show_details(const Shell& shell, const json::Value& body) { shell.print(body, kDetails, "name"); }

/// Looks until a test has ended that had not before, or the time is over. Whoever is not active has failed.
void follow(Shell& shell, const Options& options, const std::string& tested_before) {
  constexpr auto kPause = std::chrono::milliseconds(200);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(options.wait);
  for (;;) {
    json::Value latest;
    shell.call({"GET", {"directories", options.name}, {}, {}}, [&](const json::Value& body) { latest = body; });
    if (shell.exit_code != kDone || !latest.is_object()) return;
    const bool is_over = member(latest, "tested") != tested_before;
    if (is_over || std::chrono::steady_clock::now() + kPause > end) {
      show_details(shell, latest);
      if (member(latest, "state") != "active") shell.exit_code = kFailed;
      return;
    }
    std::this_thread::sleep_for(kPause);
  }
}

void add_name(CLI::App& verb, const std::shared_ptr<Options>& options) {
  verb.add_option("name", options->name, "Name or id")->required();
}

CLI::Option* add_credential(CLI::App& verb, const std::shared_ptr<Options>& options) {
  verb.add_option("--client-id", options->client_id, "Of an app; an API token has none");
  return verb.add_option("--credential-file", options->credential_file,
                         "File that holds the secret, key or token, or - for standard input");
}

void add_wait(CLI::App& verb, const std::shared_ptr<Options>& options) {
  verb.add_option("--wait", options->wait, "Seconds to wait for the test; 0: not at all")->check(CLI::Range(0, 3600));
}

/// Sends it, and waits for the test that it brings.
void send(Shell& shell, const Options& options, AdminCall call) {
  std::string tested_before;
  if (call.path.size() > 1 && !shell.is_dry_run) {
    json::Value before;
    shell.call({"GET", {"directories", options.name}, {}, {}}, [&](const json::Value& body) { before = body; });
    if (shell.exit_code != kDone || !before.is_object()) return;
    tested_before = member(before, "tested");
  }
  shell.call(call, [&](const json::Value& body) {
    if (shell.is_dry_run || options.wait == 0) return show_details(shell, body);
    follow(shell, options, tested_before);
  });
}

void add_create(CLI::App& noun, Shell& shell, const std::shared_ptr<Options>& options) {
  CLI::App* create = noun.add_subcommand("create", "Connect the API of an identity provider, and try it");
  create->add_option("name", options->name, "Name")->required();
  create->add_option("--provider", options->provider, "As `providers list` shows them")->required();
  create->add_option("--domain", options->domain, "As in acme.okta.com")->required();
  create->add_option("--credential-kind", options->kind, "As `providers list` shows them")->required();
  add_credential(*create, options)->required();
  create->add_option("--scope", options->scopes, "To ask for; once for each, none for the default ones");
  add_wait(*create, options);
  add_making(*create, shell);
  add_examples(*create,
               {"rolecall directories create okta-api --provider okta --domain acme.okta.com --credential-kind "
                "client_secret --client-id 0oa1ab2cd --credential-file secret.txt",
                "rolecall directories create okta-web --provider okta --domain acme.okta.com --credential-kind consent "
                "--client-id 0oa3ef4gh --credential-file secret.txt",
                "pass okta-token | rolecall directories create okta-api --provider okta --domain acme.okta.com "
                "--credential-kind ssws --credential-file -"});
  create->callback([&shell, options] {
    auto credential = read_credential(shell, options->credential_file);
    if (!credential) return;
    json::Object body{{"name", options->name},
                      {"provider", options->provider},
                      {"domain", options->domain},
                      {"credential_kind", options->kind},
                      {"credential", std::move(*credential)}};
    if (!options->client_id.empty()) body.append("client_id", options->client_id);
    if (!options->scopes.empty()) body.append("scopes", texts_of(options->scopes));
    // Before somebody has consented there is nothing to try.
    if (options->kind == "consent") options->wait = 0;
    send(shell, *options, {"POST", {"directories"}, {}, std::move(body)});
  });
}

void reauthorize_by_consent(Shell& shell, const Options& options) {
  if (!options.kind.empty() || !options.client_id.empty()) {
    return shell.fail(kUsage, "Another kind of credential, or another app, comes with its --credential-file.");
  }
  json::Value found;
  shell.call({"GET", {"directories", options.name}, {}, {}}, [&](const json::Value& body) { found = body; });
  if (shell.exit_code != kDone || !found.is_object()) return;
  if (member(found, "credential_kind") == "consent") return authorize_directory(shell, options.name);
  shell.fail(kUsage, "--credential-file names the file of the new credential.");
}

void add_testing_verbs(CLI::App& noun, Shell& shell, const std::shared_ptr<Options>& options) {
  CLI::App* reauthorize =
      noun.add_subcommand("reauthorize", "Give one a new credential, and try it; without one, begin the consent again");
  add_name(*reauthorize, options);
  reauthorize->add_option("--credential-kind", options->kind, "Another kind than it has");
  add_credential(*reauthorize, options);
  add_wait(*reauthorize, options);
  add_making(*reauthorize, shell);
  add_examples(*reauthorize, {"rolecall directories reauthorize okta-api --credential-file secret.txt",
                              "rolecall directories reauthorize okta-api --credential-kind ssws --credential-file -"});
  reauthorize->callback([&shell, options] {
    // Of a consent the app and its secret may stay as they are.
    if (options->credential_file.empty()) return reauthorize_by_consent(shell, *options);
    auto credential = read_credential(shell, options->credential_file);
    if (!credential) return;
    json::Object body{{"credential", std::move(*credential)}};
    if (!options->kind.empty()) body.append("credential_kind", options->kind);
    if (!options->client_id.empty()) body.append("client_id", options->client_id);
    send(shell, *options, {"POST", {"directories", options->name, "reauthorize"}, {}, std::move(body)});
  });
  CLI::App* test = noun.add_subcommand("test", "Try the credential and each scope, and say what came out");
  add_name(*test, options);
  add_wait(*test, options);
  add_making(*test, shell);
  add_examples(*test, {"rolecall directories test okta-api", "rolecall directories test okta-api --wait 120 -o json"});
  test->callback([&shell, options] {
    send(shell, *options, {"POST", {"directories", options->name, "test"}, {}, {}});
  });
}

void add_sync(CLI::App& noun, Shell& shell, const std::shared_ptr<Options>& options) {
  CLI::App* sync = noun.add_subcommand("sync", "Read people, groups and applications of one");
  add_name(*sync, options);
  sync->add_flag("--changes", options->is_changes, "Only what changed since the last time");
  sync->add_option("--wait", options->sync_wait, "Seconds to wait for its end; 0: not at all")
      ->check(CLI::Range(0, 86'400));
  add_making(*sync, shell);
  add_examples(*sync, {"rolecall directories sync okta-api", "rolecall directories sync okta-api --changes --wait 60"});
  sync->callback([&shell, options] {
    json::Object body;
    if (options->is_changes) body.append("kind", "changes");
    send_and_follow_sync(shell, {"POST", {"directories", options->name, "sync"}, {}, std::move(body)},
                         options->sync_wait);
  });
}

/// "4h" in seconds; none for what is no length of time, which has been said then.
std::optional<std::int64_t> seconds_in(Shell& shell, const std::string& text) {
  const auto length = text == "0" ? std::chrono::milliseconds(0) : parse_duration(text);
  if (length) return std::chrono::duration_cast<std::chrono::seconds>(*length).count();
  shell.fail(kUsage, "--sync-every is a length of time, as in 4h or 30m, or 0.");
  return std::nullopt;
}

/// One of a list of names; a single empty name stands for none of them.
void add_names(json::Object& body, const char* name, const std::vector<std::string>& names) {
  if (names.empty()) return;
  const bool is_none = names.size() == 1 && names.front().empty();
  body.append(name, is_none ? json::Array() : texts_of(names));
}

void add_set(CLI::App& noun, Shell& shell, const std::shared_ptr<Options>& options) {
  CLI::App* set = noun.add_subcommand("set", "Ask for other scopes, or read another part of it, or at other times");
  add_name(*set, options);
  set->add_option("--scope", options->scopes, "Once for each; the mandatory ones are always asked for");
  set->add_option("--ends-access", options->ends_access,
                  "Whether who is suspended or gone there loses access here: on or off")
      ->check(CLI::IsMember({"on", "off"}));
  set->add_option("--sync-every", options->every, "How often it is read, as in 4h; 0: only when somebody asks");
  set->add_option("--sync-group", options->groups, "Keep those who are in one of these groups; \"\": whoever it is");
  set->add_option("--sync-application", options->applications, "Keep those who have one of these; \"\": whoever it is");
  set->add_option("--sync-type", options->types, "Keep people of these types, by id; \"\": of every type");
  add_dry_run(*set, shell);
  add_examples(*set, {"rolecall directories set okta-api --scope okta.users.read --scope okta.groups.read",
                      "rolecall directories set okta-api --sync-every 1h --sync-group Engineering --sync-group Finance",
                      "rolecall directories set okta-api --sync-group \"\" --dry-run"});
  set->callback([&shell, options] {
    json::Object body;
    if (!options->scopes.empty()) body.append("scopes", texts_of(options->scopes));
    if (!options->ends_access.empty()) body.append("ends_access", options->ends_access == "on");
    if (!options->every.empty()) {
      const auto seconds = seconds_in(shell, options->every);
      if (!seconds) return;
      body.append("sync_every", *seconds);
    }
    add_names(body, "sync_groups", options->groups);
    add_names(body, "sync_applications", options->applications);
    add_names(body, "sync_types", options->types);
    if (body.empty()) return shell.fail(kUsage, "Say what to change: --help lists what can be.");
    shell.call({"PATCH", {"directories", options->name}, {}, std::move(body)},
               [&shell](const json::Value& shown) { show_details(shell, shown); });
  });
}

void add_changing_verbs(CLI::App& noun, Shell& shell, const std::shared_ptr<Options>& options) {
  const auto add_state = [&](const char* verb, const char* help, bool is_paused,
                             std::initializer_list<std::string_view> examples) {
    CLI::App* command = noun.add_subcommand(verb, help);
    add_name(*command, options);
    add_dry_run(*command, shell);
    add_examples(*command, examples);
    command->callback([&shell, options, is_paused] {
      shell.call({"PATCH", {"directories", options->name}, {}, {{"is_paused", is_paused}}},
                 [&shell](const json::Value& body) { show_details(shell, body); });
    });
  };
  add_state("pause", "Send nothing to one", true,
            {"rolecall directories pause okta-api", "rolecall directories pause okta-api --dry-run"});
  add_state("resume", "Send to a paused one again, and try it", false,
            {"rolecall directories resume okta-api", "rolecall directories resume okta-api --dry-run"});
  CLI::App* remove = noun.add_subcommand("delete", "Delete one, with its credential");
  add_name(*remove, options);
  add_dry_run(*remove, shell);
  add_examples(*remove, {"rolecall directories delete okta-api --dry-run", "rolecall directories delete okta-api"});
  remove->callback([&shell, options] {
    shell.call({"DELETE", {"directories", options->name}, {}, {}}, [](const json::Value&) {});
  });
}

}  // namespace

void add_directories(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("directories", "The APIs of identity providers that this server calls");
  noun->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* list = noun->add_subcommand("list", "Show all; never their credentials");
  add_examples(*list, {"rolecall directories list", "rolecall directories list -o csv"});
  list->callback([&shell] {
    shell.call_pages({"GET", {"directories"}, {}, {}}, kEverything,
                     [&shell](const json::Value& body) { shell.print(body, kColumns, "name"); });
  });
  CLI::App* get = noun->add_subcommand("get", "Show one, and what is wrong with it");
  add_name(*get, options);
  add_examples(*get, {"rolecall directories get okta-api", "rolecall directories get okta-api -o json"});
  get->callback([&shell, options] {
    shell.call({"GET", {"directories", options->name}, {}, {}},
               [&shell](const json::Value& body) { show_details(shell, body); });
  });
  CLI::App* capabilities =
      noun->add_subcommand("capabilities", "Show what can be done in one, and what scope is missing");
  add_name(*capabilities, options);
  add_examples(*capabilities,
               {"rolecall directories capabilities okta-api", "rolecall directories capabilities okta-api -o json"});
  capabilities->callback([&shell, options] {
    shell.call_pages({"GET", {"directories", options->name, "capabilities"}, {}, {}}, kEverything,
                     [&shell](const json::Value& body) { shell.print(body, kCapabilities, "name"); });
  });
  add_create(*noun, shell, options);
  add_testing_verbs(*noun, shell, options);
  add_sync(*noun, shell, options);
  add_directory_hook(*noun, shell);
  add_directory_consent(*noun, shell);
  add_changing_verbs(*noun, shell, options);
  add_set(*noun, shell, options);
}

void add_providers(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("providers", "Identity providers whose API this server can call");
  noun->require_subcommand(1);
  CLI::App* list = noun->add_subcommand("list", "Show them, with their credentials and scopes in -o json");
  add_examples(*list, {"rolecall providers list", "rolecall providers list -o json"});
  list->callback([&shell] {
    shell.call_pages({"GET", {"providers"}, {}, {}}, kEverything, [&shell](const json::Value& body) {
      shell.print(body, {{"NAME", "name"}, {"TITLE", "title"}}, "name");
    });
  });
}

}  // namespace rolecall::app
