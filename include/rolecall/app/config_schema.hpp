#pragma once

#include <string>

#include "rolecall/app/config_keys.hpp"
#include "rolecall/json/value.hpp"

namespace rolecall::app {

/// "ROLECALL_SERVER__LISTEN".
[[nodiscard]] std::string variable_of(const Key& key);

/// The table of settings as a JSON Schema, which `schemas/config.json` holds for editors.
[[nodiscard]] json::Value config_schema();

}  // namespace rolecall::app
