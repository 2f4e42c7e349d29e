#include "session.hpp"

#include "statement.hpp"

namespace rolecall::adapter::soci {
namespace {

/// Filters give a finite but large set of texts; a client that tries them all must not fill the memory.
constexpr std::size_t kBuiltStatements = 256;

bool is_doubtful(store::DbError::Kind kind) {
  return kind == store::DbError::Kind::connection || kind == store::DbError::Kind::corrupt;
}

}  // namespace

Session::Session(const Engine& engine) : engine_(engine), session_(engine.connect()) {}

Session::~Session() = default;

Result<std::int64_t> Session::execute(const Sql& sql, std::span<const Param> params) {
  Statement& statement = statement_of(sql);
  try {
    statement.execute(*session_, params);
    return statement.affected_rows();
  } catch (...) {
    return tl::unexpected<Error>(failure(statement));
  }
}

Result<void> Session::run(Statement& statement, std::span<const Param> params,
                          const std::function<void(Row&)>& on_row) {
  try {
    bool has_row = statement.execute(*session_, params);
    Row row(statement.columns());
    while (has_row) {
      on_row(row);
      has_row = statement.fetch();
    }
    return {};
  } catch (...) {
    return tl::unexpected<Error>(failure(statement));
  }
}

Error Session::failure(Statement& statement) {
  last_error_ = engine_.current_error();
  last_error_.statement = statement.id();
  if (is_doubtful(last_error_.kind)) is_broken_ = true;
  if (engine_.has_to_prepare_anew() || is_broken_) statement.discard();
  return store::to_error(last_error_);
}

Statement& Session::statement_of(const Sql& sql) {
  auto& statement = statements_[&sql];
  if (!statement) statement = std::make_unique<Statement>(sql.id, engine_.with_marks(sql.text), sql.columns);
  return *statement;
}

Statement& Session::built_statement_of(const std::string& text, const char* columns) {
  if (const auto found = built_.find(text); found != built_.end()) return *found->second;
  if (built_.size() >= kBuiltStatements) built_.clear();
  return *built_.emplace(text, std::make_unique<Statement>("resources.query", engine_.with_marks(text), columns))
              .first->second;
}

bool Session::is_in_transaction() const { return engine_.is_in_transaction(*session_); }

bool Session::is_aborted() const { return engine_.is_aborted(*session_); }

}  // namespace rolecall::adapter::soci
