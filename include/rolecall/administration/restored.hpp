#pragma once

#include <vector>

#include "rolecall/base/clock.hpp"
#include "rolecall/base/digest.hpp"
#include "rolecall/base/sealer.hpp"
#include "rolecall/store/store.hpp"

namespace rolecall::administration {

/// What an operator has to know of a database that has gone back in time.
struct Restored {
  /// They open again, also those that were revoked after the backup.
  std::vector<TokenId> live_tokens;
  std::vector<TokenId> live_api_tokens;
  std::vector<WebhookId> paused_webhooks;
  std::vector<WebhookId> unsealed_webhooks;  ///< whose secret was sealed with another key than is there
};

/// What a restore does besides putting rows back, within the same unit of work: webhooks are paused, with a row in the
/// trail for each, because what waits for them may have been sent since the backup. `sealer` may be null: no key.
[[nodiscard]] Result<Restored> settle_restored(store::UnitOfWork& unit, const Digest& digest, const Sealer* sealer,
                                               Instant now);

}  // namespace rolecall::administration
