#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"

namespace rolecall::app {

void authorize_directory(Shell& shell, const std::string& name) {
  static const std::vector<Column> kConsent{
      {"DIRECTORY", "directory"}, {"REDIRECT URI", "redirect_uri"}, {"EXPIRES", "expires"}, {"OPEN", "url"}};
  shell.call({"POST", {"directories", name, "authorize"}, {}, {}},
             [&shell](const json::Value& body) { shell.print(body, kConsent, "url"); });
}

void add_directory_consent(CLI::App& noun, Shell& shell) {
  CLI::App* authorize =
      noun.add_subcommand("authorize", "Begin the consent of an administrator, and print the address to open");
  auto name = std::make_shared<std::string>();
  authorize->add_option("name", *name, "Name or id")->required();
  add_making(*authorize, shell);
  add_examples(*authorize,
               {"rolecall directories authorize okta-web", "rolecall directories authorize okta-web -o name"});
  authorize->callback([&shell, name] { authorize_directory(shell, *name); });
}

}  // namespace rolecall::app
