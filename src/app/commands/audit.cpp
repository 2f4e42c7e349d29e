#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{{"SEQ", "seq"},       {"AT", "at"},         {"ACTOR", "actor"},
                                   {"ACTION", "action"}, {"TARGET", "target"}, {"DETAILS", "details"}};
const std::vector<Column> kVerification{
    {"INTACT", "intact"}, {"ROWS", "rows"}, {"FIRST BAD", "first_bad_seq"}, {"HEAD", "head"}};

struct Options {
  std::int64_t limit = 100;
  std::int64_t after = -1;
};

}  // namespace

void add_audit(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("audit", "The trail of changes, chained by hash");
  noun->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* list = noun->add_subcommand("list", "Show the newest changes");
  list->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 1000));
  list->add_option("--after", options->after, "Show those that follow this sequence number instead")
      ->check(CLI::NonNegativeNumber);
  list->callback([&shell, options] {
    shell.call({"GET",
                {"audit"},
                {{"limit", std::to_string(options->limit)},
                 {"after", options->after < 0 ? std::string() : std::to_string(options->after)}},
                {}},
               [&](const json::Value& body) { shell.print(body, kColumns, "seq"); });
  });
  noun->add_subcommand("verify", "Check the whole chain; the head is worth keeping elsewhere")->callback([&shell] {
    shell.call({"GET", {"audit", "verification"}, {}, {}}, [&](const json::Value& body) {
      shell.print(body, kVerification, "head");
      const json::Value* intact = body.as_object()->find("intact");
      if (intact == nullptr || !(*intact == json::Value(true))) {
        shell.fail(kFailed, "The trail does not verify: it was changed outside of this program.");
      }
    });
  });
}

}  // namespace rolecall::app
