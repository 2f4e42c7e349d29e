#include "rolecall/adapter/soci/data_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace rolecall::adapter::soci {
namespace {

std::string text_of(int error) { return std::generic_category().message(error); }

/// The process id the holder wrote; empty when it has not come to that yet.
std::string holder_of(int descriptor) {
  char buffer[24];
  const ssize_t length = ::pread(descriptor, buffer, sizeof buffer, 0);
  std::string pid;
  for (ssize_t i = 0; i < length && buffer[i] >= '0' && buffer[i] <= '9'; ++i) pid += buffer[i];
  return pid;
}

}  // namespace

DataLock::DataLock(DataLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

DataLock& DataLock::operator=(DataLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

DataLock::~DataLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<DataLock> lock_data_directory(const std::string& directory) {
  const std::string path = directory + "/lock";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return internal_error("cannot open " + path + ": " + text_of(errno));
  DataLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return internal_error("cannot lock " + path + ": " + text_of(errno));
    const std::string holder = holder_of(descriptor);
    return fail(ErrorCode::conflict, "The data directory " + directory + " is in use by " +
                                         (holder.empty() ? "another process" : "process " + holder) +
                                         ". Stop it first, or use another directory.");
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor, 0) != 0 ||
      ::pwrite(descriptor, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return internal_error("cannot write " + path + ": " + text_of(errno));
  }
  return lock;
}

}  // namespace rolecall::adapter::soci
