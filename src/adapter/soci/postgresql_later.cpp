#include "postgresql_later.hpp"

#include <memory>

#include "postgresql.hpp"

namespace rolecall::adapter::soci {
namespace {

/// Rows of one statement: its texts stay few when their numbers are powers of two.
constexpr std::size_t kMostRows = 64;

using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

/// $1, $2, … for each `?` that is not quoted.
std::string with_numbers(const std::string& sql) {
  std::string marked;
  int count = 0;
  bool is_quoted = false;
  for (const char c : sql) {
    is_quoted = is_quoted != (c == '\'');
    if (c == '?' && !is_quoted) {
      marked += '$' + std::to_string(++count);
    } else {
      marked += c;
    }
  }
  return marked;
}

store::DbError lost(const Sql* sql) {
  store::DbError error;
  error.kind = store::DbError::Kind::connection;
  if (sql != nullptr) error.statement = sql->id;
  return error;
}

}  // namespace

std::optional<store::DbError> PostgresqlLater::run(const std::vector<LaterStatement>& statements) {
  if (PQenterPipelineMode(connection_) != 1) return lost(nullptr);
  std::vector<Sent> sent;
  bool is_sent = true;
  for (const LaterStatement& statement : statements) is_sent = is_sent && send(statement, sent);
  is_sent = is_sent && PQpipelineSync(connection_) == 1;
  if (!is_sent) return lost(statements.front().sql);
  std::optional<store::DbError> failed;
  for (const Sent& one : sent) read(one, failed);
  const Answer end(PQgetResult(connection_), &PQclear);
  if (PQresultStatus(end.get()) != PGRES_PIPELINE_SYNC || PQexitPipelineMode(connection_) != 1) {
    // What else it was does not matter: nobody knows what the next answer would belong to.
    return lost(statements.front().sql);
  }
  return failed;
}

bool PostgresqlLater::send(const LaterStatement& statement, std::vector<Sent>& sent) {
  std::size_t first = 0;
  for (std::size_t rows = kMostRows; rows > 0; rows /= 2) {
    for (; statement.rows - first >= rows; first += rows) {
      if (!send_rows(statement, first, rows, sent)) return false;
    }
  }
  return true;
}

bool PostgresqlLater::send_rows(const LaterStatement& statement, std::size_t first, std::size_t rows,
                                std::vector<Sent>& sent) {
  const std::string text = with_rows(*statement.sql, rows);
  auto prepared = prepared_.find(text);
  if (prepared == prepared_.end()) {
    prepared = prepared_.emplace(text, "later_" + std::to_string(++names_)).first;
    sent.push_back({statement.sql, prepared->second});
    if (PQsendPrepare(connection_, prepared->second.c_str(), with_numbers(text).c_str(), 0, nullptr) != 1) return false;
  }
  const std::size_t width = statement.values.size() / statement.rows;
  std::vector<const char*> values;
  values.reserve(width * rows);
  for (std::size_t i = first * width; i < (first + rows) * width; ++i) {
    values.push_back(statement.values[i] ? statement.values[i]->c_str() : nullptr);
  }
  sent.push_back({statement.sql, {}});
  return PQsendQueryPrepared(connection_, prepared->second.c_str(), static_cast<int>(values.size()), values.data(),
                             nullptr, nullptr, 0) == 1;
}

void PostgresqlLater::read(const Sent& sent, std::optional<store::DbError>& failed) {
  const Answer answer(PQgetResult(connection_), &PQclear);
  const auto status = PQresultStatus(answer.get());
  if (answer) Answer(PQgetResult(connection_), &PQclear).reset();  // the mark of its end
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
  if (!sent.preparation.empty()) {
    std::erase_if(prepared_, [&](const auto& entry) { return entry.second == sent.preparation; });
  }
  if (status == PGRES_PIPELINE_ABORTED || failed) return;
  failed = error_of(answer.get());
  failed->statement = sent.sql->id;
}

}  // namespace rolecall::adapter::soci
