#include "line.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "rolecall/base/json_string.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/base/timestamp.hpp"

namespace rolecall::log {
namespace {

// A note can quote a database's message; a line must stay one that collectors accept (16 KiB is a common limit).
constexpr std::size_t kLongestText = 1024;

void append_text(std::string& out, std::string_view text) {
  const std::string_view shown = text.substr(0, kLongestText);
  if (is_valid_utf8(shown)) {
    append_json_string(out, shown);
  } else {
    append_json_string(out, replace_invalid_utf8(shown));
  }
}

struct ValueWriter {
  std::string& out;

  void operator()(std::string_view value) const { append_text(out, value); }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(double value) const {
    if (std::isfinite(value)) {
      number(value);
    } else {
      out += "null";  // JSON has no infinity
    }
  }
  void operator()(std::int64_t value) const { number(value); }
  void operator()(std::uint64_t value) const { number(value); }

  template <typename Number>
  void number(Number value) const {
    std::array<char, 32> digits{};
    const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out.append(digits.data(), result.ptr);
  }
};

}  // namespace

std::string line_body(const Description& description, std::span<const Field> fields) {
  std::string out = "\"event\":";
  append_json_string(out, description.id);
  out += ",\"message\":";
  append_json_string(out, description.message);
  std::string unlisted;
  for (const Field& field : fields) {
    if (!description.has_field(field.name())) {
      unlisted += unlisted.empty() ? "" : ",";
      append_text(unlisted, field.name());
      continue;
    }
    out += ',';
    append_json_string(out, field.name());
    out += ':';
    std::visit(ValueWriter{out}, field.value());
  }
  if (!unlisted.empty()) out.append(",\"unlisted\":[").append(unlisted).append("]");
  return out;
}

std::string line_start(Instant time, std::string_view level) {
  return "{\"ts\":\"" + to_timestamp(time) + "\",\"level\":\"" + std::string(level) + "\",";
}

}  // namespace rolecall::log
