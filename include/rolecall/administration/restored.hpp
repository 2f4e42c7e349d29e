#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/base/clock.hpp"
#include "rolecall/base/digest.hpp"
#include "rolecall/base/sealer.hpp"
#include "rolecall/store/store.hpp"

namespace rolecall::administration {

/// Lines of what `audit export` printed, one at a call; none at the end.
using TrailLines = std::function<Result<std::optional<std::string>>()>;

struct RestoreOptions {
  const Sealer* sealer = nullptr;  ///< null: no key is there
  /// Of the database whose backup it is, from before its end up to as late as there is: one for a workspace.
  std::vector<TrailLines> later_trails;
};

/// What an operator has to know of a database that has gone back in time.
struct Restored {
  std::int64_t lost_changes = 0;         ///< rows of the later trails that come after the backup
  std::vector<TokenId> revoked_tokens;   ///< that the later trails told of, of both kinds
  std::vector<TokenId> live_tokens;      ///< they open again, also those that were revoked since and nobody told of
  std::vector<TokenId> live_api_tokens;  ///< likewise
  std::vector<WebhookId> paused_webhooks;
  std::vector<WebhookId> unsealed_webhooks;       ///< whose secret was sealed with another key than is there
  std::vector<DirectoryId> unsealed_directories;  ///< likewise their credentials
};

/// What a restore does besides putting rows back, within the same unit of work and each with a row in the trail: tokens
/// that were revoked since are revoked again, as far as later trails tell, and webhooks are paused, because what waits
/// for them may have been sent since. `invalid_value` for a later trail that does not verify or does not pass through
/// the end of a restored one.
[[nodiscard]] Result<Restored> settle_restored(store::UnitOfWork& unit, const Digest& digest,
                                               const RestoreOptions& options, Instant now);

}  // namespace rolecall::administration
