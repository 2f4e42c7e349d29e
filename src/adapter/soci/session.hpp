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

class Statement;

/// What one engine does its own way.
class Engine {
 public:
  virtual ~Engine() = default;
  /// A new connection, set up. Throws what SOCI throws.
  [[nodiscard]] virtual std::unique_ptr<::soci::session> connect() const = 0;
  /// Called inside a catch block: what the exception in flight means.
  [[nodiscard]] virtual store::DbError current_error() const = 0;
  [[nodiscard]] virtual bool is_in_transaction(::soci::session& session) const = 0;
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

  [[nodiscard]] bool is_in_transaction() const;
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
