#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rolecall/store/db_error.hpp"
#include "sql.hpp"
#include "tables.hpp"

namespace rolecall::adapter::soci {

/// A statement without result that is to be run, with values of its own.
struct LaterStatement {
  const Sql* sql = nullptr;
  Tables tables = 0;
  std::vector<std::optional<std::string>> values;  ///< of all rows, one row after the other
  std::size_t rows = 1;                            ///< of an INSERT
};

/// Runs several statements on their one way to the server and back. One thread, and one connection.
class LaterRunner {
 public:
  virtual ~LaterRunner() = default;
  /// In order; all have run when it returns none, else none of those after the one that failed has.
  [[nodiscard]] virtual std::optional<store::DbError> run(const std::vector<LaterStatement>& statements) = 0;
};

/// What waits to be run. Rows for one table that come one after the other become one statement; the order of what
/// happens to a table stays.
class LaterQueue {
 public:
  void add(const Sql& sql, Tables tables, std::span<const Param> params);
  [[nodiscard]] bool touches(Tables tables) const { return (tables_ & tables) != 0; }
  [[nodiscard]] bool is_empty() const { return statements_.empty(); }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] const std::vector<LaterStatement>& statements() const { return statements_; }
  void clear();

 private:
  std::vector<LaterStatement> statements_;
  Tables tables_ = 0;
  std::size_t rows_ = 0;
};

/// The text of an INSERT of one row, with `rows` of them. Empty when it is none that may have more.
[[nodiscard]] std::string with_rows(const Sql& sql, std::size_t rows);

}  // namespace rolecall::adapter::soci
