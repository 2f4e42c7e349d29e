#pragma once

#include <string>
#include <string_view>

#include "shell.hpp"

namespace rolecall::app {

[[nodiscard]] json::Value finding(std::string_view check, std::string_view result, const std::string& detail);
[[nodiscard]] bool is_failure(const json::Value& finding);

/// What `doctor` can see without the database: configuration, public URL, data directory, disk, clock.
[[nodiscard]] json::Array local_findings(const Shell& shell);

}  // namespace rolecall::app
