#include "database.hpp"

#include <filesystem>

#include "config_values.hpp"
#include "rolecall/adapter/soci/archive.hpp"
#include "rolecall/adapter/soci/postgresql_store.hpp"
#include "rolecall/adapter/soci/sqlite_store.hpp"
#include "rolecall/app/embedded.hpp"

namespace rolecall::app {

Database database_of(const Configuration& configuration, const std::string& directory) {
  constexpr std::string_view kScheme = "sqlite:";
  const std::string& configured = configuration.text("storage.database");
  Database database;
  database.address = configuration.secret("storage.dsn");
  if (database.address.empty() && is_postgresql_address(configured)) database.address = Secret(configured);
  if (database.is_shared()) return database;
  // An absolute path stands for itself.
  database.path = configured.empty() ? directory + "/rolecall.db"
                                     : (std::filesystem::path(directory) / configured.substr(kScheme.size())).string();
  return database;
}

namespace {

Result<std::vector<adapter::soci::Migration>> embedded_migrations(std::string_view engine) {
  std::vector<std::pair<std::string_view, std::string_view>> files;
  for (const EmbeddedFile& file : embedded_files()) files.emplace_back(file.path, file.bytes);
  return adapter::soci::migrations_from(files, "db/" + std::string(engine) + "/");
}

}  // namespace

Result<std::unique_ptr<store::Store>> open_database(const Configuration& configuration, const Database& database,
                                                    std::function<void(std::string)> on_fatal, const TextFolder& folder,
                                                    const Clock& clock, log::Logger& log) {
  const std::string engine(database.engine());
  ROLECALL_TRY_ASSIGN(const auto migrations, embedded_migrations(engine));
  const auto on_migration = [&log, engine](const adapter::soci::Migration& migration) {
    log.emit(log::Event::migration_applied,
             {{"engine", engine}, {"number", migration.number}, {"name", migration.name}});
  };
  if (database.is_shared()) {
    adapter::soci::PostgresqlOptions options;
    options.address = database.address;
    options.readers = configuration.size("storage.readers");
    options.write_queue = configuration.size("storage.write_queue");
    options.lock_timeout = configuration.duration("storage.busy_timeout");
    options.lease_timeout = configuration.duration("storage.lease_timeout");
    options.statement_timeout = configuration.duration("storage.statement_timeout");
    options.on_migration = on_migration;
    return adapter::soci::open_postgresql_store(options, migrations, folder, clock);
  }
  adapter::soci::SqliteOptions options;
  options.path = database.path;
  options.readers = configuration.size("storage.readers");
  options.write_queue = configuration.size("storage.write_queue");
  options.busy_timeout = configuration.duration("storage.busy_timeout");
  options.lease_timeout = configuration.duration("storage.lease_timeout");
  options.on_fatal = std::move(on_fatal);
  options.on_migration = on_migration;
  return adapter::soci::open_sqlite_store(options, migrations, folder, clock);
}

Result<std::unique_ptr<store::Archive>> make_archive(const Configuration& configuration, const Database& database,
                                                     const TextFolder& folder, const Clock& clock) {
  adapter::soci::ArchiveMigrations migrations;
  ROLECALL_TRY_ASSIGN(migrations.sqlite, embedded_migrations("sqlite"));
  ROLECALL_TRY_ASSIGN(migrations.own, embedded_migrations(database.engine()));
  if (database.is_shared()) {
    adapter::soci::PostgresqlOptions options;
    options.address = database.address;
    options.lock_timeout = configuration.duration("storage.busy_timeout");
    return adapter::soci::make_postgresql_archive(options, std::move(migrations), folder, clock);
  }
  adapter::soci::SqliteOptions options;
  options.path = database.path;
  options.busy_timeout = configuration.duration("storage.busy_timeout");
  return adapter::soci::make_sqlite_archive(options, std::move(migrations), folder, clock);
}

}  // namespace rolecall::app
