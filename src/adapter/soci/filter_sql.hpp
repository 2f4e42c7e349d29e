#pragma once

#include <optional>
#include <string_view>

#include "condition.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/filter/tree.hpp"
#include "rolecall/schema/registry.hpp"

namespace rolecall::adapter::soci {

/// A filter between two bounds: all that match satisfy `maybe`, and all that satisfy `surely` match. For what lies
/// between them the evaluator must look at the document.
struct Compiled {
  std::optional<Condition> maybe;   ///< none: anything may match
  std::optional<Condition> surely;  ///< none: nothing is sure. Unused when exact
  /// What is left to ask of a resource that satisfies `maybe` to tell that it surely matches; there when `surely` is.
  std::optional<Condition> then_surely;
  bool is_exact = false;  ///< `maybe` is there, and is the filter
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

/// As much of the filter as rows can answer, with bound values. Iterative.
[[nodiscard]] Compiled compile(const filter::Filter& filter, const FilterScope& scope);

}  // namespace rolecall::adapter::soci
