#pragma once

#include <initializer_list>
#include <span>

#include "rolecall/log/event.hpp"
#include "rolecall/log/field.hpp"

namespace rolecall::log {

/// Where events go (a port). Thread-safe; never throws, never fails: a line that cannot be written is counted.
class Logger {
 public:
  virtual ~Logger() = default;
  /// `log.emit(Event::server_started, {{"port", 8080}, {"version", version}});`
  void emit(Event event, std::initializer_list<Field> fields = {}) noexcept {
    write(event, std::span<const Field>(fields.begin(), fields.size()));
  }
  /// For callers that collect fields on the way.
  virtual void write(Event event, std::span<const Field> fields) noexcept = 0;
};

/// Forgets everything.
class NullLogger final : public Logger {
 public:
  void write(Event, std::span<const Field>) noexcept override {}
};

}  // namespace rolecall::log
