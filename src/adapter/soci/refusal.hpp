#pragma once

#include <string>

#include "rolecall/adapter/soci/postgresql_store.hpp"
#include "rolecall/adapter/soci/sqlite_store.hpp"

namespace rolecall::adapter::soci {

/// What an operator is told when the database cannot be opened.
[[nodiscard]] std::string refusal_of(const SqliteOptions& options);
[[nodiscard]] std::string refusal_of(const PostgresqlOptions& options);

/// And when nothing of ours is in it.
[[nodiscard]] std::string emptiness_of(const SqliteOptions& options);
[[nodiscard]] std::string emptiness_of(const PostgresqlOptions& options);

}  // namespace rolecall::adapter::soci
