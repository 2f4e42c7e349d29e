#pragma once

#include <cstddef>
#include <vector>

namespace rolecall::bulk {

/// The strongly connected components of a graph, each ascending; a component comes after all that it leads to. Nodes
/// are tried from 0 on, and what a node leads to in the order of its list. Tarjan's algorithm without recursion; time
/// and memory are linear.
[[nodiscard]] std::vector<std::vector<std::size_t>> components(const std::vector<std::vector<std::size_t>>& leads_to);

}  // namespace rolecall::bulk
