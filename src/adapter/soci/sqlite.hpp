#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "session.hpp"

namespace rolecall::adapter::soci {

/// SQLite, and the only file that calls its C interface.
class SqliteEngine final : public Engine {
 public:
  enum class Role { reader, writer };

  SqliteEngine(std::string path, std::chrono::milliseconds busy_timeout, Role role)
      : path_(std::move(path)), busy_timeout_(busy_timeout), role_(role) {}

  [[nodiscard]] const char* name() const override { return "sqlite"; }
  [[nodiscard]] std::unique_ptr<::soci::session> connect() const override;
  [[nodiscard]] store::DbError current_error() const override;
  [[nodiscard]] bool is_in_transaction(::soci::session& session) const override;
  [[nodiscard]] bool is_aborted(::soci::session&) const override { return false; }
  [[nodiscard]] Result<void> begin_read(Session& session) const override;
  [[nodiscard]] Result<void> begin_write(Session& session) const override;
  [[nodiscard]] Result<void> run_script(::soci::session& session, const std::string& script) const override;
  [[nodiscard]] const Sql& migrations_table() const override;
  [[nodiscard]] std::string with_marks(const std::string& sql) const override { return sql; }
  [[nodiscard]] bool is_fatal(const store::DbError& error) const override;
  /// An error as bad that no statement reported, since this was asked last: a note, empty for none. Thread-safe.
  [[nodiscard]] std::string failure_beside() const;
  [[nodiscard]] Result<std::vector<std::string>> damage(Session& session) const override;
  /// SOCI may take a statement that failed for one that is done.
  [[nodiscard]] bool has_to_prepare_anew() const override { return true; }
  [[nodiscard]] const char* position_function() const override { return "instr"; }

 private:
  std::string path_;
  std::chrono::milliseconds busy_timeout_;
  Role role_;
  mutable std::atomic<int> failed_checkpoint_{0};  ///< SQLite's code, until somebody asks
};

}  // namespace rolecall::adapter::soci
