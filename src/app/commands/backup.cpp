#include "backup.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "app/archive_work.hpp"
#include "commands.hpp"

namespace rolecall::app {
namespace {

struct Options {
  std::string file;
  bool may_replace = false;
  bool takes_broken_trail = false;
  std::vector<std::string> later_trails;
};

const std::vector<Column> kColumns{{"ROWS", "rows"}, {"SCHEMA", "schema"}, {"TRAIL", "trail"}, {"SHA256", "sha256"}};

json::Object shown(const archive::Summary& summary) {
  json::Object tables;
  for (const auto& [table, rows] : summary.counts) tables.append(table, rows);
  json::Array trails;
  for (const archive::TrailHead& trail : summary.trails) {
    json::Object one{{"workspace", trail.workspace}, {"seq", trail.rows}, {"hash", trail.hash}};
    one.append("first_bad_seq", trail.first_bad_seq ? json::Value(*trail.first_bad_seq) : json::Value());
    trails.emplace_back(std::move(one));
  }
  return json::Object{
      {"format", archive::kFormat}, {"schema", summary.schema},
      {"rows", summary.rows},       {"trail", archive::find_broken(summary) == nullptr ? "intact" : "broken"},
      {"sha256", summary.sha256},   {"tables", std::move(tables)},
      {"trails", std::move(trails)}};
}

void warn_of_trail(const archive::Summary& summary) {
  const archive::TrailHead* broken = archive::find_broken(summary);
  if (broken == nullptr) return;
  std::cerr << "The audit trail of workspace " << printable(broken->workspace) << " does not verify from row "
            << *broken->first_bad_seq << " on: it was changed outside of this program.\n";
}

/// Files and databases are this machine's; a server elsewhere keeps its own.
bool is_here(Shell& shell) {
  const auto elsewhere = shell.remote();
  if (!elsewhere) {
    shell.fail(elsewhere.error());
    return false;
  }
  if (!*elsewhere) return true;
  shell.fail(kUsage,
             "This reads or fills a database and asks no server: run it where the database can be reached, and name "
             "--data.");
  return false;
}

void create(Shell& shell, const Options& options) {
  if (!is_here(shell)) return;
  auto file = NewFile::make(options.file, options.may_replace);
  if (!file) return shell.fail(file.error());
  const auto summary = write_archive(shell, [&](std::string_view bytes) { return file->write(bytes); });
  if (!summary) return shell.fail(summary.error());
  if (const auto done = file->finish(); !done) return shell.fail(done.error());
  shell.print(shown(*summary), kColumns, "sha256");
  warn_of_trail(*summary);
  std::cerr << "It holds personal data, digests of tokens and sealed secrets of webhooks. Not in it, and to be kept "
               "apart: the configuration, admin-token and keys/ of the data directory.\n";
}

void verify(Shell& shell, const Options& options) {
  const auto summary = verify_archive(options.file);
  if (!summary) return shell.fail(summary.error());
  shell.print(shown(*summary), kColumns, "sha256");
  if (archive::find_broken(*summary) == nullptr) return;
  warn_of_trail(*summary);
  shell.exit_code = kFailed;
}

template <typename Ids>
json::Array texts_of(const Ids& ids) {
  json::Array texts;
  for (const auto& id : ids) texts.emplace_back(id.value());
  return texts;
}

void tell(const administration::Restored& restored, const Options& options) {
  const auto count = [](const auto& ids, const char* one, const char* many) {
    return std::to_string(ids.size()) + (ids.size() == 1 ? one : many);
  };
  if (!options.later_trails.empty()) {
    std::cerr << "Of " << restored.lost_changes << " later changes only this was done again: "
              << count(restored.revoked_tokens, " token is", " tokens are") << " revoked.\n";
  }
  if (!restored.live_tokens.empty() || !restored.live_api_tokens.empty()) {
    std::cerr << "SCIM tokens that open again: " << restored.live_tokens.size()
              << ", API tokens: " << restored.live_api_tokens.size()
              << ". Revoke those that were revoked after the backup and that no --trail told of.\n";
  }
  if (!restored.paused_webhooks.empty()) {
    std::cerr << count(restored.paused_webhooks, " webhook is", " webhooks are")
              << " paused, because events may have been sent since the backup: webhooks update ID --state active.\n";
  }
  if (!restored.unsealed_webhooks.empty()) {
    std::cerr
        << "The key that seals the secrets of " << count(restored.unsealed_webhooks, " webhook", " webhooks")
        << " is not here: copy keys/sealing of the old data directory before the server starts, or rotate them.\n";
  }
  if (!restored.unsealed_directories.empty()) {
    std::cerr << "The key that seals the credentials of "
              << count(restored.unsealed_directories, " directory", " directories")
              << " is not here: copy keys/sealing of the old data directory before the server starts, or reauthorize "
                 "them.\n";
  }
}

void take(Shell& shell, const Options& options, bool is_restore) {
  if (!is_here(shell)) return;
  const auto taken = take_archive(shell, options.file,
                                  {is_restore, shell.is_dry_run, options.later_trails, options.takes_broken_trail});
  if (!taken) return shell.fail(taken.error());
  json::Object body = shown(taken->summary);
  if (is_restore) {
    body.append("lost_changes", taken->restored.lost_changes);
    body.append("revoked_tokens", texts_of(taken->restored.revoked_tokens));
    body.append("live_tokens", texts_of(taken->restored.live_tokens));
    body.append("live_api_tokens", texts_of(taken->restored.live_api_tokens));
    body.append("paused_webhooks", texts_of(taken->restored.paused_webhooks));
    body.append("unsealed_webhooks", texts_of(taken->restored.unsealed_webhooks));
    body.append("unsealed_directories", texts_of(taken->restored.unsealed_directories));
  }
  shell.print(body, kColumns, "sha256");
  warn_of_trail(taken->summary);
  if (is_restore) tell(taken->restored, options);
  if (shell.is_dry_run) std::cerr << "Dry run: all of this was done and taken back.\n";
}

void add_broken_trail(CLI::App& verb, const std::shared_ptr<Options>& options) {
  verb.add_flag("--accept-broken-trail", options->takes_broken_trail, "Also when its audit trail does not verify");
}

}  // namespace

void export_everything(Shell& shell) {
  if (!is_here(shell)) return;
  const auto summary = write_archive(shell, write_out);
  if (!summary) return shell.fail(summary.error());
  warn_of_trail(*summary);
}

void add_backup(CLI::App& root, Shell& shell) {
  auto options = std::make_shared<Options>();
  CLI::App* noun = root.add_subcommand("backup", "The whole database in a file that fits every engine");
  noun->require_subcommand(1);
  const auto add_file = [&](CLI::App& verb, const char* help) {
    verb.add_option("file", options->file, help)->required();
  };

  CLI::App* made = noun->add_subcommand("create", "Write one, also while the server works");
  add_file(*made, "New file, for its owner only");
  made->add_flag("--overwrite", options->may_replace, "Replace a file of that name");
  add_examples(*made, {"rolecall backup create monday.rolecall --data /var/lib/rolecall",
                       "rolecall backup create latest.rolecall --overwrite -o json"});
  made->callback([&shell, options] { create(shell, *options); });

  CLI::App* looked_at = noun->add_subcommand("verify", "Check digest, rows, schema and audit trail of one");
  add_file(*looked_at, "File, or - for the standard input");
  add_examples(*looked_at, {"rolecall backup verify monday.rolecall", "zstdcat monday.zst | rolecall backup verify -"});
  looked_at->callback([&shell, options] { verify(shell, *options); });

  CLI::App* restored =
      noun->add_subcommand("restore", "Fill an empty database with one: all of it or nothing. Pauses webhooks");
  add_file(*restored, "File, or - for the standard input");
  add_broken_trail(*restored, options);
  restored
      ->add_option(
          "--trail", options->later_trails,
          "What `audit export` printed later, one file for a workspace: tokens revoked since are revoked again")
      ->check(CLI::ExistingFile);
  add_dry_run(*restored, shell);
  add_examples(*restored, {"rolecall backup restore monday.rolecall --data /var/lib/rolecall",
                           "rolecall backup restore monday.rolecall --database postgresql://rolecall@db/rolecall"});
  restored->callback([&shell, options] { take(shell, *options, true); });

  CLI::App* moved = root.add_subcommand(
      "import", "Fill an empty database with what `export --everything` printed, to go on with it elsewhere");
  add_file(*moved, "File, or - for the standard input");
  add_broken_trail(*moved, options);
  add_dry_run(*moved, shell);
  add_examples(*moved, {"rolecall import everything.rolecall --database postgresql://rolecall@db/rolecall",
                        "zstdcat everything.zst | rolecall import - --data new"});
  moved->callback([&shell, options] { take(shell, *options, false); });
}

}  // namespace rolecall::app
