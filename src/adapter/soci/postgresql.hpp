#pragma once

#include <chrono>
#include <string>

#include "session.hpp"

struct pg_result;

namespace rolecall::adapter::soci {

/// What an answer of libpq says went wrong; none at all says that the connection is lost.
[[nodiscard]] store::DbError error_of(const pg_result* answer);

/// PostgreSQL. Beside postgresql_later.cpp the only file that calls its C library.
class PostgresqlEngine final : public Engine {
 public:
  struct Timeouts {
    std::chrono::milliseconds statement{30'000};
    std::chrono::milliseconds lock{5'000};
    std::chrono::milliseconds idle_in_transaction{10'000};
  };

  /// `address` is a postgresql:// address with all that libpq understands in its query.
  PostgresqlEngine(std::string address, Timeouts timeouts) : address_(std::move(address)), timeouts_(timeouts) {}

  [[nodiscard]] const char* name() const override { return "postgresql"; }
  [[nodiscard]] std::unique_ptr<::soci::session> connect() const override;
  [[nodiscard]] store::DbError current_error() const override;
  [[nodiscard]] std::string why_refused() const override;
  [[nodiscard]] bool is_in_transaction(::soci::session& session) const override;
  [[nodiscard]] bool is_aborted(::soci::session& session) const override;
  [[nodiscard]] Result<void> begin_read(Session& session) const override;
  [[nodiscard]] Result<void> begin_write(Session& session) const override;
  [[nodiscard]] const Sql* mark_statement() const override;
  [[nodiscard]] Result<bool> was_committed(Session& session, const WriteMark& mark) const override;
  [[nodiscard]] Result<void> run_script(::soci::session& session, const std::string& script) const override;
  [[nodiscard]] const Sql& migrations_table() const override;
  [[nodiscard]] std::string with_marks(const std::string& sql) const override;
  [[nodiscard]] bool is_fatal(const store::DbError&) const override { return false; }
  [[nodiscard]] Result<std::vector<std::string>> damage(Session& session) const override;
  void tend(Session& session) const override;
  [[nodiscard]] std::unique_ptr<LaterRunner> later_runner(::soci::session& session) const override;
  [[nodiscard]] bool has_to_prepare_anew() const override { return false; }
  [[nodiscard]] const char* position_function() const override { return "strpos"; }

 private:
  std::string address_;
  Timeouts timeouts_;
};

}  // namespace rolecall::adapter::soci
