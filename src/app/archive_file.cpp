#include "archive_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace rolecall::app {
namespace {

tl::unexpected<Error> system_failure(const std::string& what) {
  return fail(ErrorCode::internal, what + ": " + std::generic_category().message(errno) + ".");
}

tl::unexpected<Error> exists_already(const std::string& path) {
  return fail_with_next(ErrorCode::conflict, path + " is there already.",
                        "Name another file, or say --overwrite to replace it.");
}

Result<void> write_all(int descriptor, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return system_failure(name + " cannot be written");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

/// A new name is on the disk once its directory is.
bool sync_directory_of(const std::string& path) {
  const std::string directory = std::filesystem::path(path).parent_path().string();
  const int descriptor = ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool is_synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return is_synced;
}

}  // namespace

NewFile::NewFile(std::string path, bool may_replace, int descriptor)
    : path_(std::move(path)), temporary_(path_ + ".partial"), may_replace_(may_replace), descriptor_(descriptor) {}

NewFile::NewFile(NewFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      may_replace_(other.may_replace_),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

NewFile::~NewFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

Result<NewFile> NewFile::make(const std::string& path, bool may_replace) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    if (!may_replace) return exists_already(path);
    if (!S_ISREG(status.st_mode)) return fail(ErrorCode::conflict, path + " is no file that can be replaced.");
  }
  const std::string temporary = path + ".partial";
  // Left behind by a command that was killed.
  ::unlink(temporary.c_str());
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return system_failure(temporary + " cannot be made");
  return NewFile(path, may_replace, descriptor);
}

Result<void> NewFile::write(std::string_view bytes) { return write_all(descriptor_, bytes, temporary_); }

Result<void> NewFile::finish() {
  if (::fsync(descriptor_) != 0) return system_failure(temporary_ + " cannot be written");
  if (may_replace_) {
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return system_failure(path_ + " cannot be written");
  } else {
    // Unlike rename this takes no name that somebody else took meanwhile. Not every file system has it.
    if (::link(temporary_.c_str(), path_.c_str()) == 0) {
      ::unlink(temporary_.c_str());
    } else {
      if (errno == EEXIST) return exists_already(path_);
      if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return system_failure(path_ + " cannot be written");
    }
  }
  ::close(std::exchange(descriptor_, -1));
  if (!sync_directory_of(path_)) return system_failure("The directory of " + path_ + " cannot be synced");
  return {};
}

OldFile::OldFile(OldFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

OldFile::~OldFile() {
  if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
}

Result<OldFile> OldFile::open(const std::string& path) {
  if (path == "-") return OldFile("The standard input", STDIN_FILENO);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT) return fail(ErrorCode::not_found, "There is no file " + path + ".");
    return system_failure(path + " cannot be read");
  }
  return OldFile(path, descriptor);
}

Result<std::size_t> OldFile::read(char* buffer, std::size_t size) {
  for (;;) {
    const ssize_t count = ::read(descriptor_, buffer, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return system_failure(path_ + " cannot be read");
  }
}

Result<void> write_out(std::string_view bytes) { return write_all(STDOUT_FILENO, bytes, "The standard output"); }

}  // namespace rolecall::app
