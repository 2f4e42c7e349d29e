#include "rolecall/access/role.hpp"

#include <algorithm>

namespace rolecall::access {

bool Catalogue::knows(std::string_view permission) const {
  return std::any_of(permissions.begin(), permissions.end(),
                     [&](const Permission& known) { return known.name == permission; });
}

bool is_under(const Role& role, const Role& ceiling) {
  return std::includes(ceiling.permissions.begin(), ceiling.permissions.end(), role.permissions.begin(),
                       role.permissions.end());
}

}  // namespace rolecall::access
