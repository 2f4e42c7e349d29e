#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/filter/tree.hpp"

namespace rolecall::filter {

struct Limits {
  std::size_t bytes = 8 * 1024;
  std::size_t depth = 32;  ///< parentheses, brackets and `not`, nested
  std::size_t tests = 100;
};

using Types = std::vector<const schema::ResourceType*>;

/// Parses and resolves a filter (RFC 7644 §3.4.2.2 with the errata listed in conformance/). Iterative, one pass,
/// linear. Fails with `invalid_filter`; `detail` names the offset or the attribute. What `type` does not define but one
/// of `others` does, has no value there (§3.4.2.1): its paths are those of the other type.
[[nodiscard]] Result<Filter> parse(std::string_view text, const schema::ResourceType& type, const Limits& limits = {},
                                   const Types& others = {});

/// Parses the inside of `attribute[ … ]`; names are sub-attributes of `attribute`.
[[nodiscard]] Result<Filter> parse_value_filter(std::string_view text, const schema::AttributePath& attribute,
                                                const Limits& limits = {});

/// Canonical text of a filter, which parses to an equal filter.
[[nodiscard]] std::string print(const Filter& filter);
/// The tree notation of the case files: `(and (pr title) (eq userType "Employee"))`.
[[nodiscard]] std::string print_tree(const Filter& filter);

}  // namespace rolecall::filter
