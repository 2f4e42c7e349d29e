#pragma once

#include <csignal>

namespace rolecall::app {

/// SIGTERM and SIGINT are waited for by one thread, never handled in the middle of something. Make it before any other
/// thread, so that all of them inherit the mask.
class StopSignals {
 public:
  StopSignals();
  /// Waits for the first one and returns its number.
  [[nodiscard]] int wait() const;
  /// From now on one more ends the process at once: whoever asks twice does not want to wait for the drain.
  void end_on_next() const;

 private:
  sigset_t signals_;
};

/// No core files and no debugger of other processes: memory holds tokens. New files are private, SIGPIPE is off, file
/// descriptors up to what the system allows.
void harden_process();

}  // namespace rolecall::app
