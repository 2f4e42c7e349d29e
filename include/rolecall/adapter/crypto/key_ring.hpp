#pragma once

#include <memory>
#include <vector>

#include "rolecall/base/digest.hpp"
#include "rolecall/base/random.hpp"
#include "rolecall/base/sealer.hpp"
#include "rolecall/base/secret.hpp"

namespace rolecall::adapter::crypto {

/// A sealer that names in each text the key it was sealed with: the first of `keys`. The others open what was sealed
/// while they were the first, so that a key can be replaced without losing anything. Each is as `make_sealer` wants it;
/// there is one at least. `random` must outlive the ring and be thread-safe.
[[nodiscard]] std::unique_ptr<Sealer> make_key_ring(const std::vector<Secret>& keys, const Digest& digest,
                                                    RandomSource& random);

}  // namespace rolecall::adapter::crypto
