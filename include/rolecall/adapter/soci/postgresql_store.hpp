#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "rolecall/adapter/soci/sqlite_store.hpp"
#include "rolecall/base/secret.hpp"

namespace rolecall::adapter::soci {

/// One database for several replicas. Writes of all of them take turns (an advisory lock of the transaction), so that
/// what a use case decides by what it read still holds when it commits; requests that arrive together at one replica
/// share one commit, as on SQLite. Prepared statements belong to their connection: a pooler in between has to pool
/// sessions, not transactions.
struct PostgresqlOptions {
  /// postgresql://user:password@host:port/database?sslmode=verify-full&…, with all that libpq knows
  /// (https://www.postgresql.org/docs/15/libpq-connect.html). Tables are made in the first schema of `search_path`.
  Secret address;
  std::size_t readers = 8;         ///< connections that read at the same time; one more writes
  std::size_t write_queue = 1024;  ///< writes waiting for their commit; one more is refused as `unavailable`
  std::chrono::milliseconds lease_timeout{5000};       ///< for a free reader, or a place in a commit
  std::chrono::milliseconds statement_timeout{30000};  ///< for one statement
  std::chrono::milliseconds lock_timeout{5000};        ///< for the turn of another replica
  /// Then PostgreSQL ends the session: for so long a replica that freezes in the middle of a write holds up the others.
  std::chrono::milliseconds idle_in_transaction_timeout{10000};
  /// Called for each migration that was applied, before they are committed together.
  std::function<void(const Migration&)> on_migration;
};

/// As `open_sqlite_store`. The database itself has to be there. Replicas may open it at the same time: one migrates,
/// the others wait.
[[nodiscard]] Result<std::unique_ptr<store::Store>> open_postgresql_store(const PostgresqlOptions& options,
                                                                          const std::vector<Migration>& migrations,
                                                                          const TextFolder& folder, const Clock& clock);

}  // namespace rolecall::adapter::soci
