#include "session.hpp"

#include "statement.hpp"
#include "transaction.hpp"

namespace rolecall::adapter::soci {
namespace {

/// Filters give a finite but large set of texts; a client that tries them all must not fill the memory.
constexpr std::size_t kBuiltStatements = 256;

/// Enough for all that requests ask again and again; walks through everything must not fill the memory.
constexpr std::size_t kKeptAnswers = 512;
/// Rows that wait to be written, at most.
constexpr std::size_t kWaitingRows = 1024;

std::string key_of(const Sql& sql, std::span<const Param> params) {
  std::string key(sql.id);
  for (const Param& param : params) {
    if (const auto* text = param.text()) key += ":t" + std::to_string(text->size()) + ":" + std::string(*text);
    if (const auto* number = param.number()) key += ":n" + std::to_string(*number);
    if (param.is_null()) key += ":0";
  }
  return key;
}

bool is_doubtful(store::DbError::Kind kind) {
  return kind == store::DbError::Kind::connection || kind == store::DbError::Kind::corrupt;
}

}  // namespace

Session::Session(const Engine& engine)
    : engine_(engine), session_(engine.connect()), later_(engine.later_runner(*session_)) {}

Session::~Session() = default;

Result<std::int64_t> Session::execute(const Sql& sql, std::span<const Param> params) {
  Statement& statement = statement_of(sql);
  ROLECALL_TRY(before(statement));
  try {
    statement.execute(*session_, params);
    return statement.affected_rows();
  } catch (...) {
    return tl::unexpected<Error>(failure(statement));
  }
}

Result<void> Session::run(Statement& statement, std::span<const Param> params,
                          const std::function<void(Row&)>& on_row) {
  ROLECALL_TRY(before(statement));
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

/// What waits is written first when this could see it; what is kept and no longer true goes.
Result<void> Session::before(const Statement& statement) {
  if (statement.is_question()) return queue_.touches(statement.tables()) ? flush() : Result<void>{};
  ROLECALL_TRY(flush());
  note_write(statement.tables());
  return {};
}

void Session::note_write(Tables tables) {
  if (tables == 0) return;
  request_.is_dirty = true;
  part_.is_dirty = true;
  std::erase_if(kept_, [&](const auto& entry) { return (entry.second.tables & tables) != 0; });
}

Result<void> Session::execute_later(const Sql& sql, std::span<const Param> params) {
  if (!later_) {
    ROLECALL_TRY(execute(sql, params));
    return {};
  }
  const Tables tables = statement_of(sql).tables();
  note_write(tables);
  queue_.add(sql, tables, params);
  return queue_.rows() < kWaitingRows ? Result<void>{} : flush();
}

Result<void> Session::flush() {
  if (queue_.is_empty()) return {};
  auto failed = later_->run(queue_.statements());
  queue_.clear();
  if (failed) return tl::unexpected<Error>(note_failure(std::move(*failed)));
  return {};
}

Result<const Session::KeptRows*> Session::kept(const Sql& sql, std::span<const Param> params) {
  std::string key = key_of(sql, params);
  if (const auto found = kept_.find(key); keeps_ && found != kept_.end()) return &found->second.rows;
  Statement& statement = statement_of(sql);
  Kept answer{statement.tables(), {}};
  ROLECALL_TRY(run(statement, params, [&](Row&) { answer.rows.push_back(statement.columns()); }));
  if (kept_.size() >= kKeptAnswers) kept_.clear();
  return &kept_.insert_or_assign(std::move(key), std::move(answer)).first->second.rows;
}

void Session::keep(const Sql& sql, Params params, std::vector<Column> row) {
  if (!keeps_) return;
  Kept answer{statement_of(sql).tables(), {}};
  answer.rows.push_back(std::move(row));
  kept_.insert_or_assign(key_of(sql, std::span<const Param>(params.begin(), params.size())), std::move(answer));
}

void Session::forget() {
  queue_.clear();
  kept_.clear();
}

void Session::begin_one() {
  forget();
  keeps_ = false;
}

Result<void> Session::begin_read() {
  forget();
  keeps_ = true;
  return engine_.begin_read(*this);
}

Result<void> Session::begin_write() {
  forget();
  keeps_ = true;
  request_ = {};
  part_ = {};
  return engine_.begin_write(*this);
}

Result<void> Session::commit(const WriteMark* mark) {
  keeps_ = false;
  kept_.clear();
  if (mark != nullptr && later_ && engine_.mark_statement() != nullptr) {
    const std::initializer_list<Param> params{mark->writer, mark->number};
    queue_.add(*engine_.mark_statement(), 0, std::span<const Param>(params.begin(), params.size()));
  }
  if (!queue_.is_empty()) {
    queue_.add(kCommit, 0, {});
    return flush();
  }
  ROLECALL_TRY(execute(kCommit, {}));
  return {};
}

Result<void> Session::rollback() {
  keeps_ = false;
  forget();
  ROLECALL_TRY(execute(kRollback, {}));
  return {};
}

Result<void> Session::begin_request() {
  if (request_.is_set && !request_.is_dirty) return {};
  if (request_.is_set) ROLECALL_TRY(execute_later(kRelease, {}));
  ROLECALL_TRY(execute_later(kSavepoint, {}));
  ROLECALL_TRY(flush());
  request_ = {true, false};
  part_ = {};
  return {};
}

/// With what the request left to be written, the savepoint of the next one is set on the same way.
Result<void> Session::end_request(bool is_followed) { return is_followed ? begin_request() : flush(); }

Result<void> Session::undo_request() {
  forget();
  if (request_.is_dirty || is_aborted()) ROLECALL_TRY(execute(kRollbackTo, {}));
  request_.is_dirty = false;
  part_ = {};
  return {};
}

Result<void> Session::begin_part() {
  is_part_request_ = request_.is_set && !request_.is_dirty;
  if (is_part_request_) return {};
  if (part_.is_set) ROLECALL_TRY(execute_later(kReleasePart, {}));
  ROLECALL_TRY(execute_later(kSavepointPart, {}));
  ROLECALL_TRY(flush());
  part_ = {true, false};
  return {};
}

/// What is wrong with a part is told of it, and not of the next one.
Result<void> Session::end_part() { return is_part_request_ ? Result<void>{} : flush(); }

Result<void> Session::undo_part() {
  if (is_part_request_) return undo_request();
  forget();
  ROLECALL_TRY(execute(kRollbackToPart, {}));
  part_.is_dirty = false;
  return {};
}

Error Session::note_failure(store::DbError error) {
  last_error_ = std::move(error);
  if (is_doubtful(last_error_.kind)) is_broken_ = true;
  return store::to_error(last_error_);
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
