#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rolecall/app/config_keys.hpp"

namespace rolecall::app {

/// What is wrong with `value` for this key, as the end of a sentence ("must be …"); none when nothing is.
[[nodiscard]] std::optional<std::string> complaint(const Key& key, std::string_view value);

[[nodiscard]] bool is_postgresql_address(std::string_view text);
/// A postgresql:// address with *** instead of its password; other texts as they are.
[[nodiscard]] std::string without_password(std::string_view address);

}  // namespace rolecall::app
