#include "sqlite.hpp"

#include <chrono>
#include <thread>

#include "soci/soci.h"
#include "soci/sqlite3/soci-sqlite3.h"

namespace rolecall::adapter::soci {
namespace {

namespace api = sqlite_api;
using Kind = store::DbError::Kind;

constexpr Sql kBegin{"begin", "BEGIN"};
constexpr Sql kBeginImmediate{"begin_immediate", "BEGIN IMMEDIATE"};
constexpr Sql kMigrationsTable{"schema_migrations.exists",
                               "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'",
                               "n"};
constexpr Sql kIntegrity{"integrity_check", "SELECT integrity_check FROM pragma_integrity_check(100)", "t"};
constexpr Sql kForeignKeys{"foreign_key_check", "SELECT DISTINCT \"table\" FROM pragma_foreign_key_check", "t"};

/// SOCI's library keeps the type information of its classes to itself, which that one check would link against.
__attribute__((no_sanitize("vptr"))) api::sqlite3* handle_of(::soci::session& session) {
  return static_cast<::soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

/// Statistics of the allocator are a lock that all connections share. Must come before the library's first use.
void set_up_library() {
  static const bool done = [] {
    api::sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return true;
  }();
  static_cast<void>(done);
}

/// SOCI takes a string without `=` for the name of the file, and others for options, in which quotes keep spaces and
/// nothing escapes a quote.
std::string connect_string(const std::string& path) {
  if (path.find('=') == std::string::npos) return path;
  if (path.find('"') != std::string::npos) throw ::soci::soci_error("a path with both = and a quote");
  return "db=\"" + path + "\"";
}

Kind kind_of(int code) {
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return Kind::unique;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return Kind::foreign_key;
    default:
      break;
  }
  if (code == SQLITE_IOERR_SHMSIZE) return Kind::full;
  switch (code & 0xFF) {
    case SQLITE_CONSTRAINT:
      return Kind::check;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Kind::busy;
    case SQLITE_INTERRUPT:
      return Kind::timeout;
    case SQLITE_FULL:
      return Kind::full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Kind::corrupt;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
      return Kind::connection;
    default:
      return Kind::other;
  }
}

/// "UNIQUE constraint failed: roles.workspace, roles.name_key" → "roles.name_key". SQLite names columns there and no
/// values; the last one tells our unique keys apart.
std::string constraint_in(const std::string& message) {
  constexpr std::string_view kMark = "constraint failed: ";
  const auto mark = message.find(kMark);
  if (mark == std::string::npos) return {};
  const auto last = message.find_last_of(' ');
  std::string name = message.substr(last + 1);
  for (const char c : name) {
    const bool is_name = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    if (!is_name) return {};
  }
  return name;
}

/// 16 MB of log between checkpoints: a page that many commits change is copied back once.
constexpr int kLogPages = 4000;

bool is_lost(int code) {
  const int primary = code & 0xFF;
  // A full disk also shows as a log's index that cannot grow.
  return (primary == SQLITE_IOERR && code != SQLITE_IOERR_SHMSIZE) || primary == SQLITE_CORRUPT ||
         primary == SQLITE_NOTADB;
}

/// After a commit: what SQLite's own checkpoint does, which keeps to itself that the disk failed. A full one is no
/// failure: the log holds everything, and is copied when there is room.
int checkpoint(void* failure, api::sqlite3* handle, const char* database, int pages) {
  if (pages < kLogPages) return SQLITE_OK;
  const int code = api::sqlite3_wal_checkpoint_v2(handle, database, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (is_lost(code)) static_cast<std::atomic<int>*>(failure)->store(code);
  return SQLITE_OK;
}

/// Two that turn a new file over at once would wait for each other, so SQLite refuses one without waiting at all.
void turn_on_wal(::soci::session& session, std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds kPause{5};
  for (auto waited = kPause;; waited += kPause) {
    try {
      session << "PRAGMA journal_mode = WAL";
      return;
    } catch (const ::soci::sqlite3_soci_error& error) {
      if (kind_of(error.result()) != Kind::busy || waited > patience) throw;
    }
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace

std::unique_ptr<::soci::session> SqliteEngine::connect() const {
  set_up_library();
  auto session = std::make_unique<::soci::session>(::soci::sqlite3, connect_string(path_));
  api::sqlite3* const handle = handle_of(*session);
  api::sqlite3_extended_result_codes(handle, 1);
  api::sqlite3_busy_timeout(handle, static_cast<int>(busy_timeout_.count()));
  // Views and triggers of a file somebody else wrote may call no function with side effects.
  api::sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  api::sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  turn_on_wal(*session, busy_timeout_);
  *session << "PRAGMA synchronous = FULL";
  *session << "PRAGMA foreign_keys = ON";
  *session << "PRAGMA temp_store = MEMORY";
  if (role_ == Role::writer) {
    *session << "PRAGMA cache_size = -65536";
    api::sqlite3_wal_hook(handle, checkpoint, &failed_checkpoint_);
    *session << "PRAGMA journal_size_limit = 67108864";
  } else {
    *session << "PRAGMA cache_size = -16384";
    *session << "PRAGMA mmap_size = 268435456";
    *session << "PRAGMA query_only = ON";
  }
  return session;
}

store::DbError SqliteEngine::current_error() const {
  store::DbError error;
  try {
    throw;
  } catch (const ::soci::sqlite3_soci_error& exception) {
    error.native_code = exception.result();
    error.kind = kind_of(error.native_code);
    if (error.kind == Kind::unique) error.constraint = constraint_in(exception.get_error_message());
  } catch (...) {
    error.kind = Kind::other;
  }
  return error;
}

bool SqliteEngine::is_in_transaction(::soci::session& session) const {
  return api::sqlite3_get_autocommit(handle_of(session)) == 0;
}

Result<void> SqliteEngine::begin_read(Session& session) const {
  ROLECALL_TRY(session.execute(kBegin, {}));
  return {};
}

Result<void> SqliteEngine::begin_write(Session& session) const {
  ROLECALL_TRY(session.execute(kBeginImmediate, {}));
  return {};
}

const Sql& SqliteEngine::migrations_table() const { return kMigrationsTable; }

Result<std::vector<std::string>> SqliteEngine::damage(Session& session) const {
  std::vector<std::string> found;
  ROLECALL_TRY(session.select(kIntegrity, {}, [&](Row& row) {
    if (row.view(0) != "ok") found.push_back("The database file is damaged: " + row.text(0));
  }));
  ROLECALL_TRY(session.select(kForeignKeys, {}, [&](Row& row) {
    found.push_back("Rows of " + row.text(0) + " refer to rows that are gone.");
  }));
  return found;
}

Result<void> SqliteEngine::run_script(::soci::session& session, const std::string& script) const {
  const int code = api::sqlite3_exec(handle_of(session), script.c_str(), nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  // The script is ours, so its message names tables and not data.
  return internal_error("database script failed: " + std::string(api::sqlite3_errmsg(handle_of(session))));
}

bool SqliteEngine::is_fatal(const store::DbError& error) const { return is_lost(error.native_code); }

std::string SqliteEngine::failure_beside() const {
  const int code = failed_checkpoint_.exchange(0);
  return code == 0 ? std::string() : "database: the log could not be copied, code " + std::to_string(code);
}

}  // namespace rolecall::adapter::soci
