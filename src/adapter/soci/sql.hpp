#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rolecall/base/clock.hpp"
#include "rolecall/base/ids.hpp"

// How repositories speak SQL: a text with `?` for every value, the kinds of its columns, and values that are bound. No
// value ever becomes part of a text.

namespace rolecall::adapter::soci {

/// One statement of the program. `id` names it in errors and logs. `columns` has one letter per result column: `t`
/// text, `n` number. Statements are constants: the cache knows them by address.
struct Sql {
  const char* id;
  const char* text;
  const char* columns = "";
};

/// A value to bind, borrowed for the call.
class Param {
 public:
  Param(std::string_view text) : value_(text) {}
  Param(const std::string& text) : value_(std::string_view(text)) {}
  Param(const char* text) : value_(std::string_view(text)) {}
  Param(std::int64_t number) : value_(number) {}
  Param(bool flag) : value_(std::int64_t{flag ? 1 : 0}) {}
  Param(Instant instant) : value_(static_cast<std::int64_t>(instant.time_since_epoch().count())) {}
  Param(const std::optional<Instant>& instant) {
    if (instant) *this = Param(*instant);
  }
  template <typename Tag>
  Param(const StrongId<Tag>& id) : value_(std::string_view(id.value())) {}
  template <typename Tag>
  Param(const std::optional<StrongId<Tag>>& id) {
    if (id) *this = Param(*id);
  }

  [[nodiscard]] bool is_null() const { return value_.index() == 0; }
  [[nodiscard]] const std::string_view* text() const { return std::get_if<std::string_view>(&value_); }
  [[nodiscard]] const std::int64_t* number() const { return std::get_if<std::int64_t>(&value_); }

 private:
  std::variant<std::monostate, std::string_view, std::int64_t> value_;
};

using Params = std::initializer_list<Param>;

/// One result column, filled by the driver.
struct Column {
  std::string text;
  long long number = 0;
  bool is_null = false;
};

/// The current row of a result. Reading text takes it out of the row.
class Row {
 public:
  explicit Row(std::vector<Column>& columns) : columns_(columns) {}

  [[nodiscard]] std::string text(std::size_t column) { return std::move(columns_[column].text); }
  [[nodiscard]] std::string_view view(std::size_t column) const { return columns_[column].text; }
  [[nodiscard]] std::int64_t number(std::size_t column) const { return columns_[column].number; }
  [[nodiscard]] bool flag(std::size_t column) const { return columns_[column].number != 0; }
  [[nodiscard]] Instant instant(std::size_t column) const {
    return Instant(std::chrono::microseconds(columns_[column].number));
  }
  [[nodiscard]] std::optional<Instant> optional_instant(std::size_t column) const {
    if (columns_[column].is_null) return std::nullopt;
    return instant(column);
  }
  template <typename Id>
  [[nodiscard]] Id id(std::size_t column) {
    return Id(text(column));
  }
  template <typename Id>
  [[nodiscard]] std::optional<Id> optional_id(std::size_t column) {
    if (columns_[column].is_null) return std::nullopt;
    return id<Id>(column);
  }

 private:
  std::vector<Column>& columns_;
};

}  // namespace rolecall::adapter::soci
