#include "later.hpp"

#include <algorithm>
#include <string_view>

namespace rolecall::adapter::soci {
namespace {

constexpr std::string_view kValues = " VALUES (";

bool may_have_rows(std::string_view text) { return text.starts_with("INSERT ") && text.ends_with(")"); }

std::optional<std::string> value_of(const Param& param) {
  if (const auto* text = param.text()) return std::string(*text);
  if (const auto* number = param.number()) return std::to_string(*number);
  return std::nullopt;
}

}  // namespace

void LaterQueue::add(const Sql& sql, Tables tables, std::span<const Param> params) {
  LaterStatement* row_of = nullptr;
  if (may_have_rows(sql.text)) {
    for (auto earlier = statements_.rbegin(); earlier != statements_.rend(); ++earlier) {
      if ((earlier->tables & tables) == 0) continue;
      if (earlier->sql == &sql) row_of = &*earlier;
      break;
    }
  }
  if (row_of == nullptr) {
    row_of = &statements_.emplace_back();
    row_of->sql = &sql;
    row_of->tables = tables;
  } else {
    ++row_of->rows;
  }
  for (const Param& param : params) row_of->values.push_back(value_of(param));
  tables_ |= tables;
  ++rows_;
}

void LaterQueue::clear() {
  statements_.clear();
  tables_ = 0;
  rows_ = 0;
}

std::string with_rows(const Sql& sql, std::size_t rows) {
  std::string text = sql.text;
  const auto values = text.rfind(kValues);
  if (values == std::string::npos) return text;
  const std::string row = text.substr(values + kValues.size() - 1);
  for (std::size_t i = 1; i < rows; ++i) text += ", " + row;
  return text;
}

}  // namespace rolecall::adapter::soci
