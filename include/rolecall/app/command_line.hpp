#pragma once

namespace rolecall::app {

/// The whole program: reads the command line, runs one command, returns its exit code.
[[nodiscard]] int run(int argc, const char* const* argv);

}  // namespace rolecall::app
