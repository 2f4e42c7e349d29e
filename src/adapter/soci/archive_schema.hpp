#pragma once

#include <vector>

#include "rolecall/adapter/soci/sqlite_store.hpp"
#include "rolecall/base/clock.hpp"
#include "rolecall/store/archive.hpp"

namespace rolecall::adapter::soci {

/// What the scripts of db/sqlite up to `version` make, read from SQLite's own catalogue after running them in memory.
/// So there is no list of tables to be kept, and tables that somebody else put beside ours are not taken for ours.
[[nodiscard]] Result<store::ArchiveSchema> archive_schema(const std::vector<Migration>& migrations, int version,
                                                          const Clock& clock);

}  // namespace rolecall::adapter::soci
