#pragma once

#include <memory>

#include "rolecall/base/running_digest.hpp"

namespace rolecall::adapter::crypto {

[[nodiscard]] std::unique_ptr<RunningDigest> start_sha256();

}  // namespace rolecall::adapter::crypto
