#include "rolecall/adapter/soci/sqlite_store.hpp"

#include "lease_pool.hpp"
#include "migrations.hpp"
#include "sqlite.hpp"
#include "transaction.hpp"
#include "unit_of_work.hpp"
#include "writer.hpp"

namespace rolecall::adapter::soci {
namespace {

constexpr Sql kIntegrity{"integrity_check", "SELECT integrity_check FROM pragma_integrity_check(100)", "t"};
constexpr Sql kForeignKeys{"foreign_key_check", "SELECT DISTINCT \"table\" FROM pragma_foreign_key_check", "t"};

Error failed_before() {
  store::DbError error;
  error.kind = store::DbError::Kind::connection;
  error.statement = "store_failed";
  return store::to_error(error);
}

class SqliteStore final : public store::Store {
 public:
  SqliteStore(const SqliteOptions& options, std::vector<Migration> migrations, const TextFolder& folder)
      : folder_(folder),
        migrations_(std::move(migrations)),
        reader_(options.path, options.busy_timeout, SqliteEngine::Role::reader),
        writer_engine_(options.path, options.busy_timeout, SqliteEngine::Role::writer),
        readers_(reader_, options.readers, options.lease_timeout) {}

  /// Opens the one writing session, brings the schema up to date with it, and hands it to the writer.
  [[nodiscard]] Result<void> open(const SqliteOptions& options, const Clock& clock) {
    std::unique_ptr<Session> session;
    try {
      session = std::make_unique<Session>(writer_engine_);
    } catch (...) {
      store::DbError error = writer_engine_.current_error();
      error.statement = "open";
      Error failure = store::to_error(error);
      failure.detail = "The database " + options.path +
                       " cannot be opened. Check that its directory exists, is writable, "
                       "and that the file is a Rolecall database.";
      return fail(std::move(failure));
    }
    ROLECALL_TRY(migrate(*session, migrations_, clock, options.on_migration));
    writer_ = std::make_unique<Writer>(writer_engine_, std::move(session), folder_,
                                       Writer::Options{options.write_queue, options.lease_timeout, options.on_fatal});
    return {};
  }

  [[nodiscard]] Result<void> read(const Work& work) override {
    if (writer_->has_failed()) return tl::unexpected<Error>(failed_before());
    ROLECALL_TRY_ASSIGN(Lease lease, readers_.lease());
    Session& session = lease.session();
    ROLECALL_TRY(session.execute(kBegin, {}));
    ROLECALL_TRY(run(work, session));
    // Nothing was written, so how it ends says nothing about what was read.
    if (!session.execute(kCommit, {})) static_cast<void>(session.execute(kRollback, {}));
    return {};
  }

  [[nodiscard]] Result<void> write(const Work& work) override { return writer_->write(work); }

  [[nodiscard]] Result<std::vector<std::string>> check() override {
    ROLECALL_TRY_ASSIGN(Lease lease, readers_.lease());
    ROLECALL_TRY_ASSIGN(auto findings, check_schema(lease.session(), migrations_));
    ROLECALL_TRY(lease.session().select(kIntegrity, {}, [&](Row& row) {
      if (row.view(0) != "ok") findings.push_back("The database file is damaged: " + row.text(0));
    }));
    ROLECALL_TRY(lease.session().select(kForeignKeys, {}, [&](Row& row) {
      findings.push_back("Rows of " + row.text(0) + " refer to rows that are gone.");
    }));
    return findings;
  }

 private:
  [[nodiscard]] Result<void> run(const Work& work, Session& session) const {
    try {
      UnitOfWork unit(session, folder_);
      return work(unit);
    } catch (const std::exception& exception) {
      return internal_error(std::string("exception in a unit of work: ") + exception.what());
    } catch (...) {
      return internal_error("exception in a unit of work");
    }
  }

  const TextFolder& folder_;
  const std::vector<Migration> migrations_;
  // In the order in which they need each other.
  SqliteEngine reader_;
  SqliteEngine writer_engine_;
  LeasePool readers_;
  std::unique_ptr<Writer> writer_;
};

}  // namespace

Result<std::unique_ptr<store::Store>> open_sqlite_store(const SqliteOptions& options,
                                                        const std::vector<Migration>& migrations,
                                                        const TextFolder& folder, const Clock& clock) {
  auto opened = std::make_unique<SqliteStore>(options, migrations, folder);
  ROLECALL_TRY(opened->open(options, clock));
  return std::unique_ptr<store::Store>(std::move(opened));
}

}  // namespace rolecall::adapter::soci
