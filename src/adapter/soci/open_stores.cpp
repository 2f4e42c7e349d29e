#include "postgresql.hpp"
#include "refusal.hpp"
#include "rolecall/adapter/soci/postgresql_store.hpp"
#include "rolecall/adapter/soci/sqlite_store.hpp"
#include "sqlite.hpp"
#include "store.hpp"

namespace rolecall::adapter::soci {
namespace {

/// "postgresql://rolecall@db.example/rolecall" without what may be secret: user, password and settings.
std::string place_of(const std::string& address) {
  constexpr std::string_view kMark = "://";
  const auto mark = address.find(kMark);
  if (mark == std::string::npos) return "the configured address";
  std::string place = address.substr(mark + kMark.size());
  place = place.substr(0, place.find('?'));
  if (const auto at = place.rfind('@'); at != std::string::npos) place = place.substr(at + 1);
  return place;
}

}  // namespace

Refusal refusal_of(const SqliteOptions& options) {
  return {"The database " + options.path + " cannot be opened.",
          "Check that its directory exists, is writable, and that the file is a Rolecall database."};
}

Refusal refusal_of(const PostgresqlOptions& options) {
  return {
      "The database at " + place_of(options.address.expose()) + " cannot be opened.",
      "Check that the server runs, that the address and the password are right, and that the role may create tables "
      "there."};
}

Error open_failure(const Engine& engine, const Refusal& refusal) {
  store::DbError error = engine.current_error();
  error.statement = "open";
  Error failure = store::to_error(error);
  const std::string why = engine.why_refused();
  failure.detail = refusal.sentence + " " + (why.empty() ? refusal.advice : why);
  return failure;
}

std::string emptiness_of(const SqliteOptions& options) {
  return "There is no Rolecall database " + options.path + ". Is --data right?";
}

std::string emptiness_of(const PostgresqlOptions& options) {
  return "The database at " + place_of(options.address.expose()) + " holds nothing of Rolecall yet.";
}

Result<std::unique_ptr<store::Store>> open_sqlite_store(const SqliteOptions& options,
                                                        const std::vector<Migration>& migrations,
                                                        const TextFolder& folder, const Clock& clock) {
  auto writer = std::make_unique<SqliteEngine>(options.path, options.busy_timeout, SqliteEngine::Role::writer);
  StoreParts parts;
  parts.failure_beside = [&engine = *writer] { return engine.failure_beside(); };
  parts.reader = std::make_unique<SqliteEngine>(options.path, options.busy_timeout, SqliteEngine::Role::reader);
  parts.writer = std::move(writer);
  parts.migrations = migrations;
  parts.readers = options.readers;
  parts.write_queue = options.write_queue;
  parts.lease_timeout = options.lease_timeout;
  parts.on_fatal = options.on_fatal;
  parts.on_migration = options.on_migration;
  parts.refusal = refusal_of(options);
  return open_store(std::move(parts), folder, clock);
}

Result<std::unique_ptr<store::Store>> open_postgresql_store(const PostgresqlOptions& options,
                                                            const std::vector<Migration>& migrations,
                                                            const TextFolder& folder, const Clock& clock) {
  const PostgresqlEngine::Timeouts timeouts{options.statement_timeout, options.lock_timeout,
                                            options.idle_in_transaction_timeout};
  StoreParts parts;
  parts.reader = std::make_unique<PostgresqlEngine>(options.address.expose(), timeouts);
  parts.writer = std::make_unique<PostgresqlEngine>(options.address.expose(), timeouts);
  parts.migrations = migrations;
  parts.readers = options.readers;
  parts.write_queue = options.write_queue;
  parts.lease_timeout = options.lease_timeout;
  parts.on_migration = options.on_migration;
  parts.refusal = refusal_of(options);
  return open_store(std::move(parts), folder, clock);
}

}  // namespace rolecall::adapter::soci
