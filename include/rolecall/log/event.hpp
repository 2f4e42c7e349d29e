#pragma once

#include <span>
#include <string>
#include <string_view>

namespace rolecall::log {

enum class Level { debug, info, warn, error };

/// What can be logged: the entries of events.def and nothing else.
enum class Event {
#define ROLECALL_EVENT(id, level, fields, message, paragraph) id,
#include "rolecall/log/events.def"
#undef ROLECALL_EVENT
};

/// One entry of the catalogue.
struct Description {
  Event event;
  std::string_view id;
  Level level;
  std::string_view fields;     ///< names separated by blanks
  std::string_view message;    ///< the sentence in the log line
  std::string_view paragraph;  ///< what an operator should make of it

  [[nodiscard]] bool has_field(std::string_view name) const;
};

[[nodiscard]] std::span<const Description> catalogue();
[[nodiscard]] const Description& describe(Event event);
/// The whole catalogue as Markdown, for the operator's manual.
[[nodiscard]] std::string describe();

/// "debug", "info", "warn", "error".
[[nodiscard]] std::string_view name_of(Level level);

}  // namespace rolecall::log
