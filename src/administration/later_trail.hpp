#pragma once

#include "rolecall/administration/restored.hpp"

namespace rolecall::administration {

/// What happened after a backup, as far as it matters to a restore.
struct LaterTrail {
  WorkspaceId workspace;
  std::int64_t rows = 0;
  std::vector<TokenId> revoked_tokens;
  std::vector<TokenId> revoked_api_tokens;
};

/// Finds the workspace whose trail the lines go on from, and reads what follows.
[[nodiscard]] Result<LaterTrail> read_later_trail(store::UnitOfWork& unit, const Digest& digest,
                                                  const TrailLines& lines);

}  // namespace rolecall::administration
