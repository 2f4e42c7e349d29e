#include "open_store.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "rolecall/adapter/soci/postgresql_store.hpp"

namespace rolecall::testing_support {
namespace {

/// A store that keeps its schema, which goes with the last one that does.
class StoreInSchema final : public store::Store {
 public:
  StoreInSchema(std::shared_ptr<contract::PostgresqlSchema> schema, const TextFolder& folder, const Clock& clock)
      : schema_(std::move(schema)) {
    adapter::soci::PostgresqlOptions options;
    options.address = Secret(schema_->address());
    options.readers = 2;
    store_ = opened(adapter::soci::open_postgresql_store(options, migrations_of("db/postgresql/"), folder, clock));
  }
  Result<void> read(const Work& work) override { return store_->read(work); }
  Result<void> write(const Work& work) override { return store_->write(work); }
  Result<std::vector<std::string>> check() override { return store_->check(); }

 private:
  std::shared_ptr<contract::PostgresqlSchema> schema_;
  std::unique_ptr<store::Store> store_;
};

}  // namespace

std::vector<adapter::soci::Migration> migrations_of(const std::string& directory) {
  std::vector<std::pair<std::string, std::string>> texts;
  for (const auto& file : std::filesystem::directory_iterator(std::string(ROLECALL_SOURCE_DIR) + "/" + directory)) {
    std::ostringstream text;
    text << std::ifstream(file.path()).rdbuf();
    texts.emplace_back(directory + file.path().filename().string(), text.str());
  }
  const std::vector<std::pair<std::string_view, std::string_view>> files(texts.begin(), texts.end());
  return adapter::soci::migrations_from(files, directory).value();
}

std::unique_ptr<store::Store> opened(Result<std::unique_ptr<store::Store>> result) {
  if (!result) throw std::runtime_error(result.error().detail + result.error().note);
  return std::move(*result);
}

std::unique_ptr<store::Store> open_sqlite(const std::filesystem::path& directory, const TextFolder& folder,
                                          const Clock& clock) {
  adapter::soci::SqliteOptions options;
  options.path = (directory / "rolecall.db").string();
  return opened(adapter::soci::open_sqlite_store(options, migrations_of("db/sqlite/"), folder, clock));
}

std::unique_ptr<store::Store> open_postgresql(const std::filesystem::path&, const TextFolder& folder,
                                              const Clock& clock) {
  return std::make_unique<StoreInSchema>(std::make_shared<contract::PostgresqlSchema>(), folder, clock);
}

std::unique_ptr<store::Store> open_store(const std::filesystem::path& directory, const TextFolder& folder,
                                         const Clock& clock) {
  return contract::postgresql_address() != nullptr ? open_postgresql(directory, folder, clock)
                                                   : open_sqlite(directory, folder, clock);
}

std::unique_ptr<store::Store> TestDatabase::open(const std::filesystem::path& directory, const TextFolder& folder,
                                                 const Clock& clock) {
  if (is_sqlite_ || contract::postgresql_address() == nullptr) return open_sqlite(directory, folder, clock);
  if (schema_ == nullptr) schema_ = std::make_shared<contract::PostgresqlSchema>();
  return std::make_unique<StoreInSchema>(schema_, folder, clock);
}

}  // namespace rolecall::testing_support
