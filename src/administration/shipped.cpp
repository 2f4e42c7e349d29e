#include "shipped.hpp"

#include "listing.hpp"

namespace rolecall::administration {

namespace {

/// Nobody can edit a protected role, so that it alone follows the catalogue: Owner is everything, also what an operator
/// added since.
Result<void> keep_everything(Change& change, const access::Role& shipped, const access::Role& stored,
                             const std::string& key) {
  if (!stored.is_protected || stored.permissions == shipped.permissions) return {};
  access::Role role = stored;
  role.permissions = shipped.permissions;
  ROLECALL_TRY(change.workspace.roles().update(role, key));
  return change.trail.record("role.updated", "Role/" + role.id.value(), {{"attributes", json::Array{"permissions"}}});
}

}  // namespace

Result<void> add_shipped_roles(Change& change) {
  for (const auto& shipped : change.environment.catalogue.roles) {
    const std::string key = change.environment.folder.fold(shipped.role.name);
    ROLECALL_TRY_ASSIGN(const auto existing, change.workspace.roles().find_by_key(key));
    if (existing) {
      ROLECALL_TRY(keep_everything(change, shipped.role, *existing, key));
      continue;
    }
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
