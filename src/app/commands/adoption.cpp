#include "adoption.hpp"

#include <iostream>

namespace rolecall::app {
namespace {

const std::vector<Column> kColumns{{"FROM", "from"},
                                   {"TO", "to"},
                                   {"USERS", "users"},
                                   {"GROUPS", "groups"},
                                   {"MEMBERSHIPS ENDED", "memberships_ended"},
                                   {"MOVED", "memberships_moved"},
                                   {"USERS WITH OTHER ROLES", "users_changed"}};
const std::vector<Column> kChanges{{"USER", "user_name"}, {"ROLES BEFORE", "before"}, {"ROLES AFTER", "after"}};

}  // namespace

void adopt(Shell& shell, std::vector<std::string> path, const AdoptionOptions& options) {
  path.emplace_back("adoption");
  json::Object body{{"keep_roles", options.keep_roles}};
  if (!options.connection.empty()) body.append("connection", options.connection);
  if (!options.from.empty()) body.append("from", options.from);
  shell.call({"POST", std::move(path), {}, std::move(body)}, [&shell](const json::Value& answer) {
    shell.print(answer, kColumns, "to");
    const json::Value* changes = answer.as_object()->find("role_changes");
    const bool are_shown = changes != nullptr && changes->is_array() && !changes->as_array()->empty();
    if (shell.output != "table" || !are_shown) return;
    std::cout << '\n';
    shell.print(json::Object{{"items", *changes}}, kChanges, "user_name");
  });
}

}  // namespace rolecall::app
