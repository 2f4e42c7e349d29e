#pragma once

#include <string>
#include <string_view>

#include "rolecall/json/value.hpp"

namespace rolecall::administration {

/// What a row of the audit about an action in a directory amounts to.
[[nodiscard]] std::string action_sentence(std::string_view what, const std::string& actor, const json::Object& details);

}  // namespace rolecall::administration
