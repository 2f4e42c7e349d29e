#pragma once

#include <memory>

#include "rolecall/base/random.hpp"
#include "rolecall/base/sealer.hpp"
#include "rolecall/base/secret.hpp"

namespace rolecall::adapter::crypto {

/// AES-256-GCM. Every text has a key of its own, derived from `secret` and random bytes, so that their number is not
/// limited by the chance of a repeated nonce. `secret` is text of 256 random bits at least; sealers of the same secret
/// open each other's texts. `random` must outlive the sealer and be thread-safe.
[[nodiscard]] std::unique_ptr<Sealer> make_sealer(const Secret& secret, RandomSource& random);

}  // namespace rolecall::adapter::crypto
