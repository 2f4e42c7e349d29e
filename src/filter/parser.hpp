#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/filter/parse.hpp"

namespace rolecall::filter {

/// One pass over the text with an explicit stack of open groups, so that nesting costs memory up to a limit and never
/// stack.
class Parser {
 public:
  /// Names are looked up in `type` and then in `others`, or as sub-attributes of `element` when that is given.
  Parser(std::string_view text, const schema::ResourceType* type, const schema::AttributePath* element,
         const Limits& limits, const Types& others)
      : text_(text), type_(type), others_(others), limits_(limits) {
    if (element != nullptr) element_ = *element;
  }

  [[nodiscard]] Result<Filter> parse();

 private:
  struct Group {
    enum class Kind { whole, parentheses, negation, brackets };
    Kind kind = Kind::whole;
    std::vector<std::uint32_t> conjunction;  ///< operands since the last `or`
    std::vector<std::uint32_t> disjunction;  ///< finished conjunctions
    schema::AttributePath element;           ///< brackets: the attribute before them
  };

  [[nodiscard]] Result<void> parse_operand();
  [[nodiscard]] Result<void> parse_test(std::string_view name, std::size_t name_offset);
  [[nodiscard]] Result<void> parse_comparison(const schema::AttributePath& path, std::string_view shown);
  [[nodiscard]] Result<json::Value> parse_literal();
  /// Closes groups and reads `and`/`or` until another operand is due; true at the end of the text.
  [[nodiscard]] Result<bool> parse_connective();
  [[nodiscard]] Result<void> close_group(char bracket);
  [[nodiscard]] Result<void> parse_test_after_brackets(std::uint32_t value_path);
  [[nodiscard]] Result<void> open_group(Group::Kind kind, const schema::AttributePath& element = {});
  [[nodiscard]] Result<schema::AttributePath> resolve(std::string_view name) const;
  [[nodiscard]] std::uint32_t fold(Group& group);
  [[nodiscard]] std::uint32_t add(Node node);
  [[nodiscard]] Result<void> count_test();

  [[nodiscard]] bool at_end() const { return position_ >= text_.size(); }
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[position_]; }
  std::size_t skip_spaces();
  [[nodiscard]] std::string_view read_word();
  [[nodiscard]] tl::unexpected<Error> refuse(const std::string& why) const;

  std::string_view text_;
  const schema::ResourceType* type_;
  const Types& others_;
  const Limits& limits_;
  std::optional<schema::AttributePath> element_;
  std::size_t position_ = 0;
  std::size_t tests_ = 0;
  std::vector<Group> groups_;
  Filter filter_;
};

/// Builds the node of one comparison after checking operator and literal against the attribute's type (grammar table in
/// RFC 7644 §3.4.2.2). `eq null` becomes "not present", which needs two nodes: the caller adds the negation.
struct Comparison {
  Test test;
  bool is_negated = false;
};
[[nodiscard]] Result<Comparison> make_comparison(schema::AttributePath path, std::string_view shown, Operator op,
                                                 const json::Value& literal);

[[nodiscard]] std::optional<Operator> parse_operator(std::string_view word);

}  // namespace rolecall::filter
