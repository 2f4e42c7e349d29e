#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rolecall/base/text.hpp"
#include "rolecall/filter/tree.hpp"
#include "rolecall/schema/registry.hpp"
#include "sql.hpp"

namespace rolecall::adapter::soci {

/// A value that a condition binds; owned, because the condition outlives the filter's literals.
using Bound = std::variant<std::string, std::int64_t>;

/// Part of a WHERE clause over `resources r`. Never NULL, so that NOT means what it says.
struct Condition {
  std::string text;
  std::vector<Bound> values;
  bool is_exact = true;       ///< false: also true for resources that do not match; the evaluator must look again
  bool is_selective = false;  ///< an index finds the few resources it is true for
};

/// What a condition is made for: the literals' keys, the scope of names, the engine's word for "position of a text in a
/// text".
struct FilterScope {
  const TextFolder& folder;
  std::string_view workspace;
  std::string_view unique_scope;  ///< see resources.unique_scope
  std::string_view type;          ///< "User"
  const schema::ResourceType& resource_type;
  const char* position_function;
};

/// Does the path name an attribute of this type, and not one of another?
[[nodiscard]] bool is_of(const schema::ResourceType& type, const schema::AttributePath& path);

/// As much of the filter as rows can answer, with bound values; none when that is nothing. Iterative.
[[nodiscard]] std::optional<Condition> compile(const filter::Filter& filter, const FilterScope& scope);

[[nodiscard]] Param param_of(const Bound& bound);

}  // namespace rolecall::adapter::soci
