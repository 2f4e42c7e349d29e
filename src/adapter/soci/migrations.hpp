#pragma once

#include <vector>

#include "rolecall/adapter/soci/sqlite_store.hpp"
#include "rolecall/base/clock.hpp"
#include "session.hpp"

namespace rolecall::adapter::soci {

/// Brings the schema up to `options.migrations`: all that is missing, in one transaction that other processes wait for.
[[nodiscard]] Result<void> migrate(Session& session, const std::vector<Migration>& migrations, const Clock& clock,
                                   const std::function<void(const Migration&)>& on_migration);

/// The same within the transaction that is open, up to `version` at most.
[[nodiscard]] Result<void> apply_migrations(Session& session, const std::vector<Migration>& migrations, int version,
                                            const Clock& clock,
                                            const std::function<void(const Migration&)>& on_migration);

/// Number of the last migration that was applied, 0 for a database without our tables. `conflict` when it is not among
/// `migrations`, or is another one of that number.
[[nodiscard]] Result<int> schema_version(Session& session, const std::vector<Migration>& migrations);

/// One sentence for each way in which the schema is not what `migrations` make.
[[nodiscard]] Result<std::vector<std::string>> check_schema(Session& session, const std::vector<Migration>& migrations);

}  // namespace rolecall::adapter::soci
