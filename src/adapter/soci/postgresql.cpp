#include "postgresql.hpp"

#include <libpq-fe.h>

#include <optional>
#include <string_view>

#include "postgresql_later.hpp"

#include "soci/postgresql/soci-postgresql.h"
#include "soci/soci.h"

namespace rolecall::adapter::soci {
namespace {

using Kind = store::DbError::Kind;

constexpr Sql kBeginRead{"begin_read", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
/// One writer at a time, over all replicas: what it decides by what it has read still holds when it commits, as on
/// SQLite. Installations in other schemas of the database take turns of their own. The first key is ours alone; another
/// program that uses this database may not take it. The savepoint is that of the first request; all on one way to the
/// server.
const std::string kTurn = "SELECT pg_advisory_xact_lock(1380928332, hashtext(current_schema()))";
const std::string kBeginWrite = "BEGIN ISOLATION LEVEL READ COMMITTED; SAVEPOINT request; " + kTurn;
/// The transaction's own number would be known without a row, by txid_status; but a server that crashed gives numbers
/// that had not reached its log once more, and then says of a transaction that it lost what became of another one.
constexpr Sql kMark{"writers.mark",
                    "INSERT INTO writers (id, number, seen) VALUES (?, ?, EXTRACT(EPOCH FROM now()) * 1000000) "
                    "ON CONFLICT (id) DO UPDATE SET number = EXCLUDED.number, seen = EXCLUDED.seen"};
/// For a week: no COMMIT waits longer for its answer.
constexpr Sql kOldWriters{"writers.remove_old",
                          "DELETE FROM writers WHERE seen < (EXTRACT(EPOCH FROM now()) - 604800) * 1000000"};
constexpr Sql kMigrationsTable{
    "schema_migrations.exists",
    "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_migrations'", "n"};
constexpr Sql kInvalidIndexes{"invalid_indexes",
                              "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
                              "JOIN pg_namespace n ON n.oid = c.relnamespace "
                              "WHERE n.nspname = current_schema() AND NOT i.indisvalid ORDER BY c.relname",
                              "t"};

/// Tables with as many rows as autovacuum wants to see (autovacuum_analyze_threshold), which nobody has looked at yet.
constexpr Sql kUnknownTables{"unknown_tables",
                             "SELECT c.relname FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid "
                             "WHERE s.schemaname = current_schema() AND c.reltuples < 0 AND s.n_live_tup >= 50",
                             "t"};

/// SOCI's library keeps the type information of its classes to itself, which that one check would link against.
__attribute__((no_sanitize("vptr"))) PGconn* handle_of(::soci::session& session) {
  return static_cast<::soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

/// Empty when it cannot be asked for. Not by SOCI, whose `into` needs type information that it keeps as well.
std::string setting_of(::soci::session& session, const std::string& name) {
  const Answer answer(PQexec(handle_of(session), ("SHOW " + name).c_str()), &PQclear);
  return PQresultStatus(answer.get()) == PGRES_TUPLES_OK ? PQgetvalue(answer.get(), 0, 0) : "";
}

bool is_in_class(std::string_view state, std::string_view wanted) { return state.substr(0, 2) == wanted; }

/// https://www.postgresql.org/docs/15/errcodes-appendix.html
Kind kind_of(std::string_view state) {
  // Every error of the server has a code; one without is libpq's own, which lost the server.
  if (state.find_first_not_of(' ') == std::string_view::npos) return Kind::connection;
  if (state == "23505") return Kind::unique;
  if (state == "23503") return Kind::foreign_key;
  if (is_in_class(state, "23")) return Kind::check;
  if (state == "40001" || state == "40P01") return Kind::serialization;
  if (state == "55P03") return Kind::busy;
  if (state == "57014") return Kind::timeout;
  // 25006: a standby that is taken for the primary. 53300: too many connections.
  if (is_in_class(state, "08") || state.substr(0, 4) == "57P0" || state == "25006" || state == "53300" ||
      state == "25P03") {
    return Kind::connection;
  }
  if (is_in_class(state, "53")) return Kind::full;
  if (is_in_class(state, "XX") || is_in_class(state, "58")) return Kind::corrupt;
  return Kind::other;
}

/// What SQLite calls the last column of the index that was violated, so that one table has the words for both.
struct Named {
  std::string_view index;
  std::string_view column;
};
constexpr Named kUnique[] = {{"resources_by_key", "resources.unique_scope"},
                             {"resources_pkey", "resources.id"},
                             {"unique_values_pkey", "unique_values.key"},
                             {"roles_by_name", "roles.name_key"},
                             {"connections_by_name", "connections.name"},
                             {"workspaces_by_name", "workspaces.name"},
                             {"links_by_group", "links.role"}};

/// The name of the constraint is in the message alone, between the first quotes; what comes after holds values.
std::string constraint_in(std::string_view message) {
  const auto begin = message.find('"');
  if (begin == std::string_view::npos) return {};
  const std::string_view name = message.substr(begin + 1, message.find('"', begin + 1) - begin - 1);
  for (const Named& known : kUnique) {
    if (known.index == name) return std::string(known.column);
  }
  return {};
}

/// A setting of the connection, unless the address has it.
void add_setting(std::string& address, std::string_view name, std::string_view value) {
  const auto query = address.find('?');
  const std::string key = std::string(name) + "=";
  if (query != std::string::npos) {
    for (auto place = query; place != std::string::npos; place = address.find('&', place + 1)) {
      if (address.compare(place + 1, key.size(), key) == 0) return;
    }
  }
  address += (query == std::string::npos ? "?" : "&") + key + std::string(value);
}

std::string milliseconds(std::chrono::milliseconds duration) { return std::to_string(duration.count()); }

}  // namespace

store::DbError error_of(const PGresult* answer) {
  store::DbError error;
  const char* state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
  if (state != nullptr) error.sql_state = state;
  error.kind = kind_of(error.sql_state);
  if (error.kind == Kind::unique) error.constraint = constraint_in(PQresultErrorMessage(answer));
  return error;
}

std::unique_ptr<::soci::session> PostgresqlEngine::connect() const {
  std::string address = address_;
  add_setting(address, "application_name", "rolecall");
  add_setting(address, "connect_timeout", "5");
  add_setting(address, "client_encoding", "UTF8");
  // A primary that vanishes without a word is noticed in a few seconds.
  add_setting(address, "keepalives_idle", "5");
  add_setting(address, "keepalives_interval", "2");
  add_setting(address, "keepalives_count", "3");
  add_setting(address, "tcp_user_timeout", "10000");
  // After a failover the address may lead to a standby for a while.
  add_setting(address, "target_session_attrs", "read-write");
  auto session = std::make_unique<::soci::session>(::soci::postgresql, address);
  *session << "SET TIME ZONE 'UTC'";
  *session << "SET statement_timeout = " + milliseconds(timeouts_.statement);
  *session << "SET lock_timeout = " + milliseconds(timeouts_.lock);
  *session << "SET idle_in_transaction_session_timeout = " + milliseconds(timeouts_.idle_in_transaction);
  // What was acknowledged is durable, whatever the server's default; stricter settings are left alone.
  if (setting_of(*session, "synchronous_commit") == "off") *session << "SET synchronous_commit = on";
  return session;
}

store::DbError PostgresqlEngine::current_error() const {
  store::DbError error;
  try {
    throw;
  } catch (const ::soci::postgresql_soci_error& exception) {
    error.sql_state = exception.sqlstate();
    error.kind = kind_of(error.sql_state);
    if (error.kind == Kind::unique) error.constraint = constraint_in(exception.get_error_message());
  } catch (const ::soci::soci_error& exception) {
    const bool is_lost = exception.get_error_category() == ::soci::soci_error::connection_error;
    error.kind = is_lost ? Kind::connection : Kind::other;
  } catch (...) {
    error.kind = Kind::other;
  }
  return error;
}

/// libpq and the server say it in words alone, which hold names and addresses; ours do not.
std::string PostgresqlEngine::why_refused() const {
  struct Reason {
    std::string_view said;
    const char* sentence;
  };
  constexpr Reason kReasons[] = {
      {"certificate verify failed",
       "The certificate of the server is not accepted: it is not signed by an authority in the file of sslrootcert, or "
       "not valid now."},
      {"does not match host name",
       "The certificate of the server is for another name than the host of the address (sslmode=verify-full)."},
      {"root certificate file", "The file of sslrootcert, which sslmode needs, is not there or is none."},
      {"server does not support SSL", "The server does not offer TLS, which sslmode asks for."},
      {"no pg_hba.conf entry", "The server lets nobody in by this address, as this role, in this way (pg_hba.conf)."},
      {"authentication failed", "The server refuses the role or its password."},
      {"no password supplied", "The server wants a password, and the address has none."},
      {"session is read-only", "Only a standby answers there, which takes no writes."},
      {"server is in hot standby mode", "Only a standby answers there, which takes no writes."},
      {"could not translate host name", "The name of the host is not known."},
      {"Connection refused", "Nothing listens there."},
  };
  try {
    throw;
  } catch (const std::exception& exception) {
    const std::string_view message = exception.what();
    for (const Reason& reason : kReasons) {
      if (message.find(reason.said) != std::string_view::npos) return reason.sentence;
    }
  } catch (...) {
  }
  return {};
}

bool PostgresqlEngine::is_in_transaction(::soci::session& session) const {
  const auto status = PQtransactionStatus(handle_of(session));
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

bool PostgresqlEngine::is_aborted(::soci::session& session) const {
  return PQtransactionStatus(handle_of(session)) == PQTRANS_INERROR;
}

Result<void> PostgresqlEngine::begin_read(Session& session) const {
  ROLECALL_TRY(session.execute(kBeginRead, {}));
  return {};
}

Result<void> PostgresqlEngine::begin_write(Session& session) const {
  const Answer answer(PQexec(handle_of(session.native()), kBeginWrite.c_str()), &PQclear);
  if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK) {
    store::DbError error = error_of(answer.get());
    error.statement = "begin_write";
    return tl::unexpected<Error>(session.note_failure(std::move(error)));
  }
  session.note_request();
  return {};
}

const Sql* PostgresqlEngine::mark_statement() const { return &kMark; }

std::unique_ptr<LaterRunner> PostgresqlEngine::later_runner(::soci::session& session) const {
  return std::make_unique<PostgresqlLater>(handle_of(session));
}

/// Whoever wrote it had the writers' turn until it was over. The second statement sees what was committed until then.
Result<bool> PostgresqlEngine::was_committed(Session& session, const WriteMark& mark) const {
  const std::string text =
      kTurn + "; SELECT 1 FROM writers WHERE id = '" + mark.writer + "' AND number = " + std::to_string(mark.number);
  const Answer answer(PQexec(handle_of(session.native()), text.c_str()), &PQclear);
  if (PQresultStatus(answer.get()) == PGRES_TUPLES_OK) return PQntuples(answer.get()) > 0;
  store::DbError error = error_of(answer.get());
  error.statement = "was_committed";
  return tl::unexpected<Error>(session.note_failure(std::move(error)));
}

Result<void> PostgresqlEngine::run_script(::soci::session& session, const std::string& script) const {
  const Answer result(PQexec(handle_of(session), script.c_str()), &PQclear);
  const auto status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
  // The script is ours, so its message names tables and not data.
  return internal_error("database script failed: " + std::string(PQerrorMessage(handle_of(session))));
}

const Sql& PostgresqlEngine::migrations_table() const { return kMigrationsTable; }

/// :v1, :v2, …, which SOCI makes $1, $2, … of. It would take those as they are too, and then lose every error on the
/// way to name the values in it. A quoted `?` stays.
std::string PostgresqlEngine::with_marks(const std::string& sql) const {
  std::string marked;
  marked.reserve(sql.size() + 16);
  int count = 0;
  bool is_quoted = false;
  for (const char c : sql) {
    is_quoted = is_quoted != (c == '\'');
    if (c == '?' && !is_quoted) {
      marked += ":v" + std::to_string(++count);
    } else {
      marked += c;
    }
  }
  return marked;
}

Result<std::vector<std::string>> PostgresqlEngine::damage(Session& session) const {
  std::vector<std::string> found;
  ROLECALL_TRY(session.select(kInvalidIndexes, {}, [&](Row& row) {
    found.push_back("The index " + row.text(0) + " is not valid: REINDEX it.");
  }));
  return found;
}

/// Without statistics any index that begins with the workspace seems as good as the one that is meant, and the plan
/// that was made for an empty table stays while it grows: a first import walked through all users for each of them
/// (5,000 members of a new group: 36 s instead of 6 s). Autovacuum comes by once a minute.
void PostgresqlEngine::tend(Session& session) const {
  static_cast<void>(session.execute(kOldWriters, {}));
  std::string tables;
  const auto found =
      session.select(kUnknownTables, {}, [&](Row& row) { tables += (tables.empty() ? "" : ", ") + row.text(0); });
  if (!found || tables.empty()) return;
  static_cast<void>(run_script(session.native(), "ANALYZE (SKIP_LOCKED) " + tables));
}

}  // namespace rolecall::adapter::soci
