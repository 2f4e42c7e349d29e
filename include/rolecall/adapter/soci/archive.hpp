#pragma once

#include <memory>
#include <vector>

#include "rolecall/adapter/soci/postgresql_store.hpp"
#include "rolecall/adapter/soci/sqlite_store.hpp"
#include "rolecall/store/archive.hpp"

// A whole database for archives, beside the servers that use it. Nothing is opened before it is needed; what is opened
// is closed when the call returns. `folder` and `clock` outlive the archive.

namespace rolecall::adapter::soci {

/// `sqlite` are the scripts of db/sqlite, from which the schema is read: the other engines' have the same tables.
struct ArchiveMigrations {
  std::vector<Migration> sqlite;
  std::vector<Migration> own;  ///< of the engine of the database
};

/// `options.path` must exist to be dumped and is made when it is loaded.
[[nodiscard]] std::unique_ptr<store::Archive> make_sqlite_archive(const SqliteOptions& options,
                                                                  ArchiveMigrations migrations,
                                                                  const TextFolder& folder, const Clock& clock);

/// Of the time limits only that for the turn of others counts: a page of rows and a restore take their time.
[[nodiscard]] std::unique_ptr<store::Archive> make_postgresql_archive(const PostgresqlOptions& options,
                                                                      ArchiveMigrations migrations,
                                                                      const TextFolder& folder, const Clock& clock);

}  // namespace rolecall::adapter::soci
