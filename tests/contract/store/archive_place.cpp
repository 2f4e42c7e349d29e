#include "archive_place.hpp"

#include <sqlite3.h>

#include "postgresql_schema.hpp"
#include "rolecall/adapter/soci/postgresql_store.hpp"
#include "temp_directory.hpp"

namespace rolecall::contract {
namespace {

using adapter::soci::Migration;
using Columns = std::map<std::string, std::set<std::string>>;

class SqlitePlace final : public ArchivePlace {
 public:
  SqlitePlace(const TextFolder& folder, const Clock& clock) : folder_(folder), clock_(clock) {}

  std::vector<Migration> migrations() const override { return shipped_migrations("db/sqlite/"); }
  Result<std::unique_ptr<store::Store>> open(const std::vector<Migration>& migrations) override {
    return adapter::soci::open_sqlite_store(options(), migrations, folder_, clock_);
  }
  std::unique_ptr<store::Archive> archive(const std::vector<Migration>& migrations) override {
    return adapter::soci::make_sqlite_archive(options(), {migrations, migrations}, folder_, clock_);
  }
  Columns columns() override {
    Columns found;
    sqlite3* opened = nullptr;
    sqlite3_open(options().path.c_str(), &opened);
    const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database(opened, &sqlite3_close);
    const auto keep = [](void* into, int, char** values, char**) {
      (*static_cast<Columns*>(into))[values[0]].insert(values[1]);
      return 0;
    };
    sqlite3_exec(opened,
                 "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_xinfo(m.name) c WHERE m.type = 'table'",
                 keep, &found, nullptr);
    return found;
  }

 private:
  [[nodiscard]] adapter::soci::SqliteOptions options() const {
    adapter::soci::SqliteOptions options;
    options.path = (directory_.path() / "rolecall.db").string();
    return options;
  }

  const TextFolder& folder_;
  const Clock& clock_;
  TempDirectory directory_;
};

class PostgresqlPlace final : public ArchivePlace {
 public:
  PostgresqlPlace(const TextFolder& folder, const Clock& clock) : folder_(folder), clock_(clock) {}

  std::vector<Migration> migrations() const override { return shipped_migrations("db/postgresql/"); }
  Result<std::unique_ptr<store::Store>> open(const std::vector<Migration>& migrations) override {
    return adapter::soci::open_postgresql_store(options(), migrations, folder_, clock_);
  }
  std::unique_ptr<store::Archive> archive(const std::vector<Migration>& migrations) override {
    // What a test puts behind the shipped ones is the same text for both.
    auto sqlite = shipped_migrations("db/sqlite/");
    for (std::size_t i = sqlite.size(); i < migrations.size(); ++i) sqlite.push_back(migrations[i]);
    return adapter::soci::make_postgresql_archive(options(), {sqlite, migrations}, folder_, clock_);
  }
  Columns columns() override {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> server(PQconnectdb(schema_.address().c_str()), &PQfinish);
    const std::unique_ptr<PGresult, decltype(&PQclear)> rows(
        PQexec(server.get(),
               "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"),
        &PQclear);
    Columns found;
    for (int i = 0; i < PQntuples(rows.get()); ++i) {
      found[PQgetvalue(rows.get(), i, 0)].insert(PQgetvalue(rows.get(), i, 1));
    }
    return found;
  }

 private:
  [[nodiscard]] adapter::soci::PostgresqlOptions options() const {
    adapter::soci::PostgresqlOptions options;
    options.address = Secret(schema_.address());
    return options;
  }

  const TextFolder& folder_;
  const Clock& clock_;
  PostgresqlSchema schema_;
};

template <typename Place>
ArchiveEngine engine(std::string name) {
  return {std::move(name),
          [](const TextFolder& folder, const Clock& clock) { return std::make_unique<Place>(folder, clock); }};
}

}  // namespace

const std::vector<ArchiveEngine>& archive_engines() {
  static const std::vector<ArchiveEngine> kEngines = [] {
    std::vector<ArchiveEngine> all{engine<SqlitePlace>("Sqlite")};
    if (postgresql_address() != nullptr) all.push_back(engine<PostgresqlPlace>("Postgresql"));
    return all;
  }();
  return kEngines;
}

}  // namespace rolecall::contract
