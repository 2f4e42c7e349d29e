#pragma once

#include <string>

#include "rolecall/adapter/soci/postgresql_store.hpp"
#include "rolecall/adapter/soci/sqlite_store.hpp"
#include "session.hpp"

namespace rolecall::adapter::soci {

/// What an operator is told when the database cannot be opened.
struct Refusal {
  std::string sentence;
  std::string advice;  ///< what to look at when the engine does not know why
};

[[nodiscard]] Refusal refusal_of(const SqliteOptions& options);
[[nodiscard]] Refusal refusal_of(const PostgresqlOptions& options);
/// Called inside a catch block around `Engine::connect`.
[[nodiscard]] Error open_failure(const Engine& engine, const Refusal& refusal);

/// And when nothing of ours is in it.
[[nodiscard]] std::string emptiness_of(const SqliteOptions& options);
[[nodiscard]] std::string emptiness_of(const PostgresqlOptions& options);

}  // namespace rolecall::adapter::soci
