#include "process.hpp"

#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cstdlib>
#include <thread>

namespace rolecall::app {

StopSignals::StopSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

int StopSignals::wait() const {
  int signal = 0;
  while (sigwait(&signals_, &signal) != 0) {
  }
  return signal;
}

void StopSignals::end_on_next() const {
  std::thread([signals = signals_] {
    int signal = 0;
    if (sigwait(&signals, &signal) == 0) std::_Exit(128 + signal);
  }).detach();
}

void harden_process() {
  // A peer that went away is an error of the write; ignoring a signal that exists cannot fail.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  // What the database makes beside itself belongs to this account alone.
  ::umask(077);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
}

}  // namespace rolecall::app
