#include "shipped.hpp"

#include "listing.hpp"

namespace rolecall::administration {

Result<void> add_shipped_roles(Change& change) {
  for (const auto& shipped : change.environment.catalogue.roles) {
    const std::string key = change.environment.folder.fold(shipped.role.name);
    ROLECALL_TRY_ASSIGN(const auto existing, change.workspace.roles().find_by_key(key));
    if (existing) continue;
    access::Role role = shipped.role;
    role.id = RoleId(change.environment.ids.next());
    ROLECALL_TRY(add_role(change, role));
  }
  return {};
}

std::string shipped_default_name(const access::Catalogue& catalogue) {
  for (const auto& shipped : catalogue.roles) {
    if (shipped.is_default) return shipped.role.name;
  }
  return {};
}

std::string shipped_ceiling_name(const access::Catalogue& catalogue) {
  for (const auto& shipped : catalogue.roles) {
    if (!shipped.role.is_protected) return shipped.role.name;
  }
  return {};
}

}  // namespace rolecall::administration
