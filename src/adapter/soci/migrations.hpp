#pragma once

#include <vector>

#include "rolecall/adapter/soci/sqlite_store.hpp"
#include "rolecall/base/clock.hpp"
#include "session.hpp"

namespace rolecall::adapter::soci {

/// Brings the schema up to `options.migrations`: all that is missing, in one transaction that other processes wait for.
[[nodiscard]] Result<void> migrate(Session& session, const std::vector<Migration>& migrations, const Clock& clock,
                                   const std::function<void(const Migration&)>& on_migration);

/// One sentence for each way in which the schema is not what `migrations` make.
[[nodiscard]] Result<std::vector<std::string>> check_schema(Session& session, const std::vector<Migration>& migrations);

}  // namespace rolecall::adapter::soci
