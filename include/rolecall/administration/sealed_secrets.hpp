#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

struct Resealed {
  std::int64_t count = 0;              ///< texts that were sealed anew
  std::set<std::string> missing_keys;  ///< ids of keys that something is sealed with and the ring does not hold
};
/// Seals every secret in the database that an older key of the ring was used for with the current one, so that the
/// older one can go. What no key opens stays as it is.
[[nodiscard]] Result<Resealed> reseal_secrets(const Environment& environment);

}  // namespace rolecall::administration
