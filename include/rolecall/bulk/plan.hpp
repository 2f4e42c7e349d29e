#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "rolecall/bulk/message.hpp"
#include "rolecall/schema/registry.hpp"

namespace rolecall::bulk {

/// An operation and where it leads. Without an error: `type` is set, and either it is a POST, or one of `id` and
/// `target` says on which resource it is.
struct Step {
  Operation operation;
  const schema::ResourceType* type = nullptr;
  std::string id;
  std::optional<std::size_t> target;  ///< the POST of this request that makes the resource
  std::vector<std::size_t> needs;     ///< every POST of this request that path or data refer to, ascending
};

/// What is done in one piece: one operation, or several POSTs that refer to each other in a circle (RFC 7644 §3.7.1),
/// ascending. Of a circle either all are done or none.
struct Unit {
  std::vector<std::size_t> operations;
  bool is_circle = false;
};

/// Each operation is in exactly one unit, and a unit needs only itself and units before it. The order is that of the
/// request, except that a POST which something earlier refers to is done just before that.
struct Plan {
  std::vector<Step> steps;                             ///< in the order of the request
  std::vector<Unit> units;                             ///< in the order of execution
  std::unordered_map<std::string, std::size_t> posts;  ///< by bulkId
  std::optional<std::size_t> errors_accepted;
};

/// Adds to the errors of the operations: a path that leads nowhere, a bulkId used twice (the first one has it), a
/// reference to a bulkId that is nowhere.
[[nodiscard]] Plan make_plan(Message message, const schema::Registry& registry);

}  // namespace rolecall::bulk
