#pragma once

#include <chrono>

namespace rolecall {

/// Wall-clock instants, UTC, microseconds: what the database stores and SCIM shows.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

/// Time is a parameter: nothing below `app` and `adapter` reads the machine's clock.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
};

/// The machine's clock. Thread-safe.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
};

/// A clock that tests move by hand. Not thread-safe while being moved.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : now_(start) {}
  [[nodiscard]] Instant now() const override { return now_; }
  void advance(std::chrono::microseconds step) { now_ += step; }
  void set(Instant instant) { now_ = instant; }

 private:
  Instant now_;
};

}  // namespace rolecall
