#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cstdint>
#include <string_view>

namespace rolecall::contract {

/// Counts what SQLite's virtual machine does on every connection opened while one of these lives: instructions, rows
/// read in full scans, commits, which unlike time do not depend on the machine. One at a time.
class SqliteSteps {
 public:
  SqliteSteps() {
    reset();
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&attach));
  }
  ~SqliteSteps() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&attach)); }
  SqliteSteps(const SqliteSteps&) = delete;
  SqliteSteps& operator=(const SqliteSteps&) = delete;

  void reset() {
    statements_ = 0;
    steps_ = 0;
    scanned_ = 0;
    commits_ = 0;
  }
  /// Statements since the last reset, those that begin and end transactions too.
  [[nodiscard]] std::int64_t statements() const { return statements_; }
  /// Instructions since the last reset.
  [[nodiscard]] std::int64_t steps() const { return steps_; }
  /// Rows passed over without the help of an index.
  [[nodiscard]] std::int64_t scanned() const { return scanned_; }
  /// COMMIT statements, of reads too.
  [[nodiscard]] std::int64_t commits() const { return commits_; }

 private:
  static int attach(sqlite3* connection, const char** /*message*/, const void* /*api*/) {
    return sqlite3_trace_v2(connection, SQLITE_TRACE_PROFILE, &finished, nullptr);
  }
  /// Called when a statement comes to its end, before it is reset.
  static int finished(unsigned /*event*/, void* /*context*/, void* statement, void* /*nanoseconds*/) {
    auto* const done = static_cast<sqlite3_stmt*>(statement);
    ++statements_;
    steps_ += sqlite3_stmt_status(done, SQLITE_STMTSTATUS_VM_STEP, 1);
    scanned_ += sqlite3_stmt_status(done, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
    if (std::string_view(sqlite3_sql(done)) == "COMMIT") ++commits_;
    return 0;
  }

  static inline std::atomic<std::int64_t> statements_ = 0;
  static inline std::atomic<std::int64_t> steps_ = 0;
  static inline std::atomic<std::int64_t> scanned_ = 0;
  static inline std::atomic<std::int64_t> commits_ = 0;
};

}  // namespace rolecall::contract
