#pragma once

#include <string>

#include "rolecall/base/error.hpp"

namespace rolecall::store {

/// What went wrong in the database, without its words: driver texts hold the bound values.
struct DbError {
  enum class Kind { unique, foreign_key, check, busy, serialization, timeout, connection, full, corrupt, other };
  Kind kind = Kind::other;
  std::string constraint;  ///< "resources.unique_key" when known
  int native_code = 0;     ///< SQLite extended code; 0 elsewhere
  std::string sql_state;   ///< PostgreSQL
  std::string statement;   ///< id of the statement, never its values
};

/// unique → `uniqueness`, busy/timeout/connection/serialization/full → `unavailable` with retry_after, others →
/// `internal`.
[[nodiscard]] Error to_error(const DbError& error);

}  // namespace rolecall::store
