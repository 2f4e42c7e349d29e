#include "tree_builder.hpp"

#include <utility>

#include "number.hpp"
#include "rolecall/base/text.hpp"

namespace rolecall::json {
namespace {

// SCIM resources have about twenty members; a plain search over so few is faster than any index.
constexpr std::size_t kSmallObject = 16;
constexpr std::size_t kShownName = 64;

}  // namespace

bool TreeBuilder::refuse(std::string complaint, std::size_t offset) {
  complaint_ = std::move(complaint);
  complaint_offset_ = offset;
  return false;
}

bool TreeBuilder::put(Value value) {
  if (levels_.empty()) {
    root_ = std::move(value);
    return true;
  }
  Level& level = levels_.back();
  if (Object* object = level.container.as_object(); object != nullptr) {
    object->append(std::move(level.name), std::move(value));
  } else {
    level.container.as_array()->push_back(std::move(value));
  }
  return true;
}

bool TreeBuilder::count_node(std::size_t end) {
  if (++nodes_ <= limits_.nodes) return true;
  return refuse("more than " + std::to_string(limits_.nodes) + " values in one document", end);
}

bool TreeBuilder::add_value(Value value, std::size_t end) { return count_node(end) && put(std::move(value)); }

bool TreeBuilder::add_number(std::size_t length, std::size_t end) {
  // The bytes as sent, not the parser's copy of them.
  const std::size_t start = end - length;
  const std::string_view lexeme = document_.substr(start, length);
  if (lexeme.size() > limits_.number_bytes) {
    return refuse("a number of more than " + std::to_string(limits_.number_bytes) + " characters", start);
  }
  if (!is_number_lexeme(lexeme)) return refuse("not a number", start);
  return add_value(Number{std::string(lexeme)}, end);
}

bool TreeBuilder::check_text(std::string_view text, std::size_t end) {
  if (text.size() > limits_.string_bytes) {
    return refuse("a string of more than " + std::to_string(limits_.string_bytes) + " bytes", string_start(end));
  }
  if (text.find('\0') != std::string_view::npos) return refuse("the character U+0000 in a string", string_start(end));
  // RapidJSON 1.1.0 turns a lone \udc00 into bytes that are not UTF-8.
  if (!is_valid_utf8(text)) return refuse("half of a surrogate pair in a string", string_start(end));
  return true;
}

bool TreeBuilder::add_string(std::string_view text, std::size_t end) {
  return check_text(text, end) && count_node(end) && put(Value(text));
}

bool TreeBuilder::is_new_name(Level& level, std::string_view name) const {
  const Object& object = *level.container.as_object();
  if (object.size() < kSmallObject) return object.find_ignoring_case(name) == nullptr;
  if (level.names.empty()) {
    for (const Object::Member& member : object) level.names.insert(ascii_lower(member.first));
  }
  return level.names.insert(ascii_lower(name)).second;
}

bool TreeBuilder::add_name(std::string_view text, std::size_t end) {
  if (!check_text(text, end)) return false;
  Level& level = levels_.back();
  if (level.container.as_object()->size() >= limits_.names) {
    return refuse("an object of more than " + std::to_string(limits_.names) + " members", string_start(end));
  }
  if (!is_new_name(level, text)) {
    const std::string shown = text.size() <= kShownName ? " \"" + std::string(text) + '"' : std::string();
    return refuse("the member" + shown + " appears twice (names ignore case)", string_start(end));
  }
  level.name = text;
  return true;
}

bool TreeBuilder::open(Value container, std::size_t offset) {
  if (levels_.size() >= limits_.depth) {
    return refuse("nesting deeper than " + std::to_string(limits_.depth) + " levels", offset);
  }
  if (!count_node(offset)) return false;
  levels_.push_back(Level{std::move(container), {}, {}});
  return true;
}

bool TreeBuilder::open_object(std::size_t offset) { return open(Object(), offset); }
bool TreeBuilder::open_array(std::size_t offset) { return open(Array(), offset); }

bool TreeBuilder::close() {
  Value finished = std::move(levels_.back().container);
  levels_.pop_back();
  return put(std::move(finished));
}

std::size_t TreeBuilder::string_start(std::size_t end) const {
  // Walks back from the closing quote; asked for once at most, by the refusal that ends the parse.
  std::size_t at = end - 1;
  while (at > 0) {
    --at;
    if (document_[at] != '"') continue;
    std::size_t backslashes = 0;
    while (backslashes < at && document_[at - 1 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 0) break;
  }
  return at;
}

}  // namespace rolecall::json
