#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rolecall/json/value.hpp"
#include "rolecall/schema/registry.hpp"

namespace rolecall::filter {

enum class Operator { eq, ne, co, sw, ew, gt, ge, lt, le, pr };

/// `emails.type eq "work"`. A complex multi-valued attribute named alone has been resolved to its `value`; `eq null`
/// has become not `pr`, so `value` is never null except for `pr`.
struct Test {
  schema::AttributePath path;
  Operator op = Operator::pr;
  json::Value value;  ///< string, number or bool of the attribute's type
};

/// A filter resolved against one resource type: nothing in it is unknown. Nodes lie in one vector and refer to each
/// other by position, so that neither building nor destroying one recurses (a filter of 10^6 parentheses must not touch
/// the stack).
struct Node {
  enum class Kind : std::uint8_t {
    test,         ///< `test`
    conjunction,  ///< all `children`
    disjunction,  ///< any of `children`
    negation,     ///< not `children[0]`
    value_path,   ///< some one element of `test.path` satisfies `children[0]`, whose tests name sub-attributes of it
  };
  Kind kind = Kind::test;
  Test test;
  std::vector<std::uint32_t> children;
};

struct Filter {
  std::vector<Node> nodes;
  std::uint32_t root = 0;

  [[nodiscard]] const Node& node(std::uint32_t index) const { return nodes[index]; }
};

}  // namespace rolecall::filter
