#pragma once

#include <string_view>

namespace rolecall::app {

/// "0.1.0", of CMakeLists.txt.
[[nodiscard]] std::string_view version();

}  // namespace rolecall::app
