#include "database.hpp"

#include <filesystem>

#include "config_values.hpp"
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

Result<std::unique_ptr<store::Store>> open_database(const Configuration& configuration, const Database& database,
                                                    std::function<void(std::string)> on_fatal, const TextFolder& folder,
                                                    const Clock& clock, log::Logger& log) {
  std::vector<std::pair<std::string_view, std::string_view>> files;
  for (const EmbeddedFile& file : embedded_files()) files.emplace_back(file.path, file.bytes);
  const std::string engine(database.engine());
  ROLECALL_TRY_ASSIGN(const auto migrations, adapter::soci::migrations_from(files, "db/" + engine + "/"));
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

}  // namespace rolecall::app
