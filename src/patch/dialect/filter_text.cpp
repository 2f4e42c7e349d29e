#include "filter_text.hpp"

#include <algorithm>
#include <array>

#include "rolecall/base/text.hpp"

namespace rolecall::patch::dialect {
namespace {

constexpr std::array<std::string_view, 9> kOperators{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"};

bool is_operator(std::string_view word) {
  for (const std::string_view known : kOperators) {
    if (equals_ignoring_ascii_case(word, known)) return true;
  }
  return false;
}

/// Reads words, strings and brackets one after the other. No grammar: what does not look like `name operator literal`
/// is not looked at, and the parser refuses it afterwards.
class Scanner {
 public:
  Scanner(std::string_view text, const schema::ResourceType& type) : text_(text), type_(type) {}

  /// The next comparison; none at the end.
  std::optional<Comparison> next() {
    while (true) {
      const std::string_view token = take();
      if (token.empty()) return std::nullopt;
      if (token == "[") {
        outer_ = previous_;
        previous_ = {};
      } else if (token == "]") {
        closed_ = outer_;
        outer_ = {};
        previous_ = {};
      } else if (is_operator(token) && !previous_.empty()) {
        const std::string_view name = previous_;
        const std::string_view literal = take();
        previous_ = {};
        const auto path = resolve(name);
        if (path && !literal.empty() && kBrackets.find(literal.front()) == std::string_view::npos) {
          return Comparison{*path, name, literal};
        }
      } else {
        previous_ = token;
      }
    }
  }

 private:
  static constexpr std::string_view kBrackets = "()[]";

  std::string_view take() {
    while (position_ < text_.size() && text_[position_] == ' ') ++position_;
    const std::size_t start = position_;
    if (start == text_.size()) return {};
    if (kBrackets.find(text_[start]) != std::string_view::npos) {
      ++position_;
    } else if (text_[start] == '"') {
      for (++position_; position_ < text_.size() && text_[position_] != '"'; ++position_) {
        if (text_[position_] == '\\') ++position_;
      }
      position_ = std::min(position_ + 1, text_.size());
    } else {
      while (position_ < text_.size() && text_[position_] != ' ' && text_[position_] != '"' &&
             kBrackets.find(text_[position_]) == std::string_view::npos) {
        ++position_;
      }
    }
    return text_.substr(start, position_ - start);
  }

  std::optional<schema::AttributePath> resolve(std::string_view name) const {
    const bool is_after_brackets = name.starts_with('.') && !closed_.empty();
    const std::string_view whole = is_after_brackets ? closed_ : outer_.empty() ? name : outer_;
    auto path = type_.resolve(whole);
    if (!path) return std::nullopt;
    if (!is_after_brackets && outer_.empty()) return *path;
    const std::string_view sub = is_after_brackets ? name.substr(1) : name;
    path->sub_attribute = path->attribute->find_sub_attribute(sub);
    if (path->sub_attribute == nullptr) return std::nullopt;
    return *path;
  }

  std::string_view text_;
  const schema::ResourceType& type_;
  std::size_t position_ = 0;
  std::string_view previous_;  ///< the word before
  std::string_view outer_;     ///< the attribute whose brackets are open
  std::string_view closed_;    ///< the attribute whose brackets were closed last
};

}  // namespace

bool rewrite_comparisons(std::string& text, const schema::ResourceType& type, FilterRule rule) {
  const std::string before = text;
  Scanner scanner(before, type);
  std::string rewritten;
  std::size_t copied = 0;
  while (const auto comparison = scanner.next()) {
    const auto replacement = rule(*comparison);
    if (!replacement) continue;
    const auto name_at = static_cast<std::size_t>(comparison->name.data() - before.data());
    const auto literal_at = static_cast<std::size_t>(comparison->literal.data() - before.data());
    const std::size_t name_end = name_at + comparison->name.size();
    rewritten.append(before, copied, name_at - copied);
    rewritten += replacement->name;
    rewritten.append(before, name_end, literal_at - name_end);
    rewritten += replacement->literal;
    copied = literal_at + comparison->literal.size();
  }
  if (copied == 0) return false;
  rewritten.append(before, copied);
  text = std::move(rewritten);
  return true;
}

}  // namespace rolecall::patch::dialect
