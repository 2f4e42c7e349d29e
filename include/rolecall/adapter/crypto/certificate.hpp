#pragma once

#include <string_view>

namespace rolecall::adapter::crypto {

/// See ValueChecks.
[[nodiscard]] bool is_certificate(std::string_view der);

}  // namespace rolecall::adapter::crypto
