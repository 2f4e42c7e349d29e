#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "soci/soci.h"
#include "sql.hpp"
#include "tables.hpp"

namespace rolecall::adapter::soci {

/// A prepared statement with the variables SOCI reads from and writes to. SOCI keeps their addresses, so they live
/// here, on the heap, as long as the statement.
class Statement {
 public:
  Statement(const char* id, std::string text, const char* columns)
      : id_(id),
        text_(std::move(text)),
        column_kinds_(columns),
        tables_(tables_in(text_)),
        is_question_(adapter::soci::is_question(text_)) {}

  /// Prepares on first use, binds and executes. True when there is a row. Throws what SOCI throws.
  bool execute(::soci::session& session, std::span<const Param> params);
  /// The next row. A result must be read to its end: an open cursor would hold its snapshot.
  bool fetch();
  [[nodiscard]] std::int64_t affected_rows() { return statement_->get_affected_rows(); }
  /// After an error: the next use prepares anew, because SOCI may take a statement that failed for one that is done.
  void discard() { statement_.reset(); }

  [[nodiscard]] std::vector<Column>& columns() { return columns_; }
  [[nodiscard]] const char* id() const { return id_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  /// Which tables it reads or writes.
  [[nodiscard]] Tables tables() const { return tables_; }
  [[nodiscard]] bool is_question() const { return is_question_; }
  [[nodiscard]] bool has_columns() const { return !column_kinds_.empty(); }

 private:
  struct Slot {
    bool is_text = true;
    std::string text;
    long long number = 0;
    ::soci::indicator indicator = ::soci::i_null;
  };

  [[nodiscard]] bool fits(std::span<const Param> params) const;
  void prepare(::soci::session& session, std::span<const Param> params);
  void bind(std::span<const Param> params);
  void take_nulls();

  const char* id_;
  std::string text_;
  std::string column_kinds_;
  Tables tables_;
  bool is_question_;
  std::vector<Slot> slots_;
  std::vector<Column> columns_;
  std::vector<::soci::indicator> indicators_;
  std::unique_ptr<::soci::statement> statement_;
};

}  // namespace rolecall::adapter::soci
