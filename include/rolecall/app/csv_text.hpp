#pragma once

#include <string>
#include <vector>

#include "rolecall/json/value.hpp"

namespace rolecall::app {

/// RFC 4180: a line of names, then one line for each object, with all members that any of them has in the order in
/// which they first come. Lists and objects are JSON within their cell. A text that a spreadsheet would take for a
/// formula (it begins with = + - @, a tab or a carriage return) gets an apostrophe before it; numbers do not. Control
/// characters become question marks, line ends within a cell stay.
[[nodiscard]] std::string to_csv(const std::vector<const json::Object*>& objects);

}  // namespace rolecall::app
