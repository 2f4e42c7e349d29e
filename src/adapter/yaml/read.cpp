#include "rolecall/adapter/yaml/read.hpp"

#include <yaml.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rolecall/json/parse.hpp"

namespace rolecall::adapter::yaml {
namespace {

/// libyaml's parser is a state machine with a stack of its own on the heap: no recursion over the input.
class Parser {
 public:
  explicit Parser(std::string_view text) : is_ready_(yaml_parser_initialize(&parser_) == 1) {
    if (!is_ready_) return;
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  ~Parser() {
    if (is_ready_) yaml_parser_delete(&parser_);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  [[nodiscard]] bool next(yaml_event_t& event) { return is_ready_ && yaml_parser_parse(&parser_, &event) == 1; }
  [[nodiscard]] std::size_t line() const { return is_ready_ ? parser_.problem_mark.line + 1 : 1; }
  [[nodiscard]] std::string problem() const {
    return is_ready_ && parser_.problem != nullptr ? parser_.problem : "it cannot be read";
  }

 private:
  yaml_parser_t parser_{};
  bool is_ready_;
};

struct Event {
  yaml_event_t raw{};
  Event() = default;
  ~Event() { yaml_event_delete(&raw); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
};

tl::unexpected<Error> fault(std::size_t line, const std::string& sentence) {
  return fail(ErrorCode::invalid_syntax,
              "The YAML is not readable at line " + std::to_string(line) + ": " + sentence + ".");
}

json::Value scalar_value(const yaml_event_t& event) {
  std::string text(reinterpret_cast<const char*>(event.data.scalar.value), event.data.scalar.length);
  if (event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE) return text;
  if (text.empty() || text == "null" || text == "~") return nullptr;
  if (text == "true") return true;
  if (text == "false") return false;
  auto number = json::parse(text);
  return number && number->is_number() ? std::move(*number) : json::Value(std::move(text));
}

/// A mapping or sequence that is open.
struct Frame {
  bool is_mapping = false;
  json::Object object;
  json::Array array;
  std::string name;
  bool has_name = false;
};

class Builder {
 public:
  explicit Builder(const Limits& limits) : limits_(limits) {}

  Result<void> take(const yaml_event_t& event) {
    line_ = event.start_mark.line + 1;
    switch (event.type) {
      case YAML_ALIAS_EVENT:
        return fault(line_, "aliases are not accepted");
      case YAML_DOCUMENT_START_EVENT:
        if (++documents_ > 1) return fault(line_, "one document is expected");
        return {};
      case YAML_SCALAR_EVENT:
        ROLECALL_TRY(check_plain(event.data.scalar.anchor,
                                 event.data.scalar.plain_implicit == 1 || event.data.scalar.quoted_implicit == 1));
        return take_scalar(event);
      case YAML_SEQUENCE_START_EVENT:
        ROLECALL_TRY(check_plain(event.data.sequence_start.anchor, event.data.sequence_start.implicit == 1));
        return open(false);
      case YAML_MAPPING_START_EVENT:
        ROLECALL_TRY(check_plain(event.data.mapping_start.anchor, event.data.mapping_start.implicit == 1));
        return open(true);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        return close();
      default:
        return {};
    }
  }

  json::Value result() { return std::move(root_); }

 private:
  [[nodiscard]] Result<void> check_plain(const yaml_char_t* anchor, bool is_untagged) {
    if (anchor != nullptr) return fault(line_, "anchors are not accepted");
    if (!is_untagged) return fault(line_, "tags are not accepted");
    if (++nodes_ > limits_.nodes) return fault(line_, "it has too many values");
    return {};
  }

  Result<void> take_scalar(const yaml_event_t& event) {
    if (stack_.empty() || !stack_.back().is_mapping || stack_.back().has_name) return put(scalar_value(event));
    Frame& frame = stack_.back();
    frame.name.assign(reinterpret_cast<const char*>(event.data.scalar.value), event.data.scalar.length);
    if (frame.name == "<<") return fault(line_, "merge keys are not accepted");
    if (frame.object.find(frame.name) != nullptr) return fault(line_, "a name stands there twice");
    frame.has_name = true;
    return {};
  }

  Result<void> open(bool is_mapping) {
    if (!stack_.empty() && stack_.back().is_mapping && !stack_.back().has_name) {
      return fault(line_, "a name must be a scalar");
    }
    if (stack_.size() == limits_.depth) return fault(line_, "it is too deep");
    stack_.emplace_back().is_mapping = is_mapping;
    return {};
  }

  Result<void> close() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    return put(frame.is_mapping ? json::Value(std::move(frame.object)) : json::Value(std::move(frame.array)));
  }

  Result<void> put(json::Value value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return {};
    }
    Frame& frame = stack_.back();
    if (frame.is_mapping) {
      frame.object.append(std::move(frame.name), std::move(value));
      frame.has_name = false;
    } else {
      frame.array.push_back(std::move(value));
    }
    return {};
  }

  const Limits& limits_;
  std::vector<Frame> stack_;
  json::Value root_;
  std::size_t documents_ = 0;
  std::size_t nodes_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

Result<json::Value> read(std::string_view text, const Limits& limits) {
  if (text.size() > limits.bytes) return fail(ErrorCode::payload_too_large, "The YAML is too long.");
  Parser parser(text);
  Builder builder(limits);
  for (;;) {
    Event event;
    if (!parser.next(event.raw)) return fault(parser.line(), parser.problem());
    ROLECALL_TRY(builder.take(event.raw));
    if (event.raw.type == YAML_STREAM_END_EVENT) return builder.result();
  }
}

}  // namespace rolecall::adapter::yaml
