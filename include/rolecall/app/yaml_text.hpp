#pragma once

#include <string>

#include "rolecall/json/value.hpp"

namespace rolecall::app {

/// The value as one YAML document in block style, with a line end. `adapter::yaml::read` and any YAML 1.1 or 1.2 reader
/// make the same value of it again: what could be taken for a number, a boolean, null or a mark of YAML is quoted, and
/// so is everything that is not ASCII. Without recursion.
[[nodiscard]] std::string to_yaml(const json::Value& value);

}  // namespace rolecall::app
