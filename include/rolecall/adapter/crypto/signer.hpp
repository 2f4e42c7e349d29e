#pragma once

#include <memory>

#include "rolecall/base/signer.hpp"

namespace rolecall::adapter::crypto {

[[nodiscard]] std::unique_ptr<Signer> make_signer();

}  // namespace rolecall::adapter::crypto
