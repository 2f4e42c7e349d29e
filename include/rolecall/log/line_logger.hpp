#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "rolecall/base/clock.hpp"
#include "rolecall/log/logger.hpp"

namespace rolecall::log {

struct Options {
  Level level = Level::info;  ///< events below are not written
  /// 0: the calling thread writes. Otherwise a thread of its own writes from a queue of this many lines; when it is
  /// full, lines below `warn` are dropped and counted, others wait for room.
  std::size_t queue = 0;
  /// Takes one line, line break included. Empty: the standard error stream. Called by one thread at a time.
  std::function<void(std::string_view line)> sink;
};

/// Writes one JSON object per line: `ts`, `level`, `event`, `message`, then the fields of the event.
class LineLogger : public Logger {
 public:
  /// Lines lost so far.
  [[nodiscard]] virtual std::uint64_t dropped() const = 0;
};

/// `clock` must outlive the logger, whose destructor writes out what is queued.
[[nodiscard]] std::unique_ptr<LineLogger> make_line_logger(const Clock& clock, Options options = {});

}  // namespace rolecall::log
