#include "rolecall/administration/restored.hpp"

#include "rolecall/audit/trail.hpp"
#include "webhook_secret.hpp"

namespace rolecall::administration {
namespace {

constexpr const char* kBecause =
    "The database was restored from a backup: events may have been sent since it was made.";

template <typename Token>
bool is_live(const Token& token, Instant now) {
  return !token.revoked && (!token.expires || now < *token.expires);
}

Result<void> settle_webhooks(store::Workspace& workspace, const Digest& digest, const Sealer* sealer, Instant now,
                             Restored& restored) {
  ROLECALL_TRY_ASSIGN(const auto webhooks, workspace.webhooks().list());
  audit::Trail trail(workspace, digest, now, "system", RequestId("restore"));
  for (store::WebhookRecord webhook : webhooks) {
    if (sealer == nullptr || !sealer->open(webhook.secret, context_of(workspace.id(), webhook.id))) {
      restored.unsealed_webhooks.push_back(webhook.id);
    }
    if (webhook.is_paused) continue;
    webhook.is_paused = true;
    webhook.paused_because = kBecause;
    ROLECALL_TRY(workspace.webhooks().update(webhook));
    ROLECALL_TRY(trail.record("webhook.paused", "Webhook/" + webhook.id.value(), {{"cause", "restored"}}));
    restored.paused_webhooks.push_back(webhook.id);
  }
  return {};
}

}  // namespace

Result<Restored> settle_restored(store::UnitOfWork& unit, const Digest& digest, const Sealer* sealer, Instant now) {
  Restored restored;
  ROLECALL_TRY_ASSIGN(const auto workspaces, unit.workspaces());
  for (const store::WorkspaceRecord& record : workspaces) {
    store::Workspace& workspace = unit.workspace(record.id);
    ROLECALL_TRY_ASSIGN(const auto tokens, workspace.tokens().list());
    for (const store::TokenRecord& token : tokens) {
      const bool is_retired = token.retires && *token.retires <= now;
      if (is_live(token, now) && !is_retired) restored.live_tokens.push_back(token.id);
    }
    ROLECALL_TRY_ASSIGN(const auto api_tokens, workspace.api_tokens().list());
    for (const store::ApiTokenRecord& token : api_tokens) {
      if (is_live(token, now)) restored.live_api_tokens.push_back(token.id);
    }
    ROLECALL_TRY(settle_webhooks(workspace, digest, sealer, now, restored));
  }
  return restored;
}

}  // namespace rolecall::administration
