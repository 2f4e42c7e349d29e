#include "condition.hpp"

#include <iterator>
#include <optional>
#include <utility>

namespace rolecall::adapter::soci {
namespace {

using filter::Operator;

/// The smallest text above every text that starts with `prefix`: its last code point that can grow, grown. UTF-8 sorts
/// bytewise as its code points do. None when there is no such text.
std::optional<std::string> successor_of(std::string prefix) {
  constexpr std::uint32_t kLast = 0x10FFFF;
  while (!prefix.empty()) {
    std::size_t start = prefix.size() - 1;
    while (start > 0 && (static_cast<unsigned char>(prefix[start]) & 0xC0U) == 0x80U) --start;
    const auto lead = static_cast<unsigned char>(prefix[start]);
    const std::size_t length = prefix.size() - start;
    std::uint32_t code = lead;
    if (length > 1) code = lead & (0xFFU >> (length + 1));
    for (std::size_t i = start + 1; i < prefix.size(); ++i) {
      code = (code << 6U) | (static_cast<unsigned char>(prefix[i]) & 0x3FU);
    }
    prefix.resize(start);
    if (code >= kLast) continue;
    ++code;
    if (code >= 0xD800 && code <= 0xDFFF) code = 0xE000;
    const auto tail = [&](unsigned shift) { prefix += static_cast<char>(0x80U | ((code >> shift) & 0x3FU)); };
    if (code < 0x80) {
      prefix += static_cast<char>(code);
    } else if (code < 0x800) {
      prefix += static_cast<char>(0xC0U | (code >> 6U));
      tail(0);
    } else if (code < 0x10000) {
      prefix += static_cast<char>(0xE0U | (code >> 12U));
      tail(6);
      tail(0);
    } else {
      prefix += static_cast<char>(0xF0U | (code >> 18U));
      tail(12);
      tail(6);
      tail(0);
    }
    return prefix;
  }
  return std::nullopt;
}

}  // namespace

Param param_of(const Bound& bound) {
  if (const auto* text = std::get_if<std::string>(&bound)) return Param(*text);
  return Param(std::get<std::int64_t>(bound));
}

Condition always(bool value) { return Condition{value ? "1 = 1" : "1 = 0", {}, !value}; }

const char* sign_of(Operator op) {
  switch (op) {
    case Operator::eq:
      return " = ?";
    case Operator::ne:
      return " <> ?";
    case Operator::gt:
      return " > ?";
    case Operator::ge:
      return " >= ?";
    case Operator::lt:
      return " < ?";
    case Operator::le:
      return " <= ?";
    default:
      return "";
  }
}

Condition on_key(const std::string& expression, Operator op, const std::string& key, const char* position_function) {
  const std::string present = expression + " <> ''";
  const bool is_part = op == Operator::co || op == Operator::sw || op == Operator::ew;
  if (op == Operator::pr || (is_part && key.empty())) return {present, {}};
  if (op == Operator::co) return {std::string(position_function) + "(" + expression + ", ?) > 0", {key}};
  if (op == Operator::ew) {
    return {"substr(" + expression + ", length(" + expression + ") - length(?) + 1) = ?", {key, key}};
  }
  if (op == Operator::sw) {
    const auto end = successor_of(key);
    if (!end) return {expression + " >= ?", {key}, true};
    return {"(" + expression + " >= ? AND " + expression + " < ?)", {key, *end}, true};
  }
  const std::string text = expression + sign_of(op);
  if (op == Operator::eq && !key.empty()) return {text, {key}, true};
  return {"(" + text + " AND " + present + ")", {key}};
}

Condition in_rows(std::string head, std::vector<Bound> head_values, Condition inner, const char* end) {
  inner.text = std::move(head) + inner.text + end;
  inner.values.insert(inner.values.begin(), std::make_move_iterator(head_values.begin()),
                      std::make_move_iterator(head_values.end()));
  return inner;
}

void append(Condition& whole, const char* word, const Condition& part) {
  whole.text += word;
  whole.text += part.text;
  whole.values.insert(whole.values.end(), part.values.begin(), part.values.end());
}

Condition negation_of(Condition condition) {
  condition.text = "NOT (" + condition.text + ")";
  condition.is_selective = false;
  return condition;
}

}  // namespace rolecall::adapter::soci
