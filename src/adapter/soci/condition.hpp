#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rolecall/filter/tree.hpp"
#include "sql.hpp"

namespace rolecall::adapter::soci {

/// A value that a condition binds; owned, because the condition outlives the filter's literals.
using Bound = std::variant<std::string, std::int64_t>;

/// Part of a WHERE clause over `resources r`. Never NULL, so that NOT means what it says.
struct Condition {
  std::string text;
  std::vector<Bound> values;
  bool is_selective = false;  ///< an index finds the few resources it is true for
  bool is_costly = false;     ///< it looks through the rows of a whole attribute each time it is asked
};

[[nodiscard]] Param param_of(const Bound& bound);

/// True, or false, for every resource.
[[nodiscard]] Condition always(bool value);

/// " = ?", " <= ?"; empty for the others.
[[nodiscard]] const char* sign_of(filter::Operator op);

/// `expression`, which holds a key (schema/value_key.hpp) or '' for no value, compared with `key`.
[[nodiscard]] Condition on_key(const std::string& expression, filter::Operator op, const std::string& key,
                               const char* position_function);

/// Puts `inner`, a condition on the columns of a row beside the resource, into one on the resource: `head` with its
/// values, `inner`, `end`.
[[nodiscard]] Condition in_rows(std::string head, std::vector<Bound> head_values, Condition inner, const char* end);

/// "whole word part", with the values of both.
void append(Condition& whole, const char* word, const Condition& part);

/// What does not satisfy it.
[[nodiscard]] Condition negation_of(Condition condition);

}  // namespace rolecall::adapter::soci
