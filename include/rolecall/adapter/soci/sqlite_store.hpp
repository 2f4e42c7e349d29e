#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rolecall/base/clock.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/store/store.hpp"

namespace rolecall::adapter::soci {

/// One numbered script of `db/sqlite`. A migration that was ever released never changes.
struct Migration {
  int number = 0;
  std::string name;
  std::string sql;
  /// Programs whose newest migration is this one or a later one still work on the schema that this script leaves; they
  /// may run beside the one that applied it. 0 stands for `number`: only those that know the script.
  int oldest_program = 0;
};

struct SqliteOptions {
  std::string path;                ///< the database file; its directory must exist
  std::size_t readers = 4;         ///< connections that read at the same time
  std::size_t write_queue = 1024;  ///< writes waiting for their commit; one more is refused as `unavailable`
  std::chrono::milliseconds busy_timeout{5000};   ///< for another process's lock
  std::chrono::milliseconds lease_timeout{5000};  ///< for a free reader, or a place in a commit
  /// Called once, from the writer's thread, when a commit, or the copying of the log into the database, met an I/O
  /// error: what the disk holds is then unknown, every later call answers `unavailable`, and the process should end and
  /// be started again.
  std::function<void(std::string)> on_fatal;
  /// Called for each migration that was applied, before they are committed together.
  std::function<void(const Migration&)> on_migration;
};

/// Takes (path, text) pairs, keeps `….sql` files directly in `directory` ("db/sqlite/"), reads the number in front of
/// their names and sorts by it. A line `-- oldest program: N` says `Migration::oldest_program`. Fails on a name without
/// a number, on numbers other than 1, 2, 3 …, and on an oldest program that is none of them or a later one.
[[nodiscard]] Result<std::vector<Migration>> migrations_from(
    const std::vector<std::pair<std::string_view, std::string_view>>& files, std::string_view directory);

/// Opens the database, makes it when there is none, and applies the migrations it lacks in one exclusive transaction.
/// Fails when an applied migration's text has changed, or the schema is newer than `migrations` and does not say that
/// it suits them. `folder` and `clock` outlive the store.
[[nodiscard]] Result<std::unique_ptr<store::Store>> open_sqlite_store(const SqliteOptions& options,
                                                                      const std::vector<Migration>& migrations,
                                                                      const TextFolder& folder, const Clock& clock);

}  // namespace rolecall::adapter::soci
