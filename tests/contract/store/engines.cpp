#include <filesystem>
#include <utility>

#include "engine.hpp"
#include "postgresql_schema.hpp"
#include "rolecall/adapter/soci/postgresql_store.hpp"
#include "temp_directory.hpp"
#include "unit/scim/case_files.hpp"

namespace rolecall::contract {
namespace {

class SqliteFactory final : public StoreFactory {
 public:
  SqliteFactory(const TextFolder& folder, const Clock& clock) : folder_(folder), clock_(clock) {}

  std::vector<adapter::soci::Migration> migrations() const override { return shipped_migrations("db/sqlite/"); }
  Result<std::unique_ptr<store::Store>> open(const std::vector<adapter::soci::Migration>& migrations) override {
    adapter::soci::SqliteOptions options;
    options.path = (directory_.path() / "rolecall.db").string();
    return adapter::soci::open_sqlite_store(options, migrations, folder_, clock_);
  }

 private:
  const TextFolder& folder_;
  const Clock& clock_;
  TempDirectory directory_;
};

class PostgresqlFactory final : public StoreFactory {
 public:
  PostgresqlFactory(const TextFolder& folder, const Clock& clock) : folder_(folder), clock_(clock) {}

  std::vector<adapter::soci::Migration> migrations() const override { return shipped_migrations("db/postgresql/"); }
  Result<std::unique_ptr<store::Store>> open(const std::vector<adapter::soci::Migration>& migrations) override {
    adapter::soci::PostgresqlOptions options;
    options.address = Secret(schema_.address());
    return adapter::soci::open_postgresql_store(options, migrations, folder_, clock_);
  }

 private:
  const TextFolder& folder_;
  const Clock& clock_;
  PostgresqlSchema schema_;
};

template <typename Factory>
Engine engine(std::string name) {
  return {std::move(name),
          [](const TextFolder& folder, const Clock& clock) { return std::make_unique<Factory>(folder, clock); }};
}

}  // namespace

std::vector<adapter::soci::Migration> shipped_migrations(const std::string& directory) {
  std::vector<std::pair<std::string, std::string>> texts;
  const std::filesystem::path root(ROLECALL_SOURCE_DIR);
  for (const auto& file : std::filesystem::directory_iterator(root / directory)) {
    texts.emplace_back(directory + file.path().filename().string(), test::read_file(file.path()));
  }
  const std::vector<std::pair<std::string_view, std::string_view>> files(texts.begin(), texts.end());
  return adapter::soci::migrations_from(files, directory).value();
}

const std::vector<Engine>& engines() {
  static const std::vector<Engine> kEngines = [] {
    std::vector<Engine> all{engine<SqliteFactory>("Sqlite")};
    if (postgresql_address() != nullptr) all.push_back(engine<PostgresqlFactory>("Postgresql"));
    return all;
  }();
  return kEngines;
}

}  // namespace rolecall::contract
