#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rolecall/app/configuration.hpp"
#include "rolecall/base/clock.hpp"
#include "rolecall/base/secret.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/log/logger.hpp"
#include "rolecall/store/archive.hpp"
#include "rolecall/store/store.hpp"

namespace rolecall::app {

/// Which database the configuration names.
struct Database {
  Secret address;    ///< of PostgreSQL; empty: SQLite
  std::string path;  ///< of SQLite's file

  [[nodiscard]] bool is_shared() const { return !address.empty(); }
  [[nodiscard]] std::string_view engine() const { return is_shared() ? "postgresql" : "sqlite"; }
};

[[nodiscard]] Database database_of(const Configuration& configuration, const std::string& directory);

/// Opens it with the migrations that the binary carries. `on_fatal`: see SqliteOptions.
[[nodiscard]] Result<std::unique_ptr<store::Store>> open_database(const Configuration& configuration,
                                                                  const Database& database,
                                                                  std::function<void(std::string)> on_fatal,
                                                                  const TextFolder& folder, const Clock& clock,
                                                                  log::Logger& log);

/// The same database as a whole, beside the servers that use it. Nothing is opened before it is asked for.
[[nodiscard]] Result<std::unique_ptr<store::Archive>> make_archive(const Configuration& configuration,
                                                                   const Database& database, const TextFolder& folder,
                                                                   const Clock& clock);

}  // namespace rolecall::app
