#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rolecall/json/value.hpp"

namespace rolecall::json {

/// Compact JSON text. Never fails on a tree that `parse` or the program made.
[[nodiscard]] std::string write(const Value& value);
/// Appends to `out`, so that a page of resources is written into one buffer.
void write_to(std::string& out, const Value& value);
/// Appends `text` as a JSON string literal, quotes included.
void write_string_to(std::string& out, std::string_view text);
/// Two-space indentation, for people.
[[nodiscard]] std::string write_pretty(const Value& value);

/// The number as a 64-bit integer, when it is written as one and fits (`1`, `-5`; not `1.0`, not `1e3`).
[[nodiscard]] std::optional<std::int64_t> to_integer(const Number& number);
/// None when it is too big or too small for a double.
[[nodiscard]] std::optional<double> to_double(const Number& number);

}  // namespace rolecall::json
