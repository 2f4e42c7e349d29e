#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "contract/store/postgresql_schema.hpp"
#include "rolecall/adapter/soci/sqlite_store.hpp"
#include "rolecall/base/clock.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/store/store.hpp"

namespace rolecall::testing_support {

/// Opens a new, empty store of one engine. Its files, if it has any, lie below the directory.
using OpenStore = std::function<std::unique_ptr<store::Store>(const std::filesystem::path& directory,
                                                              const TextFolder& folder, const Clock& clock)>;

std::vector<adapter::soci::Migration> migrations_of(const std::string& directory);

/// The store, or an exception with the words of the error.
std::unique_ptr<store::Store> opened(Result<std::unique_ptr<store::Store>> result);

std::unique_ptr<store::Store> open_sqlite(const std::filesystem::path& directory, const TextFolder& folder,
                                          const Clock& clock);
std::unique_ptr<store::Store> open_postgresql(const std::filesystem::path&, const TextFolder& folder,
                                              const Clock& clock);
/// PostgreSQL beside a server (tests/postgresql), else SQLite: the suites run once on each.
std::unique_ptr<store::Store> open_store(const std::filesystem::path& directory, const TextFolder& folder,
                                         const Clock& clock);
/// A store without a disk, see memory_store.hpp.
std::unique_ptr<store::Store> open_memory(const std::filesystem::path&, const TextFolder&, const Clock&);

/// The same database at each opening, of the engine that `open_store` chooses.
class TestDatabase {
 public:
  /// For a test that looks into that engine.
  void use_sqlite() { is_sqlite_ = true; }
  std::unique_ptr<store::Store> open(const std::filesystem::path& directory, const TextFolder& folder,
                                     const Clock& clock);

 private:
  bool is_sqlite_ = false;
  std::shared_ptr<contract::PostgresqlSchema> schema_;
};

}  // namespace rolecall::testing_support
