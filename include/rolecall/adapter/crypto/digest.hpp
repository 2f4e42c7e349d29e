#pragma once

#include <memory>

#include "rolecall/base/digest.hpp"

namespace rolecall::adapter::crypto {

[[nodiscard]] std::unique_ptr<Digest> make_digest();

}  // namespace rolecall::adapter::crypto
