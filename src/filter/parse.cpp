#include "rolecall/filter/parse.hpp"

#include "parser.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::filter {

Result<Filter> parse(std::string_view text, const schema::ResourceType& type, const Limits& limits,
                     const Types& others) {
  return Parser(text, &type, nullptr, limits, others).parse();
}

Result<Filter> parse_value_filter(std::string_view text, const schema::AttributePath& attribute, const Limits& limits) {
  return Parser(text, nullptr, &attribute, limits, {}).parse();
}

tl::unexpected<Error> Parser::refuse(const std::string& why) const {
  return fail(ErrorCode::invalid_filter,
              "The filter is not valid: " + why + " at offset " + std::to_string(position_) + ".");
}

std::size_t Parser::skip_spaces() {
  const std::size_t start = position_;
  while (peek() == ' ') ++position_;
  return position_ - start;
}

/// Everything up to a space, bracket or quote: a name, an operator or an unquoted literal.
std::string_view Parser::read_word() {
  const std::size_t start = position_;
  while (!at_end() && std::string_view(" ()[]\"").find(text_[position_]) == std::string_view::npos) ++position_;
  return text_.substr(start, position_ - start);
}

std::uint32_t Parser::add(Node node) {
  filter_.nodes.push_back(std::move(node));
  return static_cast<std::uint32_t>(filter_.nodes.size() - 1);
}

Result<void> Parser::count_test() {
  if (++tests_ > limits_.tests) return refuse("more than " + std::to_string(limits_.tests) + " comparisons");
  return {};
}

Result<Filter> Parser::parse() {
  if (text_.size() > limits_.bytes) {
    return fail(ErrorCode::invalid_filter,
                "The filter is longer than " + std::to_string(limits_.bytes) + " bytes, the most this server reads.");
  }
  groups_.emplace_back();
  skip_spaces();
  if (at_end()) return refuse("it is empty");
  while (true) {
    ROLECALL_TRY(parse_operand());
    ROLECALL_TRY_ASSIGN(const bool is_done, parse_connective());
    if (is_done) break;
  }
  filter_.root = fold(groups_.back());
  return std::move(filter_);
}

Result<void> Parser::open_group(Group::Kind kind, const schema::AttributePath& element) {
  if (groups_.size() > limits_.depth) return refuse("nested deeper than " + std::to_string(limits_.depth) + " levels");
  Group group;
  group.kind = kind;
  group.element = element;
  groups_.push_back(std::move(group));
  return {};
}

/// Opens groups until one test has been read.
Result<void> Parser::parse_operand() {
  while (true) {
    skip_spaces();
    if (peek() == '(') {
      ++position_;
      ROLECALL_TRY(open_group(Group::Kind::parentheses));
      continue;
    }
    const std::size_t start = position_;
    const std::string_view word = read_word();
    if (word.empty()) return refuse("attribute name expected");
    if (equals_ignoring_ascii_case(word, "not")) {
      const std::size_t after_word = position_;
      skip_spaces();
      if (peek() == '(') {
        ++position_;
        ROLECALL_TRY(open_group(Group::Kind::negation));
        continue;
      }
      position_ = after_word;  // an attribute may be called so
      if (!resolve(word)) return refuse("not needs parentheses, as in not (active eq true), which are missing");
    }
    if (peek() != '[') return parse_test(word, start);
    ROLECALL_TRY_ASSIGN(const auto path, resolve(word));
    if (element_) return refuse("value paths cannot be nested");
    if (path.sub_attribute != nullptr || !path.attribute->multi_valued ||
        path.attribute->type != schema::Type::complex) {
      return refuse("[ ] needs a complex multi-valued attribute, not " + std::string(word));
    }
    ++position_;
    ROLECALL_TRY(open_group(Group::Kind::brackets, path));
    element_ = path;
  }
}

Result<schema::AttributePath> Parser::resolve(std::string_view name) const {
  if (!element_) {
    auto path = type_->resolve(name);
    for (auto other = others_.begin(); !path && other != others_.end(); ++other) {
      if (auto elsewhere = (*other)->resolve(name)) path = std::move(elsewhere);
    }
    if (!path) return fail(ErrorCode::invalid_filter, path.error().detail, path.error().attribute);
    return path;
  }
  const schema::Attribute& attribute = *element_->attribute;
  schema::AttributePath path = *element_;
  if (attribute.type != schema::Type::complex) {
    // `schemas[value eq "…"]` in a PATCH path: an element of a simple attribute is called value.
    if (equals_ignoring_ascii_case(name, "value")) return path;
  } else if (name.find('.') == std::string_view::npos) {
    path.sub_attribute = attribute.find_sub_attribute(name);
    if (path.sub_attribute != nullptr) return path;
  }
  return fail(ErrorCode::invalid_filter,
              "The filter is not valid: " + attribute.name + " has no sub-attribute \"" + std::string(name) + "\".",
              attribute.name);
}

Result<void> Parser::parse_test(std::string_view name, std::size_t name_offset) {
  auto path = resolve(name);
  if (!path) {
    position_ = name_offset;
    return fail(path.error());
  }
  return parse_comparison(*path, name);
}

