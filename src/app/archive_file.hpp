#pragma once

#include <string>
#include <string_view>

#include "rolecall/base/result.hpp"

namespace rolecall::app {

/// A file that is there whole or not at all: what is written goes to PATH.partial, mode 0600, and takes the name when
/// it is finished and on the disk.
class NewFile {
 public:
  /// `conflict` when there is a file of that name, unless it may be replaced.
  [[nodiscard]] static Result<NewFile> make(const std::string& path, bool may_replace);
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();  ///< removes what was not finished

  [[nodiscard]] Result<void> write(std::string_view bytes);
  [[nodiscard]] Result<void> finish();

 private:
  NewFile(std::string path, bool may_replace, int descriptor);

  std::string path_;
  std::string temporary_;
  bool may_replace_;
  int descriptor_;
};

/// A file that is read once from its beginning; "-" is the standard input.
class OldFile {
 public:
  /// `not_found` when there is none.
  [[nodiscard]] static Result<OldFile> open(const std::string& path);
  OldFile(OldFile&& other) noexcept;
  OldFile& operator=(OldFile&&) = delete;
  ~OldFile();

  /// How many bytes came, 0 at the end.
  [[nodiscard]] Result<std::size_t> read(char* buffer, std::size_t size);

 private:
  OldFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_;
};

/// To the standard output, whole.
[[nodiscard]] Result<void> write_out(std::string_view bytes);

}  // namespace rolecall::app
