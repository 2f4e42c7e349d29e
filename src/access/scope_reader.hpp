#pragma once

#include <string_view>

#include "rolecall/access/data_scope.hpp"
#include "rolecall/base/result.hpp"

namespace rolecall::access {

/// One entry of `scopes`:
///   {"name": "own", "description": "…", "all": [{"one_of": ["resource.ownerID"], "equals": ["subject.userName"]}]}
///   {"name": "archived", "description": "…", "all": [{"one_of": ["resource.status"], "in": ["archived"]}]}
[[nodiscard]] Result<DataScope> read_scope(std::string_view file, const json::Value& value);

}  // namespace rolecall::access
