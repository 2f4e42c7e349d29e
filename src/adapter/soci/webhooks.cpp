#include "words.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

#define ROLECALL_WEBHOOK                                                                                           \
  "SELECT id, url, description, events, is_paused, paused_because, secret, old_secret, old_secret_ends, made_by, " \
  "created, failures, rests_until FROM webhooks WHERE workspace = ? "
constexpr const char* kKinds = "ttttntttntnnn";

constexpr Sql kInsert{
    "webhooks.insert",
    "INSERT INTO webhooks (workspace, id, url, description, events, is_paused, paused_because, secret, old_secret, "
    "old_secret_ends, made_by, created, failures, rests_until, lease, leased_until) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0)"};
constexpr Sql kFind{"webhooks.find", ROLECALL_WEBHOOK "AND id = ?", kKinds};
constexpr Sql kList{"webhooks.list", ROLECALL_WEBHOOK "ORDER BY created, id", kKinds};
constexpr Sql kUpdate{
    "webhooks.update",
    "UPDATE webhooks SET url = ?, description = ?, events = ?, is_paused = ?, paused_because = ?, secret = ?, "
    "old_secret = ?, old_secret_ends = ?, failures = ?, rests_until = ? WHERE workspace = ? AND id = ?"};
constexpr Sql kRemoveDeliveries{"webhooks.remove_deliveries",
                                "DELETE FROM deliveries WHERE workspace = ? AND webhook = ?"};
constexpr Sql kRemove{"webhooks.remove", "DELETE FROM webhooks WHERE workspace = ? AND id = ?"};
constexpr Sql kSubscriptions{"webhooks.subscriptions", "SELECT id, events FROM webhooks WHERE workspace = ?", "tt"};
constexpr Sql kLease{"webhooks.lease",
                     "UPDATE webhooks SET lease = ?, leased_until = ? WHERE workspace = ? AND id = ? AND is_paused = 0 "
                     "AND rests_until <= ? AND leased_until <= ?"};
constexpr Sql kRelease{"webhooks.release",
                       "UPDATE webhooks SET lease = '', leased_until = 0 WHERE workspace = ? AND id = ? AND lease = ?"};
constexpr Sql kDue{"webhooks.due",
                   "SELECT workspace, id FROM webhooks WHERE is_paused = 0 AND rests_until <= ? AND leased_until <= ? "
                   "AND EXISTS (SELECT 1 FROM deliveries WHERE deliveries.workspace = webhooks.workspace AND "
                   "deliveries.webhook = webhooks.id AND deliveries.state = 'pending' AND deliveries.due <= ?) "
                   "ORDER BY rests_until, id LIMIT ?",
                   "tt"};

store::WebhookRecord webhook_of(Row& row) {
  store::WebhookRecord webhook;
  webhook.id = row.id<WebhookId>(0);
  webhook.url = row.text(1);
  webhook.description = row.text(2);
  webhook.events = words_of(row.view(3));
  webhook.is_paused = row.flag(4);
  webhook.paused_because = row.text(5);
  webhook.secret = row.text(6);
  webhook.old_secret = row.text(7);
  webhook.old_secret_ends = row.optional_instant(8);
  webhook.made_by = row.text(9);
  webhook.created = row.instant(10);
  webhook.failures = row.number(11);
  webhook.rests_until = row.instant(12);
  return webhook;
}

}  // namespace

Result<std::vector<store::DueWebhook>> WebhookRepository::due(Session& session, Instant now, std::int64_t limit) {
  std::vector<store::DueWebhook> found;
  ROLECALL_TRY(session.select(kDue, {now, now, now, limit}, [&](Row& row) {
    found.push_back({row.id<WorkspaceId>(0), row.id<WebhookId>(1)});
  }));
  return found;
}

Result<void> WebhookRepository::insert(const store::WebhookRecord& webhook) {
  ROLECALL_TRY(scope_.session.execute(
      kInsert, {scope_.workspace, webhook.id, webhook.url, webhook.description, text_of(webhook.events),
                webhook.is_paused, webhook.paused_because, webhook.secret, webhook.old_secret, webhook.old_secret_ends,
                webhook.made_by, webhook.created, webhook.failures, webhook.rests_until}));
  return {};
}

Result<std::optional<store::WebhookRecord>> WebhookRepository::find(const WebhookId& id) {
  std::optional<store::WebhookRecord> found;
  ROLECALL_TRY(scope_.session.select(kFind, {scope_.workspace, id}, [&](Row& row) { found = webhook_of(row); }));
  return found;
}

Result<std::vector<store::WebhookRecord>> WebhookRepository::list() {
  std::vector<store::WebhookRecord> found;
  ROLECALL_TRY(scope_.session.select(kList, {scope_.workspace}, [&](Row& row) { found.push_back(webhook_of(row)); }));
  return found;
}

Result<bool> WebhookRepository::update(const store::WebhookRecord& webhook) {
  ROLECALL_TRY_ASSIGN(const auto changed,
                      scope_.session.execute(
                          kUpdate, {webhook.url, webhook.description, text_of(webhook.events), webhook.is_paused,
                                    webhook.paused_because, webhook.secret, webhook.old_secret, webhook.old_secret_ends,
                                    webhook.failures, webhook.rests_until, scope_.workspace, webhook.id}));
  return changed > 0;
}

Result<bool> WebhookRepository::remove(const WebhookId& id) {
  ROLECALL_TRY(scope_.session.execute(kRemoveDeliveries, {scope_.workspace, id}));
  ROLECALL_TRY_ASSIGN(const auto removed, scope_.session.execute(kRemove, {scope_.workspace, id}));
  return removed > 0;
}

Result<std::vector<store::Subscription>> WebhookRepository::subscriptions() {
  std::vector<store::Subscription> found;
  ROLECALL_TRY(scope_.session.select_kept(kSubscriptions, {scope_.workspace}, [&](Row& row) {
    found.push_back({row.id<WebhookId>(0), words_of(row.view(1))});
  }));
  return found;
}

Result<bool> WebhookRepository::lease(const WebhookId& id, const std::string& lease, Instant now, Instant until) {
  ROLECALL_TRY_ASSIGN(const auto taken, scope_.session.execute(kLease, {lease, until, scope_.workspace, id, now, now}));
  return taken > 0;
}

Result<bool> WebhookRepository::release(const WebhookId& id, const std::string& lease) {
  ROLECALL_TRY_ASSIGN(const auto released, scope_.session.execute(kRelease, {scope_.workspace, id, lease}));
  return released > 0;
}

}  // namespace rolecall::adapter::soci
