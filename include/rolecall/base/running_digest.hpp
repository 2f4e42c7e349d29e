#pragma once

#include <string>
#include <string_view>

namespace rolecall {

/// SHA-256 of what comes in parts, for what is too long to be held (a port: `adapter/crypto` implements it). One thread
/// at a time.
class RunningDigest {
 public:
  virtual ~RunningDigest() = default;
  virtual void update(std::string_view bytes) = 0;
  /// The 32 raw bytes over all that came; nothing may come afterwards.
  [[nodiscard]] virtual std::string finish() = 0;
};

}  // namespace rolecall
