#include <CLI/CLI.hpp>
#include <memory>

#include "adoption.hpp"
#include "commands.hpp"
#include "rolecall/patch/dialect.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{{"NAME", "name"},
                                   {"DIALECT", "dialect"},
                                   {"DEFAULT ROLE", "default_role"},
                                   {"CEILING", "ceiling"},
                                   {"UNKNOWN GROUPS", "unknown_groups"},
                                   {"ASSERTED ROLES", "asserted_roles"},
                                   {"UNKNOWN MEMBERS", "unknown_members"},
                                   {"CREATED", "created"}};

struct Options {
  std::string name, dialect, default_role, ceiling, unknown_groups, asserted_roles, unknown_members;
};

json::Object body_of(const Options& options) {
  json::Object body;
  if (!options.dialect.empty()) body.append("dialect", options.dialect);
  if (!options.default_role.empty()) body.append("default_role", options.default_role);
  if (!options.ceiling.empty()) body.append("ceiling", options.ceiling);
  if (!options.unknown_groups.empty()) body.append("unknown_groups", options.unknown_groups);
  if (!options.asserted_roles.empty()) body.append("asserted_roles", options.asserted_roles);
  if (!options.unknown_members.empty()) body.append("unknown_members", options.unknown_members);
  return body;
}

void add_settings(CLI::App& verb, Options& options) {
  verb.add_option("--default-role", options.default_role, "Role of users without another one");
  verb.add_option("--ceiling", options.ceiling, "Highest role that the connection may grant");
  verb.add_option("--unknown-groups", options.unknown_groups, "What a pushed group without a role of its name becomes")
      ->check(CLI::IsMember({"create_role", "keep_unlinked", "refuse"}));
  verb.add_option("--asserted-roles", options.asserted_roles, "What roles that the IdP names at a user do")
      ->check(CLI::IsMember({"grant", "ignore"}));
  verb.add_option("--unknown-members", options.unknown_members,
                  "What becomes of members of a group that nobody of the connection is: pass them over, refuse the "
                  "request, or let them wait for their user")
      ->check(CLI::IsMember({"accept_known", "strict", "parked"}));
}

}  // namespace

void add_connections(CLI::App& root, Shell& shell) {
  CLI::App* noun = root.add_subcommand("connections", "Identity providers as seen by a workspace");
  noun->require_subcommand(1);
  const auto show = [&shell](const json::Value& body) { shell.print(body, kColumns, "name"); };
  CLI::App* list = noun->add_subcommand("list", "Show all");
  add_examples(*list, {"rolecall connections list", "rolecall connections list -o yaml"});
  list->callback([&shell, show] { shell.call_pages({"GET", {"connections"}, {}, {}}, kEverything, show); });
  auto options = std::make_shared<Options>();
  CLI::App* get = noun->add_subcommand("get", "Show one");
  get->add_option("name", options->name, "Name or id")->required();
  add_examples(*get, {"rolecall connections get okta", "rolecall connections get okta -o json"});
  get->callback([&shell, show, options] { shell.call({"GET", {"connections", options->name}, {}, {}}, show); });
  CLI::App* create = noun->add_subcommand("create", "Make one; every role under its ceiling is listed as a group");
  create->add_option("name", options->name, "Name")->required();
  const auto dialects = patch::dialect_names();
  create->add_option("--dialect", options->dialect, "How its client speaks; else scim.default_dialect of the server")
      ->check(CLI::IsMember(std::vector<std::string>(dialects.begin(), dialects.end())));
  add_settings(*create, *options);
  add_making(*create, shell);
  add_examples(*create, {"rolecall connections create entra --dialect entra",
                         "rolecall connections create ping --unknown-groups keep_unlinked --ceiling \"IT Admin\""});
  create->callback([&shell, show, options] {
    json::Object body = body_of(*options);
    body.append("name", options->name);
    shell.call({"POST", {"connections"}, {}, std::move(body)}, show);
  });
  CLI::App* set = noun->add_subcommand("set", "Change one setting of one");
  set->add_option("name", options->name, "Name or id")->required();
  add_settings(*set, *options);
  add_dry_run(*set, shell);
  add_examples(*set, {"rolecall connections set okta --default-role \"IT Agent\"",
                      "rolecall connections set okta --unknown-members parked --dry-run"});
  set->callback([&shell, show, options] {
    json::Object body = body_of(*options);
    if (body.size() != 1) {
      return shell.fail(kUsage,
                        "Name exactly one of --default-role, --ceiling, --unknown-groups, --asserted-roles and "
                        "--unknown-members.");
    }
    shell.change({"PATCH", {"connections", options->name}, {}, std::move(body)}, show);
  });

  auto adoption = std::make_shared<AdoptionOptions>();
  CLI::App* adopt_verb = noun->add_subcommand(
      "adopt", "Hand all users of one, and its groups that stand for no role, to another: when a company moves");
  adopt_verb->add_option("--from", adoption->from, "Name or id of the connection to leave")->required();
  adopt_verb->add_option("--to", adoption->name, "Name or id of the connection to have them")->required();
  adopt_verb->add_flag("--keep-roles", adoption->keep_roles,
                       "Also join the new connection's group of each role held by a group");
  add_making(*adopt_verb, shell);
  add_examples(*adopt_verb, {"rolecall connections adopt --from okta --to entra --dry-run",
                             "rolecall connections adopt --from okta --to entra --keep-roles"});
  adopt_verb->callback([&shell, adoption] { adopt(shell, {"connections", adoption->name}, *adoption); });
}

}  // namespace rolecall::app
