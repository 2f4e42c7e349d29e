#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/store/db_error.hpp"
#include "sql.hpp"

namespace soci {
class session;
}

namespace rolecall::adapter::soci {

class Session;
class Statement;

/// What one engine does its own way.
class Engine {
 public:
  virtual ~Engine() = default;
  /// As logs and `doctor` call it.
  [[nodiscard]] virtual const char* name() const = 0;
  /// A new connection, set up. Throws what SOCI throws.
  [[nodiscard]] virtual std::unique_ptr<::soci::session> connect() const = 0;
  /// Called inside a catch block: what the exception in flight means.
  [[nodiscard]] virtual store::DbError current_error() const = 0;
  /// Called inside a catch block around `connect`: a sentence for the operator about why it failed, without values;
  /// empty when nothing more is known.
  [[nodiscard]] virtual std::string why_refused() const { return {}; }
  [[nodiscard]] virtual bool is_in_transaction(::soci::session& session) const = 0;
  /// True when nothing but an end is possible any more: of the transaction, or back to a savepoint.
  [[nodiscard]] virtual bool is_aborted(::soci::session& session) const = 0;
  /// Begins a transaction that sees one snapshot.
  [[nodiscard]] virtual Result<void> begin_read(Session& session) const = 0;
  /// Begins a transaction beside which nobody else writes. Its number, where the engine has them; else 0.
  [[nodiscard]] virtual Result<std::int64_t> begin_write(Session& session) const = 0;
  enum class Fate { committed, open, lost };
  /// What became of a transaction whose COMMIT got no answer.
  [[nodiscard]] virtual Result<Fate> fate_of(Session& session, std::int64_t transaction) const = 0;
  /// Runs a script of several statements. Its text must be ours.
  [[nodiscard]] virtual Result<void> run_script(::soci::session& session, const std::string& script) const = 0;
  /// One row with the number of tables that are named schema_migrations.
  [[nodiscard]] virtual const Sql& migrations_table() const = 0;
  /// `sql` with the engine's own marks for values instead of `?`.
  [[nodiscard]] virtual std::string with_marks(const std::string& sql) const = 0;
  /// True for errors after which nobody knows what reached the disk, now and later.
  [[nodiscard]] virtual bool is_fatal(const store::DbError& error) const = 0;
  /// One sentence for each thing that is wrong with the data itself.
  [[nodiscard]] virtual Result<std::vector<std::string>> damage(Session& session) const = 0;
  /// What the database wants done now and then by whoever writes, outside of a transaction. Its failure is none of
  /// ours.
  virtual void tend(Session&) const {}
  /// True when a statement that failed has to be prepared anew before its next use.
  [[nodiscard]] virtual bool has_to_prepare_anew() const = 0;
  /// The function (text, part) that gives the position of a part in a text, 0 for none.
  [[nodiscard]] virtual const char* position_function() const = 0;
};

/// A connection with its prepared statements. One thread at a time. Errors are values; the SOCI exception, whose text
/// holds bound values, ends here.
class Session {
 public:
  /// Throws what SOCI throws.
  explicit Session(const Engine& engine);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Runs a statement without result; the number of rows it changed.
  [[nodiscard]] Result<std::int64_t> execute(const Sql& sql, std::span<const Param> params);
  [[nodiscard]] Result<std::int64_t> execute(const Sql& sql, Params params) {
    return execute(sql, std::span<const Param>(params.begin(), params.size()));
  }
  /// Runs a query to its end and hands each row over.
  template <typename F>
  [[nodiscard]] Result<void> select(const Sql& sql, std::span<const Param> params, F&& on_row) {
    return run(statement_of(sql), params, std::forward<F>(on_row));
  }
  template <typename F>
  [[nodiscard]] Result<void> select(const Sql& sql, Params params, F&& on_row) {
    return run(statement_of(sql), std::span<const Param>(params.begin(), params.size()), std::forward<F>(on_row));
  }
  /// The same for a text that was put together at run time from fixed parts. The cache holds the latest ones.
  template <typename F>
  [[nodiscard]] Result<void> select_built(const std::string& text, const char* columns, std::span<const Param> params,
                                          F&& on_row) {
    return run(built_statement_of(text, columns), params, std::forward<F>(on_row));
  }

  [[nodiscard]] Result<void> begin_read() { return engine_.begin_read(*this); }
  [[nodiscard]] Result<std::int64_t> begin_write() { return engine_.begin_write(*this); }
  [[nodiscard]] bool is_in_transaction() const;
  [[nodiscard]] bool is_aborted() const;
  [[nodiscard]] const Engine& engine() const { return engine_; }
  /// True after an error that leaves doubt about the connection: it is not to be used again.
  [[nodiscard]] bool is_broken() const { return is_broken_; }
  /// The last failure, for those who must tell kinds apart.
  [[nodiscard]] const store::DbError& last_error() const { return last_error_; }
  [[nodiscard]] ::soci::session& native() { return *session_; }
  [[nodiscard]] const char* position_function() const { return engine_.position_function(); }

 private:
  Statement& statement_of(const Sql& sql);
  Statement& built_statement_of(const std::string& text, const char* columns);
  [[nodiscard]] Result<void> run(Statement& statement, std::span<const Param> params,
                                 const std::function<void(Row&)>& on_row);
  Error failure(Statement& statement);

  const Engine& engine_;
  // Declared before the statements: a statement must not outlive its session.
  std::unique_ptr<::soci::session> session_;
  std::unordered_map<const Sql*, std::unique_ptr<Statement>> statements_;
  std::unordered_map<std::string, std::unique_ptr<Statement>> built_;
  store::DbError last_error_;
  bool is_broken_ = false;
};

}  // namespace rolecall::adapter::soci
