#pragma once

#include "sql.hpp"

namespace rolecall::adapter::soci {

inline constexpr Sql kCommit{"commit", "COMMIT"};
inline constexpr Sql kRollback{"rollback", "ROLLBACK"};
inline constexpr Sql kSavepoint{"savepoint", "SAVEPOINT request"};
inline constexpr Sql kRelease{"release", "RELEASE request"};
inline constexpr Sql kRollbackTo{"rollback_to", "ROLLBACK TO request"};
// Of a part within a request.
inline constexpr Sql kSavepointPart{"savepoint_part", "SAVEPOINT part"};
inline constexpr Sql kReleasePart{"release_part", "RELEASE part"};
inline constexpr Sql kRollbackToPart{"rollback_to_part", "ROLLBACK TO part"};

}  // namespace rolecall::adapter::soci
