#pragma once

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

  [[nodiscard]] std::unique_ptr<::soci::session> connect() const override;
  [[nodiscard]] store::DbError current_error() const override;
  [[nodiscard]] bool is_in_transaction(::soci::session& session) const override;
  [[nodiscard]] const char* position_function() const override { return "instr"; }

  /// Runs a script of several statements. Its text must be ours.
  [[nodiscard]] static Result<void> run_script(::soci::session& session, const std::string& script);
  /// True for codes after which nobody knows what reached the disk.
  [[nodiscard]] static bool is_io_error(const store::DbError& error);

 private:
  std::string path_;
  std::chrono::milliseconds busy_timeout_;
  Role role_;
};

}  // namespace rolecall::adapter::soci