Result<void> Parser::parse_comparison(const schema::AttributePath& path, std::string_view shown) {
  ROLECALL_TRY(count_test());
  if (skip_spaces() == 0) return refuse("operator expected after " + std::string(shown));
  const std::string_view word = read_word();
  if (word.empty()) return refuse("operator expected after " + std::string(shown));
  const auto op = parse_operator(word);
  if (!op) return refuse("operator " + std::string(word) + " is not supported");
  json::Value literal;
  if (*op != Operator::pr) {
    if (skip_spaces() == 0) return refuse("a space and a value are expected after " + std::string(word));
    ROLECALL_TRY_ASSIGN(literal, parse_literal());
  }
  ROLECALL_TRY_ASSIGN(auto comparison, make_comparison(path, shown, *op, literal));
  Node node;
  node.test = std::move(comparison.test);
  std::uint32_t index = add(std::move(node));
  if (comparison.is_negated) {
    Node negation;
    negation.kind = Node::Kind::negation;
    negation.children = {index};
    index = add(std::move(negation));
  }
  groups_.back().conjunction.push_back(index);
  return {};
}

Result<json::Value> Parser::parse_literal() {
  const std::size_t start = position_;
  if (peek() == '"') {
    ++position_;
    while (!at_end() && peek() != '"') position_ += peek() == '\\' ? 2 : 1;
    if (at_end()) {
      position_ = start;
      return refuse("the string is not closed");
    }
    ++position_;
  } else if (read_word().empty()) {
    return refuse("a value is expected");
  }
  json::Limits limits;
  limits.depth = 1;
  auto literal = json::parse(text_.substr(start, position_ - start), limits);
  if (!literal || literal->is_array() || literal->is_object()) {
    position_ = start;
    return refuse("the value must be a JSON string in double quotes, a number, true, false or null");
  }
  return std::move(*literal);
}

Result<bool> Parser::parse_connective() {
  while (true) {
    const std::size_t spaces = skip_spaces();
    if (at_end()) {
      if (groups_.size() == 1) return true;
      return refuse(groups_.back().kind == Group::Kind::brackets ? "closing bracket missing"
                                                                 : "closing parenthesis missing");
    }
    if (peek() == ')' || peek() == ']') {
      const char bracket = peek();
      ROLECALL_TRY(close_group(bracket));
      continue;
    }
    const std::size_t start = position_;
    const std::string_view word = read_word();
    const bool is_or = equals_ignoring_ascii_case(word, "or");
    if (spaces == 0 || (!is_or && !equals_ignoring_ascii_case(word, "and"))) {
      position_ = start;
      return refuse("unexpected text");
    }
    if (skip_spaces() == 0 || at_end()) return refuse("operand missing after " + std::string(word));
    if (is_or) {
      Group& group = groups_.back();
      std::vector<std::uint32_t> operands = std::move(group.conjunction);
      group.conjunction.clear();
      if (operands.size() == 1) {
        group.disjunction.push_back(operands.front());
      } else {
        Node node;
        node.kind = Node::Kind::conjunction;
        node.children = std::move(operands);
        group.disjunction.push_back(add(std::move(node)));
      }
    }
    return false;
  }
}

std::uint32_t Parser::fold(Group& group) {
  std::uint32_t last = group.conjunction.front();
  if (group.conjunction.size() > 1) {
    Node node;
    node.kind = Node::Kind::conjunction;
    node.children = std::move(group.conjunction);
    last = add(std::move(node));
  }
  if (group.disjunction.empty()) return last;
  Node node;
  node.kind = Node::Kind::disjunction;
  node.children = std::move(group.disjunction);
  node.children.push_back(last);
  return add(std::move(node));
}

Result<void> Parser::close_group(char bracket) {
  Group group = std::move(groups_.back());
  const bool is_brackets = group.kind == Group::Kind::brackets;
  if (groups_.size() == 1 || is_brackets != (bracket == ']')) {
    groups_.back() = std::move(group);
    return refuse("unexpected text");
  }
  ++position_;
  groups_.pop_back();
  std::uint32_t index = fold(group);
  if (group.kind == Group::Kind::negation) {
    Node node;
    node.kind = Node::Kind::negation;
    node.children = {index};
    index = add(std::move(node));
  } else if (is_brackets) {
    if (peek() == '.') return parse_test_after_brackets(index);
    Node node;
    node.kind = Node::Kind::value_path;
    node.test.path = group.element;
    node.children = {index};
    index = add(std::move(node));
    element_.reset();
  }
  groups_.back().conjunction.push_back(index);
  return {};
}

/// `emails[type eq "work"].value eq "x"`: outside the ABNF, sent by Entra ID and Microsoft's validator; means
/// `emails[type eq "work" and value eq "x"]`.
Result<void> Parser::parse_test_after_brackets(std::uint32_t inner) {
  ++position_;
  const std::size_t start = position_;
  const std::string_view name = read_word();
  groups_.emplace_back();  // collects the one comparison
  ROLECALL_TRY(parse_test(name, start));
  const std::uint32_t comparison = groups_.back().conjunction.front();
  groups_.pop_back();
  Node both;
  both.kind = Node::Kind::conjunction;
  both.children = {inner, comparison};
  const std::uint32_t conjunction = add(std::move(both));
  Node node;
  node.kind = Node::Kind::value_path;
  node.test.path = *element_;
  node.children = {conjunction};
  groups_.back().conjunction.push_back(add(std::move(node)));
  element_.reset();
  return {};
}

}  // namespace rolecall::filter
