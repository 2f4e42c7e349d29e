#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "rolecall/adapter/soci/sqlite_store.hpp"
#include "rolecall/base/clock.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/store/store.hpp"

// What the contract suite needs to know about an engine. One more engine is one more row in engines.cpp.

namespace rolecall::contract {

/// A database of its own, empty at first and gone with the factory.
class StoreFactory {
 public:
  virtual ~StoreFactory() = default;
  /// The scripts that the product ships for this engine.
  [[nodiscard]] virtual std::vector<adapter::soci::Migration> migrations() const = 0;
  /// Opens the database, whatever is in it by now. Several stores may be open at once.
  [[nodiscard]] virtual Result<std::unique_ptr<store::Store>> open(
      const std::vector<adapter::soci::Migration>& migrations) = 0;
};

struct Engine {
  std::string name;
  std::function<std::unique_ptr<StoreFactory>(const TextFolder&, const Clock&)> make;
};

/// SQLite, and PostgreSQL beside a server (tests/postgresql).
[[nodiscard]] const std::vector<Engine>& engines();

inline std::ostream& operator<<(std::ostream& out, const Engine& engine) { return out << engine.name; }

/// The shipped scripts of `directory` ("db/sqlite/").
[[nodiscard]] std::vector<adapter::soci::Migration> shipped_migrations(const std::string& directory);

}  // namespace rolecall::contract
