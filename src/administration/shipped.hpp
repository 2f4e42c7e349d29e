#pragma once

#include "scope.hpp"

namespace rolecall::administration {

/// Adds the shipped roles that the workspace lacks; a role of that name made by an admin counts as there.
[[nodiscard]] Result<void> add_shipped_roles(Change& change);

/// The shipped default role, and the highest shipped role that is not protected.
[[nodiscard]] std::string shipped_default_name(const access::Catalogue& catalogue);
[[nodiscard]] std::string shipped_ceiling_name(const access::Catalogue& catalogue);

}  // namespace rolecall::administration
