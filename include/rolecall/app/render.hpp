#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/json/value.hpp"

namespace rolecall::app {

/// What --output takes.
inline constexpr std::array<std::string_view, 5> kFormats{"table", "json", "yaml", "csv", "name"};

/// A column of a table: its heading and the member it shows.
struct Column {
  std::string_view heading;
  std::string_view member;
};

/// Without what moves a terminal's cursor: names come from clients.
[[nodiscard]] std::string printable(std::string_view text);
/// A value as it stands in a table: strings as they are, lists joined, what is absent or empty as a dash.
[[nodiscard]] std::string cell_of(const json::Value* value);

/// `{"items": […]}` or one object in one of kFormats, with a line end. JSON and YAML are a list or an object, whole and
/// stable; CSV is one line for each object, also whole; a table shows `columns`, and `name` the member `name` alone.
/// What is neither is shown in JSON and YAML only.
[[nodiscard]] std::string render(const json::Value& body, std::string_view format, const std::vector<Column>& columns,
                                 std::string_view name);

}  // namespace rolecall::app
