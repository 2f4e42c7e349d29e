#pragma once

#include <memory>

#include "rolecall/base/clock.hpp"
#include "rolecall/base/random.hpp"

namespace rolecall::adapter::crypto {

/// The operating system's generator. Thread-safe. Ends the process when there is no randomness: nothing that needs it
/// may go on with less.
[[nodiscard]] std::unique_ptr<RandomSource> make_random_source();

/// UUIDv7 (RFC 9562 §5.7). Each identifier of one generator is greater than the one before, also within a millisecond
/// and after the clock was set back. `random` and `clock` must outlive the generator and be thread-safe if it is
/// shared.
[[nodiscard]] std::unique_ptr<IdGenerator> make_id_generator(RandomSource& random, const Clock& clock);

}  // namespace rolecall::adapter::crypto
