#include "rolecall/json/write.hpp"

#include <cstddef>
#include <vector>

#include "rolecall/base/json_string.hpp"

namespace rolecall::json {
namespace {

/// Writes a tree without recursion: a tree built by the program has no depth limit.
class Writer {
 public:
  Writer(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

  void write(const Value& root) {
    begin(root);
    while (!levels_.empty()) {
      Level& level = levels_.back();
      if (level.index == level.size) {
        finish();
      } else {
        separate(level);
        const std::size_t index = level.index++;
        if (level.array != nullptr) {
          begin((*level.array)[index]);
        } else {
          const Object::Member& member = *(level.object->begin() + static_cast<std::ptrdiff_t>(index));
          write_string_to(out_, member.first);
          out_ += pretty_ ? ": " : ":";
          begin(member.second);
        }
      }
    }
  }

 private:
  struct Level {
    const Array* array;
    const Object* object;
    std::size_t size;
    std::size_t index;
  };

  void begin(const Value& value) {
    if (const std::string* text = value.as_string(); text != nullptr) {
      write_string_to(out_, *text);
    } else if (const Object* object = value.as_object(); object != nullptr) {
      out_ += '{';
      levels_.push_back({nullptr, object, object->size(), 0});
    } else if (const Array* array = value.as_array(); array != nullptr) {
      out_ += '[';
      levels_.push_back({array, nullptr, array->size(), 0});
    } else if (const Number* number = value.as_number(); number != nullptr) {
      out_ += number->lexeme;
    } else if (const bool* flag = value.as_bool(); flag != nullptr) {
      out_ += *flag ? "true" : "false";
    } else {
      out_ += "null";
    }
  }

  void separate(const Level& level) {
    if (level.index > 0) out_ += ',';
    if (pretty_) break_line(levels_.size());
  }

  void finish() {
    const Level level = levels_.back();
    levels_.pop_back();
    if (pretty_ && level.size > 0) break_line(levels_.size());
    out_ += level.array != nullptr ? ']' : '}';
  }

  void break_line(std::size_t depth) {
    out_ += '\n';
    out_.append(2 * depth, ' ');
  }

  std::string& out_;
  bool pretty_;
  std::vector<Level> levels_;
};

}  // namespace

void write_string_to(std::string& out, std::string_view text) { append_json_string(out, text); }

void write_to(std::string& out, const Value& value) { Writer(out, false).write(value); }

std::string write(const Value& value) {
  std::string out;
  write_to(out, value);
  return out;
}

std::string write_pretty(const Value& value) {
  std::string out;
  Writer(out, true).write(value);
  return out;
}

}  // namespace rolecall::json
