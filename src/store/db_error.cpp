#include "rolecall/store/db_error.hpp"

#include <chrono>
#include <string_view>

#include "rolecall/base/result.hpp"

namespace rolecall::store {
namespace {

/// Long enough for a commit or a restart, short enough for an IdP's retry.
constexpr std::chrono::seconds kRetryAfter{2};

struct Taken {
  std::string_view constraint;
  std::string_view attribute;
  std::string_view detail;
};

constexpr Taken kTaken[] = {
    {"resources.unique_key", "", "The name is taken."},
    {"resources.unique_scope", "", "The name is taken."},
    {"unique_values.key", "", "The value is taken."},
    {"resources.id", "id", "A resource with this id exists already."},
    {"roles.name_key", "name", "A role with this name exists already."},
    {"connections.name", "name", "A connection with this name exists already."},
    {"workspaces.name", "name", "A workspace with this name exists already."},
    {"links.role", "role", "This group is linked to this role already."},
};

std::string_view name_of(DbError::Kind kind) {
  switch (kind) {
    case DbError::Kind::unique:
      return "unique";
    case DbError::Kind::foreign_key:
      return "foreign_key";
    case DbError::Kind::check:
      return "check";
    case DbError::Kind::busy:
      return "busy";
    case DbError::Kind::serialization:
      return "serialization";
    case DbError::Kind::timeout:
      return "timeout";
    case DbError::Kind::connection:
      return "connection";
    case DbError::Kind::full:
      return "full";
    case DbError::Kind::corrupt:
      return "corrupt";
    case DbError::Kind::other:
      return "other";
  }
  return "other";
}

std::string note_of(const DbError& error) {
  std::string note = "database: ";
  note += name_of(error.kind);
  if (!error.statement.empty()) note += " in " + error.statement;
  if (!error.constraint.empty()) note += ", constraint " + error.constraint;
  if (error.native_code != 0) note += ", code " + std::to_string(error.native_code);
  if (!error.sql_state.empty()) note += ", sqlstate " + error.sql_state;
  return note;
}

Error taken(const DbError& error) {
  for (const Taken& entry : kTaken) {
    if (entry.constraint != error.constraint) continue;
    return Error{ErrorCode::uniqueness, std::string(entry.detail), std::string(entry.attribute), note_of(error), {}};
  }
  return Error{ErrorCode::uniqueness, "This exists already.", {}, note_of(error), {}};
}

}  // namespace

Error to_error(const DbError& error) {
  switch (error.kind) {
    case DbError::Kind::unique:
      return taken(error);
    case DbError::Kind::busy:
    case DbError::Kind::serialization:
    case DbError::Kind::timeout:
    case DbError::Kind::connection:
      return Error{ErrorCode::unavailable,
                   "The database is not available just now. Try again.",
                   {},
                   note_of(error),
                   kRetryAfter};
    case DbError::Kind::full:
      return Error{ErrorCode::unavailable,
                   "The database has no room left, so nothing can be changed until there is some. Try again.",
                   {},
                   note_of(error),
                   kRetryAfter};
    case DbError::Kind::foreign_key:
    case DbError::Kind::check:
    case DbError::Kind::corrupt:
    case DbError::Kind::other:
      break;
  }
  return internal_error(note_of(error)).value();
}

}  // namespace rolecall::store
