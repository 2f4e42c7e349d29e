#pragma once

#include <cstdint>
#include <string_view>

namespace rolecall::adapter::soci {

/// A set of tables, a bit for each. Those of the configuration are one.
using Tables = std::uint64_t;

/// The tables that a statement names, and those that follow from them. Too many rather than too few: whatever is called
/// like a table counts.
[[nodiscard]] Tables tables_in(std::string_view statement);

/// Does the statement only read?
[[nodiscard]] bool is_question(std::string_view statement);

}  // namespace rolecall::adapter::soci
