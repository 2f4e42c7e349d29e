#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "rolecall/base/result.hpp"
#include "rolecall/filter/tree.hpp"

namespace rolecall::filter {

struct Limits {
  std::size_t bytes = 8 * 1024;
  std::size_t depth = 32;  ///< parentheses, brackets and `not`, nested
  std::size_t tests = 100;
};

/// Parses and resolves a filter (RFC 7644 §3.4.2.2 with the errata listed in conformance/). Iterative, one pass,
/// linear. Fails with `invalid_filter`; `detail` names the offset or the attribute.
[[nodiscard]] Result<Filter> parse(std::string_view text, const schema::ResourceType& type, const Limits& limits = {});

/// Parses the inside of `attribute[ … ]`; names are sub-attributes of `attribute`.
[[nodiscard]] Result<Filter> parse_value_filter(std::string_view text, const schema::AttributePath& attribute,
                                                const Limits& limits = {});

/// Canonical text of a filter, which parses to an equal filter.
[[nodiscard]] std::string print(const Filter& filter);
/// The tree notation of the case files: `(and (pr title) (eq userType "Employee"))`.
[[nodiscard]] std::string print_tree(const Filter& filter);

}  // namespace rolecall::filter
