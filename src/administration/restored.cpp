#include "rolecall/administration/restored.hpp"

#include "directory_secret.hpp"
#include "later_trail.hpp"
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

audit::Trail trail_of(store::Workspace& workspace, const Digest& digest, Instant now) {
  return {workspace, digest, now, "system", RequestId("restore")};
}

/// Those that are there and live: one may have been made after the backup.
Result<void> revoke_again(store::Workspace& workspace, const Digest& digest, const LaterTrail& later, Instant now,
                          Restored& restored) {
  audit::Trail trail = trail_of(workspace, digest, now);
  const json::Object details{{"cause", "restored"}};
  for (const TokenId& token : later.revoked_tokens) {
    ROLECALL_TRY_ASSIGN(const bool is_revoked, workspace.tokens().revoke(token, now));
    if (!is_revoked) continue;
    ROLECALL_TRY(trail.record("token.revoked", "Token/" + token.value(), details));
    restored.revoked_tokens.push_back(token);
  }
  for (const TokenId& token : later.revoked_api_tokens) {
    ROLECALL_TRY_ASSIGN(const bool is_revoked, workspace.api_tokens().revoke(token, now));
    if (!is_revoked) continue;
    ROLECALL_TRY(trail.record("api_token.revoked", "ApiToken/" + token.value(), details));
    restored.revoked_tokens.push_back(token);
  }
  return {};
}

Result<void> find_live_tokens(store::Workspace& workspace, Instant now, Restored& restored) {
  ROLECALL_TRY_ASSIGN(const auto tokens, workspace.tokens().list());
  for (const store::TokenRecord& token : tokens) {
    const bool is_retired = token.retires && *token.retires <= now;
    if (is_live(token, now) && !is_retired) restored.live_tokens.push_back(token.id);
  }
  ROLECALL_TRY_ASSIGN(const auto api_tokens, workspace.api_tokens().list());
  for (const store::ApiTokenRecord& token : api_tokens) {
    if (is_live(token, now)) restored.live_api_tokens.push_back(token.id);
  }
  return {};
}

Result<void> settle_webhooks(store::Workspace& workspace, const Digest& digest, const Sealer* sealer, Instant now,
                             Restored& restored) {
  ROLECALL_TRY_ASSIGN(const auto webhooks, workspace.webhooks().list());
  audit::Trail trail = trail_of(workspace, digest, now);
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

Result<void> find_unsealed_directories(store::Workspace& workspace, const Sealer* sealer, Restored& restored) {
  ROLECALL_TRY_ASSIGN(const auto directories, workspace.directories().list());
  for (const store::DirectoryRecord& directory : directories) {
    if (sealer == nullptr || !sealer->open(directory.credential, context_of(workspace.id(), directory.id))) {
      restored.unsealed_directories.push_back(directory.id);
    }
  }
  return {};
}

}  // namespace

Result<Restored> settle_restored(store::UnitOfWork& unit, const Digest& digest, const RestoreOptions& options,
                                 Instant now) {
  Restored restored;
  // All of them are read before the first row is written, which would be the new end of a trail.
  std::vector<LaterTrail> later;
  for (const TrailLines& lines : options.later_trails) {
    ROLECALL_TRY_ASSIGN(auto trail, read_later_trail(unit, digest, lines));
    later.push_back(std::move(trail));
  }
  for (const LaterTrail& trail : later) {
    restored.lost_changes += trail.rows;
    ROLECALL_TRY(revoke_again(unit.workspace(trail.workspace), digest, trail, now, restored));
  }
  ROLECALL_TRY_ASSIGN(const auto workspaces, unit.workspaces());
  for (const store::WorkspaceRecord& record : workspaces) {
    store::Workspace& workspace = unit.workspace(record.id);
    ROLECALL_TRY(find_live_tokens(workspace, now, restored));
    ROLECALL_TRY(settle_webhooks(workspace, digest, options.sealer, now, restored));
    ROLECALL_TRY(find_unsealed_directories(workspace, options.sealer, restored));
  }
  return restored;
}

}  // namespace rolecall::administration
