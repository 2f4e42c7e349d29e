#include "rolecall/administration/privileged_defaults.hpp"

#include <algorithm>

#include "default_role.hpp"
#include "rolecall/administration/workspaces.hpp"

namespace rolecall::administration {
namespace {

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

const access::Role* lowest_role(const access::Catalogue& catalogue) {
  for (const auto& shipped : catalogue.roles) {
    if (shipped.is_default) return &shipped.role;
  }
  return nullptr;
}

/// Of `role`, what `lowest` does not hold.
std::string excess_of(const access::Role& role, const access::Role& lowest) {
  constexpr std::size_t kNamed = 5;
  std::string names;
  std::size_t count = 0;
  for (const std::string& permission : role.permissions) {
    access::Role alone;
    alone.permissions = {permission};
    if (access::is_under(alone, lowest)) continue;
    if (count < kNamed) names += (count == 0 ? "" : ", ") + permission;
    ++count;
  }
  return count > kNamed ? names + " and " + std::to_string(count - kNamed) + " more" : names;
}

/// Two sentences: what is wrong, and how it is put right.
struct Objection {
  std::string detail;
  std::string remedy;
};
Objection objection_to(const store::ConnectionRecord& connection, const access::Role& role, const access::Role& lowest,
                       const TextFolder& folder) {
  const bool is_the_lowest = folder.fold(role.name) == folder.fold(lowest.name);
  Objection objection;
  objection.detail = "As the default role of the connection " + connection.name + ", " + role.name +
                     " may do more than " +
                     (is_the_lowest ? "it is shipped with (" + excess_of(role, lowest) + ")"
                                    : lowest.name + ", the lowest shipped role") +
                     ", and everybody pushed without another role would hold it.";
  objection.remedy =
      is_the_lowest ? "Else leave the role as it is shipped, and give the rest to a role of its own: rolecall roles "
                      "create NAME --permission PERMISSION."
                    : "Else choose a lower role: rolecall connections set " + connection.name + " --default-role \"" +
                          lowest.name + "\".";
  return objection;
}

}  // namespace

Result<PrivilegedDefaults> PrivilegedDefaults::parse(std::string_view text) {
  PrivilegedDefaults all;
  while (!trim(text).empty()) {
    const auto end = std::min(text.find(','), text.size());
    const std::string_view piece = trim(text.substr(0, end));
    const auto equals = piece.find('=');
    const std::string_view connection = trim(piece.substr(0, std::min(equals, piece.size())));
    const std::string_view role =
        equals == std::string_view::npos ? std::string_view() : trim(piece.substr(equals + 1));
    if (connection.empty() || role.empty()) {
      return fail(ErrorCode::invalid_value, "access.privileged_defaults: \"" + std::string(piece) +
                                                "\" is not CONNECTION=ROLE, as in \"okta=HR Admin, entra=IT Admin\".");
    }
    all.confirmed_.emplace_back(connection, role);
    text = end == text.size() ? std::string_view() : text.substr(end + 1);
  }
  return all;
}

bool PrivilegedDefaults::confirms(const store::ConnectionRecord& connection, const access::Role& role,
                                  const TextFolder& folder) const {
  return std::any_of(confirmed_.begin(), confirmed_.end(), [&](const auto& entry) {
    const bool is_it = entry.first == connection.name || entry.first == connection.id.value();
    return is_it && folder.fold(entry.second) == folder.fold(role.name);
  });
}

Result<void> check_privilege(const Environment& environment, const store::ConnectionRecord& connection,
                             const access::Role& role) {
  const access::Role* lowest = lowest_role(environment.catalogue);
  if (lowest == nullptr) return internal_error("the catalogue has no default role");
  if (access::is_under(role, *lowest)) return {};
  const PrivilegedDefaults* confirmed = environment.privileged_defaults;
  if (confirmed != nullptr && confirmed->confirms(connection, role, environment.folder)) return {};
  const Objection objection = objection_to(connection, role, *lowest, environment.folder);
  return fail_with_next(ErrorCode::forbidden, objection.detail,
                        "If that is meant, whoever runs the server confirms it in its configuration: "
                        "access.privileged_defaults = \"" +
                            connection.name + "=" + role.name + "\". " + objection.remedy);
}

Result<void> check_default_roles(const Environment& environment) {
  ROLECALL_TRY_ASSIGN(const auto workspaces, list_workspaces(environment));
  for (const auto& workspace : workspaces) {
    const auto checked = in_view(environment, workspace.id, [&](store::Workspace& reached) -> Result<void> {
      ROLECALL_TRY_ASSIGN(const auto connections, reached.connections().list());
      for (const auto& connection : connections) {
        ROLECALL_TRY_ASSIGN(const auto role, reached.roles().find(connection.default_role));
        if (!role) return internal_error("the default role of a connection is gone");
        ROLECALL_TRY(check_privilege(environment, connection, *role));
      }
      return {};
    });
    if (!checked) return checked;
  }
  return {};
}

}  // namespace rolecall::administration
