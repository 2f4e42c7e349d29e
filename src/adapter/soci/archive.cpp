#include "rolecall/adapter/soci/archive.hpp"

#include <deque>
#include <filesystem>
#include <utility>

#include "archive_schema.hpp"
#include "archive_table.hpp"
#include "migrations.hpp"
#include "postgresql.hpp"
#include "refusal.hpp"
#include "sqlite.hpp"
#include "transaction.hpp"
#include "unit_of_work.hpp"

namespace rolecall::adapter::soci {
namespace {

/// Puts rows into the tables of a session.
class Filler final : public store::RowSink {
 public:
  Filler(Session& session, const store::ArchiveSchema& schema) : session_(session), schema_(schema) {
    for (const store::ArchiveTable& table : schema.tables) tables_.emplace_back(table);
  }

  [[nodiscard]] Result<void> must_be_empty() {
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      ROLECALL_TRY_ASSIGN(const bool is_empty, tables_[i].is_empty(session_));
      if (!is_empty) return not_empty();
    }
    return {};
  }

  [[nodiscard]] Result<void> row(std::size_t table, const store::Cells& cells) override {
    ++rows_;
    auto inserted = tables_[table].insert(session_, cells);
    if (inserted) return {};
    using Kind = store::DbError::Kind;
    const Kind kind = session_.last_error().kind;
    if (kind != Kind::unique && kind != Kind::foreign_key && kind != Kind::check) return inserted;
    return fail(ErrorCode::invalid_value, "Row " + std::to_string(rows_) + " of the archive, in " +
                                              schema_.tables[table].name +
                                              ", breaks a rule of the database: it was not written by this program.");
  }

  static tl::unexpected<Error> not_empty() {
    return fail(ErrorCode::conflict,
                "The database is not empty: what is in it would be mixed with the archive. Name another one, or remove "
                "it first.");
  }

 private:
  Session& session_;
  const store::ArchiveSchema& schema_;
  std::deque<ArchiveTable> tables_;
  std::int64_t rows_ = 0;
};

struct Parts {
  std::unique_ptr<Engine> reader;
  std::unique_ptr<Engine> writer;
  ArchiveMigrations migrations;
  std::function<bool()> is_there;
  Refusal refusal;
  std::string emptiness;
};

class SociArchive final : public store::Archive {
 public:
  SociArchive(Parts parts, const TextFolder& folder, const Clock& clock)
      : parts_(std::move(parts)), folder_(folder), clock_(clock) {}

  [[nodiscard]] Result<store::ArchiveSchema> schema(int version) const override {
    const std::size_t known = parts_.migrations.own.size();
    if (version < 1 || static_cast<std::size_t>(version) > known) {
      return fail(ErrorCode::conflict, "The archive has schema version " + std::to_string(version) +
                                           ", this program knows versions up to " + std::to_string(known) +
                                           ". Use the newer program that wrote it.");
    }
    return archive_schema(parts_.migrations.sqlite, version, clock_);
  }

  [[nodiscard]] Result<void> dump(const Begin& begin) override {
    if (!parts_.is_there()) return fail(ErrorCode::not_found, parts_.emptiness);
    ROLECALL_TRY_ASSIGN(const auto session, connect(*parts_.reader));
    ROLECALL_TRY(session->begin_read());
    ROLECALL_TRY_ASSIGN(const int version, schema_version(*session, parts_.migrations.own));
    if (version == 0) return fail(ErrorCode::not_found, parts_.emptiness);
    ROLECALL_TRY_ASSIGN(const auto of, schema(version));
    ROLECALL_TRY_ASSIGN(store::RowSink* const into, begin(of));
    // All of them as long as the session, which knows statements by their address.
    const std::deque<ArchiveTable> tables(of.tables.begin(), of.tables.end());
    for (std::size_t i = 0; i < tables.size(); ++i) {
      ROLECALL_TRY(tables[i].read(*session, [&](const store::Cells& cells) { return into->row(i, cells); }));
    }
    // Nothing was written, so how it ends says nothing about what was read.
    static_cast<void>(session->execute(kRollback, {}));
    return {};
  }

  [[nodiscard]] Result<void> load(int version, const Fill& fill, const store::Store::Work& afterwards) override {
    ROLECALL_TRY_ASSIGN(const auto of, schema(version));
    ROLECALL_TRY_ASSIGN(const auto session, connect(*parts_.writer));
    ROLECALL_TRY(session->begin_write());
    auto done = load_in(*session, of, fill, afterwards);
    if (done) {
      ROLECALL_TRY(session->execute(kCommit, {}));
      return {};
    }
    // The reason is worth more than how the way back went; the session ends with it anyway.
    static_cast<void>(session->execute(kRollback, {}));
    return done;
  }

 private:
  [[nodiscard]] Result<std::unique_ptr<Session>> connect(const Engine& engine) const {
    try {
      return std::make_unique<Session>(engine);
    } catch (...) {
      return fail(open_failure(engine, parts_.refusal));
    }
  }

  [[nodiscard]] Result<void> load_in(Session& session, const store::ArchiveSchema& of, const Fill& fill,
                                     const store::Store::Work& afterwards) const {
    const auto& own = parts_.migrations.own;
    ROLECALL_TRY_ASSIGN(const int there, schema_version(session, own));
    // Tables of a newer schema than the archive's take no rows of it, also while they are empty.
    if (there > of.version) return Filler::not_empty();
    ROLECALL_TRY(apply_migrations(session, own, of.version, clock_, {}));
    Filler filler(session, of);
    ROLECALL_TRY(filler.must_be_empty());
    ROLECALL_TRY(fill(filler));
    ROLECALL_TRY(apply_migrations(session, own, static_cast<int>(own.size()), clock_, {}));
    UnitOfWork unit(session, folder_);
    return afterwards(unit);
  }

  const Parts parts_;
  const TextFolder& folder_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<store::Archive> make_sqlite_archive(const SqliteOptions& options, ArchiveMigrations migrations,
                                                    const TextFolder& folder, const Clock& clock) {
  Parts parts;
  parts.reader = std::make_unique<SqliteEngine>(options.path, options.busy_timeout, SqliteEngine::Role::reader);
  parts.writer = std::make_unique<SqliteEngine>(options.path, options.busy_timeout, SqliteEngine::Role::writer);
  parts.migrations = std::move(migrations);
  parts.is_there = [path = options.path] {
    std::error_code error;
    return std::filesystem::exists(path, error);
  };
  parts.refusal = refusal_of(options);
  parts.emptiness = emptiness_of(options);
  return std::make_unique<SociArchive>(std::move(parts), folder, clock);
}

std::unique_ptr<store::Archive> make_postgresql_archive(const PostgresqlOptions& options, ArchiveMigrations migrations,
                                                        const TextFolder& folder, const Clock& clock) {
  // A reader of the dump may be slow, and an index over everything takes its time.
  constexpr std::chrono::milliseconds kUnlimited{0};
  const PostgresqlEngine::Timeouts timeouts{kUnlimited, options.lock_timeout, kUnlimited};
  Parts parts;
  parts.reader = std::make_unique<PostgresqlEngine>(options.address.expose(), timeouts);
  parts.writer = std::make_unique<PostgresqlEngine>(options.address.expose(), timeouts);
  parts.migrations = std::move(migrations);
  parts.is_there = [] { return true; };
  parts.refusal = refusal_of(options);
  parts.emptiness = emptiness_of(options);
  return std::make_unique<SociArchive>(std::move(parts), folder, clock);
}

}  // namespace rolecall::adapter::soci
