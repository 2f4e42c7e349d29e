#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/store/store.hpp"

// How everything that a database holds is moved: row by row, whatever the tables mean. No repository is involved, so a
// table cannot be forgotten in one.

namespace rolecall::store {

struct ArchiveColumn {
  enum class Kind { text, number };
  std::string name;
  Kind kind = Kind::text;
  bool is_nullable = false;

  bool operator==(const ArchiveColumn&) const = default;
};

struct ArchiveTable {
  std::string name;
  std::vector<ArchiveColumn> columns;  ///< as they were declared
  std::vector<std::size_t> key;        ///< places of the primary key's columns, in the order of the key

  bool operator==(const ArchiveTable&) const = default;
};

/// Place of a column, if there is one of that name.
[[nodiscard]] std::optional<std::size_t> find_column(const ArchiveTable& table, std::string_view name);

/// All tables but the one of the migrations. A table comes after those it refers to, and otherwise by name, so that the
/// order is the same on every engine.
struct ArchiveSchema {
  int version = 0;  ///< number of the last migration
  std::vector<ArchiveTable> tables;
};

/// None, a number or a text, as the kind of its column says.
using Cell = std::variant<std::monostate, std::int64_t, std::string>;
using Cells = std::vector<Cell>;

/// Takes rows, each table's after those of the tables before it. An error ends the giving.
class RowSink {
 public:
  virtual ~RowSink() = default;
  /// `table` counts in the schema; a cell for each of its columns.
  [[nodiscard]] virtual Result<void> row(std::size_t table, const Cells& cells) = 0;
};

/// The port to a whole database. One thread at a time.
class Archive {
 public:
  virtual ~Archive() = default;

  /// The schema as the program's migrations up to `version` make it. `conflict` when there are not so many.
  [[nodiscard]] virtual Result<ArchiveSchema> schema(int version) const = 0;

  /// Told of the schema before the first row; what it returns takes them.
  using Begin = std::function<Result<RowSink*>(const ArchiveSchema&)>;
  /// Gives every row, each table's in the order of its key, texts compared bytewise. What others write meanwhile is
  /// not seen, and they wait for nothing. Memory does not grow with the number of rows. `not_found` when nothing of
  /// ours is there, `conflict` when the schema is not one of this program.
  [[nodiscard]] virtual Result<void> dump(const Begin& begin) = 0;

  using Fill = std::function<Result<void>(RowSink&)>;
  /// Fills a database that holds no row: makes the schema of `version`, takes the rows of `fill`, applies the
  /// migrations that follow, runs `afterwards`, and commits. All of it or, after an error or a kill, nothing.
  /// `conflict` when there is a row.
  [[nodiscard]] virtual Result<void> load(int version, const Fill& fill, const Store::Work& afterwards) = 0;
};

}  // namespace rolecall::store
