#pragma once

#include <string_view>

namespace rolecall::json {

/// True when `lexeme` is a number of RFC 8259 §6 and nothing else (`NaN`, `+1`, `01` and `1.` are not).
[[nodiscard]] bool is_number_lexeme(std::string_view lexeme);

}  // namespace rolecall::json
