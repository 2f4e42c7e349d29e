#pragma once

#include <string>

#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"

namespace rolecall::app {

/// A plan from a file (JSON, or YAML by the endings .yaml and .yml), or from all such files of a directory in order of
/// name: their sections are joined, and `prune` in one of them holds for the section.
[[nodiscard]] Result<json::Object> read_plan_input(const std::string& path);

/// The id of a computed plan: that of the file which `plan --out` wrote, else what was given.
[[nodiscard]] Result<std::string> plan_id_of(const std::string& id_or_file);

}  // namespace rolecall::app
