#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "commands.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{{"SEQ", "seq"},       {"AT", "at"},         {"ACTOR", "actor"},
                                   {"ACTION", "action"}, {"TARGET", "target"}, {"DETAILS", "details"}};
const std::vector<Column> kVerification{{"INTACT", "intact"},
                                        {"ROWS", "rows"},
                                        {"FIRST BAD", "first_bad_seq"},
                                        {"CHECKPOINT", "checkpoint"},
                                        {"HEAD", "head"}};

struct Options {
  std::int64_t limit = 100;
  std::int64_t after = -1;
  std::string checkpoint;
};

/// A page at a time, so that a long trail needs no memory; a page that is not full is the last.
void add_export(CLI::App& noun, Shell& shell, const std::shared_ptr<Options>& options) {
  CLI::App* verb =
      noun.add_subcommand("export", "Print every row as a line of JSON, with all that the hashes are over");
  verb->add_option("--after", options->after, "Only those that follow this sequence number")
      ->check(CLI::NonNegativeNumber);
  add_examples(*verb, {"rolecall audit export > audit.ndjson", "rolecall audit export --after 4711 >> audit.ndjson"});
  verb->callback([&shell, options] {
    std::int64_t after = std::max<std::int64_t>(options->after, 0);
    for (;;) {
      const auto lines =
          shell.call_lines({"GET", {"audit", "export"}, {{"after", std::to_string(after)}, {"limit", "1000"}}, {}});
      if (!lines || lines->empty()) return;
      std::cout << *lines;
      after += std::count(lines->begin(), lines->end(), '\n');
    }
  });
}

bool read_checkpoint(const std::string& path, std::vector<std::pair<std::string, std::string>>& query) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto parsed = json::parse(text);
  if (!parsed || !parsed->is_object()) return false;
  const json::Value* seq = parsed->as_object()->find("seq");
  const json::Value* hash = parsed->as_object()->find("hash");
  if (seq == nullptr || hash == nullptr || !seq->is_number() || !hash->is_string()) return false;
  query = {{"checkpoint_seq", seq->as_number()->lexeme}, {"checkpoint_hash", *hash->as_string()}};
  return true;
}

}  // namespace

void add_audit(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("audit", "The trail of changes, chained by hash");
  noun->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* list = noun->add_subcommand("list", "Show the newest changes");
  list->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 1000));
  list->add_option("--after", options->after, "Show those that follow this sequence number instead")
      ->check(CLI::NonNegativeNumber);
  add_examples(*list, {"rolecall audit list", "rolecall audit list --after 4711 --limit 1000 -o csv"});
  list->callback([&shell, options] {
    shell.call({"GET",
                {"audit"},
                {{"limit", std::to_string(options->limit)},
                 {"after", options->after < 0 ? std::string() : std::to_string(options->after)}},
                {}},
               [&](const json::Value& body) { shell.print(body, kColumns, "seq"); });
  });
  add_export(*noun, shell, options);
  CLI::App* checkpoint = noun->add_subcommand(
      "checkpoint", "Print the newest row's number and hash, to be kept where this database is not");
  add_examples(*checkpoint, {"rolecall audit checkpoint > checkpoint.json", "rolecall audit checkpoint -o yaml"});
  checkpoint->callback([&shell] {
    shell.call({"GET", {"audit", "checkpoints", "latest"}, {}, {}}, [&](const json::Value& body) {
      // A file for `audit verify`, so that the plain form is JSON too.
      if (shell.output == "table") return shell.print_line(json::write(body));
      shell.print(body, {}, "hash");
    });
  });
  CLI::App* verify = noun->add_subcommand("verify", "Check the whole chain, and that it passes through a checkpoint");
  verify->add_option("--checkpoint", options->checkpoint, "File with what `audit checkpoint` printed")
      ->check(CLI::ExistingFile);
  add_examples(*verify, {"rolecall audit verify", "rolecall audit verify --checkpoint checkpoint.json"});
  verify->callback([&shell, options] {
    std::vector<std::pair<std::string, std::string>> query;
    if (!options->checkpoint.empty() && !read_checkpoint(options->checkpoint, query)) {
      return shell.fail(kUsage, options->checkpoint + " is not what `audit checkpoint` printed.");
    }
    shell.call({"GET", {"audit", "verification"}, query, {}}, [&](const json::Value& body) {
      shell.print(body, kVerification, "head");
      const json::Value* intact = body.as_object()->find("intact");
      if (intact == nullptr || !(*intact == json::Value(true))) {
        shell.fail(kFailed, "The trail does not verify: it was changed outside of this program.");
      }
    });
  });
}

}  // namespace rolecall::app
