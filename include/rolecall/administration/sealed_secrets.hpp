#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

/// What becomes of a secret in use whose key the ring does not hold: nothing is done at all and the error names the
/// key, or its webhook is paused and its directory needs reauthorization.
enum class LostKeys { refuse, accept };

struct Resealed {
  std::int64_t count = 0;           ///< texts that were sealed anew
  std::set<std::string> lost_keys;  ///< ids of keys that something in use was sealed with
};
/// Seals every secret in the database that an older key of the ring was used for with the current one, so that the
/// older one can go. What no key opens stays as it is.
[[nodiscard]] Result<Resealed> reseal_secrets(const Environment& environment, LostKeys lost_keys);

}  // namespace rolecall::administration
