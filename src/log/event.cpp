#include "rolecall/log/event.hpp"

#include <array>
#include <cstddef>

namespace rolecall::log {
namespace {

constexpr auto kCatalogue = std::to_array<Description>({
#define ROLECALL_EVENT(id, level, fields, message, paragraph) \
  Description{Event::id, #id, Level::level, fields, message, paragraph},
#include "rolecall/log/events.def"
#undef ROLECALL_EVENT
});

}  // namespace

bool Description::has_field(std::string_view name) const {
  std::string_view rest = fields;
  while (!rest.empty()) {
    const std::size_t blank = rest.find(' ');
    if (rest.substr(0, blank) == name) return true;
    rest = blank == std::string_view::npos ? std::string_view() : rest.substr(blank + 1);
  }
  return false;
}

std::span<const Description> catalogue() { return kCatalogue; }

const Description& describe(Event event) { return kCatalogue[static_cast<std::size_t>(event)]; }

std::string describe() {
  std::string out;
  for (const Description& entry : kCatalogue) {
    out.append("### `").append(entry.id).append("` (").append(name_of(entry.level)).append(")\n\n");
    out.append(entry.message).append(" ").append(entry.paragraph).append("\n\n");
    out.append("Fields: `").append(entry.fields).append("`\n\n");
  }
  return out;
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warn:
      return "warn";
    case Level::error:
      return "error";
  }
  return "error";
}

}  // namespace rolecall::log
