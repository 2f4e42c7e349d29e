#pragma once

#include "shell.hpp"

namespace rolecall::app {

/// Serves until SIGTERM or SIGINT; returns the exit code of the process.
[[nodiscard]] int serve(const Shell& shell);

}  // namespace rolecall::app
