#include "rolecall/app/yaml_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "rolecall/base/text.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::app {
namespace {

/// YAML 1.1 reads these as booleans or null, in any case.
constexpr std::array<std::string_view, 10> kWords{"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"};
/// A name of more than 1,024 characters needs the long form (YAML 1.1 §7.3.3); quoting makes six of one at most.
constexpr std::size_t kLongestPlainName = 160;

bool is_letter(char letter) { return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z'); }

/// Nothing in it can mean anything else to any reader.
bool is_plain(std::string_view text) {
  constexpr std::string_view kInside = "0123456789_-./@+ ";
  if (text.empty() || !is_letter(text.front()) || text.back() == ' ') return false;
  const bool is_clean = std::all_of(text.begin(), text.end(), [&](char letter) {
    return is_letter(letter) || kInside.find(letter) != std::string_view::npos;
  });
  return is_clean && std::none_of(kWords.begin(), kWords.end(),
                                  [&](std::string_view word) { return equals_ignoring_ascii_case(text, word); });
}

/// Not in a YAML stream as they are: DEL, the C1 controls, the byte order mark, two noncharacters; and the line
/// separators, which YAML 1.1 takes for line ends. All are written with two or three bytes.
std::size_t unprintable_bytes(std::string_view rest) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(rest[at]); };
  if (byte(0) == 0x7F) return 1;
  if (rest.size() >= 2 && byte(0) == 0xC2 && byte(1) < 0xA0) return 2;
  if (rest.size() < 3) return 0;
  const bool is_separator = byte(0) == 0xE2 && byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9);
  const bool is_mark = byte(0) == 0xEF && byte(1) == 0xBB && byte(2) == 0xBF;
  const bool is_none = byte(0) == 0xEF && byte(1) == 0xBF && byte(2) >= 0xBE;
  return is_separator || is_mark || is_none ? 3 : 0;
}

unsigned code_point_of(std::string_view bytes) {
  const auto low = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]) & 0x3FU; };
  if (bytes.size() == 1) return static_cast<unsigned char>(bytes[0]);
  if (bytes.size() == 2) return (static_cast<unsigned char>(bytes[0]) & 0x1FU) << 6U | low(1);
  return (static_cast<unsigned char>(bytes[0]) & 0x0FU) << 12U | low(1) << 6U | low(2);
}

/// A JSON string is a double-quoted YAML scalar, but for what cannot stand in a stream.
std::string quoted(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const std::string whole = json::write(json::Value(text));
  std::string out;
  std::string_view rest = whole;
  while (!rest.empty()) {
    const std::size_t bytes = unprintable_bytes(rest);
    if (bytes == 0) {
      out += rest.front();
      rest.remove_prefix(1);
      continue;
    }
    const unsigned point = code_point_of(rest.substr(0, bytes));
    out += "\\u";
    for (unsigned shift = 16; shift > 0;) out += kHex[point >> (shift -= 4U) & 15U];
    rest.remove_prefix(bytes);
  }
  return out;
}

std::string text_of(std::string_view text) { return is_plain(text) ? std::string(text) : quoted(text); }

class Writer {
 public:
  std::string write(const json::Value& root) {
    if (!open(root)) return scalar(root) + "\n";
    while (!levels_.empty()) {
      Level& level = levels_.back();
      if (level.index == level.size()) {
        levels_.pop_back();
        continue;
      }
      const std::size_t index = level.index++;
      if (is_after_dash_) {
        is_after_dash_ = false;
      } else {
        out_.append(level.indent, ' ');
      }
      if (level.array != nullptr) {
        write_item((*level.array)[index]);
      } else {
        write_member(*(level.object->begin() + static_cast<std::ptrdiff_t>(index)), level.indent);
      }
    }
    return std::move(out_);
  }

 private:
  struct Level {
    const json::Array* array;
    const json::Object* object;
    std::size_t indent;
    std::size_t index;
    [[nodiscard]] std::size_t size() const { return array != nullptr ? array->size() : object->size(); }
  };

  /// False for a scalar and for what is empty: those stand in their line.
  bool open(const json::Value& value) {
    const auto* array = value.as_array();
    const auto* object = value.as_object();
    const bool has_more = (array != nullptr && !array->empty()) || (object != nullptr && !object->empty());
    if (has_more) levels_.push_back({array, object, levels_.empty() ? 0 : levels_.back().indent + 2, 0});
    return has_more;
  }

  static std::string scalar(const json::Value& value) {
    return value.is_string() ? text_of(*value.as_string()) : json::write(value);
  }

  void write_item(const json::Value& value) {
    out_ += "- ";
    if (open(value)) {
      is_after_dash_ = true;
    } else {
      out_ += scalar(value) + "\n";
    }
  }

  void write_member(const json::Object::Member& member, std::size_t indent) {
    const std::string name = text_of(member.first);
    if (name.size() > kLongestPlainName) {
      out_ += "? " + name + "\n" + std::string(indent, ' ');
    } else {
      out_ += name;
    }
    out_ += ':';
    out_ += open(member.second) ? "\n" : " " + scalar(member.second) + "\n";
  }

  std::string out_;
  std::vector<Level> levels_;
  bool is_after_dash_ = false;
};

}  // namespace

std::string to_yaml(const json::Value& value) { return Writer().write(value); }

}  // namespace rolecall::app
