#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace rolecall {

/// Unpredictable bytes (a port: `adapter/crypto` implements it with the operating system's generator).
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  virtual void fill(std::span<std::byte> out) = 0;
};

/// Makes identifiers. UUIDv7 (RFC 9562): time-ordered, so that rows made together lie together. Thread-safe.
class IdGenerator {
 public:
  virtual ~IdGenerator() = default;
  [[nodiscard]] virtual std::string next() = 0;
};

/// Has the text the form that IdGenerator gives? Then it may be the id of something here; it need not be.
[[nodiscard]] bool is_generated_id(std::string_view text);

}  // namespace rolecall
