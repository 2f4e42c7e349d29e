#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "later.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/store/db_error.hpp"
#include "sql.hpp"

namespace soci {
class session;
}

namespace rolecall::adapter::soci {

class Session;
class Statement;

/// What a transaction leaves behind by which it is known again.
struct WriteMark {
  std::string writer;  ///< lower-case hexadecimal digits, of this process alone
  std::int64_t number = 0;
};

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
  /// Begins a transaction beside which nobody else writes.
  [[nodiscard]] virtual Result<void> begin_write(Session& session) const = 0;
  /// What writes a mark, of a writer and a number; null where no COMMIT goes unanswered and yet is done.
  [[nodiscard]] virtual const Sql* mark_statement() const { return nullptr; }
  /// Was the transaction of that mark, the latest of its writer, committed? Waits until it is over.
  [[nodiscard]] virtual Result<bool> was_committed(Session&, const WriteMark&) const { return false; }
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
  /// Runs several statements at once over the connection, where that is faster than one after the other; else none.
  [[nodiscard]] virtual std::unique_ptr<LaterRunner> later_runner(::soci::session&) const { return nullptr; }
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

  /// A statement whose result nobody asks for, and which cannot be refused for what a client sent: run at once, or,
  /// where each is a way to the server and back, together with others, before anything that could see its effect. An
  /// error is then that of whatever comes next.
  [[nodiscard]] Result<void> execute_later(const Sql& sql, std::span<const Param> params);
  [[nodiscard]] Result<void> execute_later(const Sql& sql, Params params) {
    return execute_later(sql, std::span<const Param>(params.begin(), params.size()));
  }
  /// Runs those.
  [[nodiscard]] Result<void> flush();
  /// As `select`, for what is asked again and again: the answer is kept until the transaction ends, or is undone, or
  /// one of its tables is written to. Within a transaction that writes, nobody else does.
  template <typename F>
  [[nodiscard]] Result<void> select_kept(const Sql& sql, Params params, F&& on_row) {
    ROLECALL_TRY_ASSIGN(const KeptRows* const rows, kept(sql, std::span<const Param>(params.begin(), params.size())));
    for (std::vector<Column> columns : *rows) {
      Row row(columns);
      on_row(row);
    }
    return {};
  }
  /// Does the question, of the kind "is there any", find no row? Kept likewise: tables that stay empty are asked once.
  [[nodiscard]] Result<bool> finds_none(const Sql& sql, Params params) {
    bool is_none = true;
    ROLECALL_TRY(select_kept(sql, params, [&](Row&) { is_none = false; }));
    return is_none;
  }
  /// What that question would be answered from now on, known to whoever has just written it.
  void keep(const Sql& sql, Params params, std::vector<Column> row);

  /// For a question alone, without a transaction: nothing that was kept is true any more.
  void begin_one();
  [[nodiscard]] Result<void> begin_read();
  [[nodiscard]] Result<void> begin_write();
  /// With a mark it can be asked afterwards what became of it.
  [[nodiscard]] Result<void> commit(const WriteMark* mark = nullptr);
  [[nodiscard]] Result<void> rollback();

  // Within a transaction that writes: what can be undone. A request, and in it a part, which is all of the request when
  // nothing came before it.
  [[nodiscard]] Result<void> begin_request();
  /// `is_followed`: by another one.
  [[nodiscard]] Result<void> end_request(bool is_followed);
  [[nodiscard]] Result<void> undo_request();
  [[nodiscard]] Result<void> begin_part();
  [[nodiscard]] Result<void> end_part();
  [[nodiscard]] Result<void> undo_part();
  /// The engine has set the savepoint of the first request.
  void note_request() { request_ = {true, false}; }
  /// Notes a failure that was none of a statement of this class.
  [[nodiscard]] Error note_failure(store::DbError error);
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
  using KeptRows = std::vector<std::vector<Column>>;
  struct Kept {
    Tables tables = 0;
    KeptRows rows;
  };
  struct Savepoint {
    bool is_set = false;
    bool is_dirty = false;  ///< something was written since
  };
  [[nodiscard]] Result<const KeptRows*> kept(const Sql& sql, std::span<const Param> params);
  [[nodiscard]] Result<void> before(const Statement& statement);
  void note_write(Tables tables);
  void forget();

  const Engine& engine_;
  // Declared before the statements: a statement must not outlive its session.
  std::unique_ptr<::soci::session> session_;
  std::unordered_map<const Sql*, std::unique_ptr<Statement>> statements_;
  std::unordered_map<std::string, std::unique_ptr<Statement>> built_;
  std::unique_ptr<LaterRunner> later_;
  LaterQueue queue_;
  bool keeps_ = false;
  std::unordered_map<std::string, Kept> kept_;
  Savepoint request_;
  Savepoint part_;
  bool is_part_request_ = false;
  store::DbError last_error_;
  bool is_broken_ = false;
};

}  // namespace rolecall::adapter::soci
