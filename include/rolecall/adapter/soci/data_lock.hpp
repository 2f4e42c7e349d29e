#pragma once

#include <string>

#include "rolecall/base/result.hpp"

namespace rolecall::adapter::soci {

/// One server per data directory. The lock is the kernel's: it goes with the process, however that ends.
class DataLock {
 public:
  DataLock(DataLock&& other) noexcept;
  DataLock& operator=(DataLock&& other) noexcept;
  ~DataLock();

 private:
  friend Result<DataLock> lock_data_directory(const std::string& directory);
  explicit DataLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

/// Locks `directory`/lock and writes our process id into it. Fails with `conflict` and a sentence naming the process
/// that holds it.
[[nodiscard]] Result<DataLock> lock_data_directory(const std::string& directory);

}  // namespace rolecall::adapter::soci
