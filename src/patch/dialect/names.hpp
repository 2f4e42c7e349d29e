#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "rules.hpp"

namespace rolecall::patch::dialect {

/// What a name is meant to be; none when it is right as it is.
using Renaming = std::function<std::optional<std::string>(std::string_view name)>;

/// Renames keys; one whose new name is taken stays. True when anything changed.
[[nodiscard]] bool rename_keys(json::Object& object, const Renaming& renaming);
/// Renames paths and the keys of path-less values.
[[nodiscard]] bool rename_paths(Operations& operations, const Renaming& renaming);

}  // namespace rolecall::patch::dialect
