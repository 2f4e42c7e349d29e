#include "enum_text.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

using store::DeliveryState;

constexpr EnumText<DeliveryState, 3> kStates{{{{DeliveryState::pending, "pending"},
                                               {DeliveryState::delivered, "delivered"},
                                               {DeliveryState::failed, "failed"}}}};

#define ROLECALL_DELIVERY                                                                                      \
  "SELECT d.webhook, d.seq, d.state, d.attempts, d.due, d.first_attempt, d.last_attempt, d.status, d.reason, " \
  "d.micros, e.id, e.type, e.at"
#define ROLECALL_OF_EVENT " FROM deliveries d JOIN outbox e ON e.workspace = d.workspace AND e.seq = d.seq "
constexpr const char* kKinds = "tntnnnnntnttn";
constexpr const char* kKindsWithPayload = "tntnnnnntnttnt";

constexpr Sql kPutEvent{"outbox.put_event",
                        "INSERT INTO outbox (workspace, seq, id, type, at, payload) VALUES (?, ?, ?, ?, ?, ?)"};
constexpr Sql kPutDelivery{
    "outbox.put_delivery",
    "INSERT INTO deliveries (workspace, webhook, seq, state, attempts, due, first_attempt, last_attempt, status, "
    "reason, micros) VALUES (?, ?, ?, 'pending', 0, 0, NULL, NULL, 0, '', 0)"};
constexpr Sql kNextDue{"outbox.next_due",
                       ROLECALL_DELIVERY ", e.payload" ROLECALL_OF_EVENT
                                         "WHERE d.workspace = ? AND d.webhook = ? AND d.state = 'pending' AND "
                                         "d.due <= ? ORDER BY d.seq LIMIT 1",
                       kKindsWithPayload};
constexpr Sql kFind{"outbox.find",
                    ROLECALL_DELIVERY
                    ", e.payload FROM outbox e JOIN deliveries d ON d.workspace = e.workspace AND "
                    "d.webhook = ? AND d.seq = e.seq WHERE e.workspace = ? AND e.id = ?",
                    kKindsWithPayload};
constexpr Sql kUpdate{"outbox.update",
                      "UPDATE deliveries SET state = ?, attempts = ?, due = ?, first_attempt = ?, last_attempt = ?, "
                      "status = ?, reason = ?, micros = ? WHERE workspace = ? AND webhook = ? AND seq = ?"};
constexpr Sql kPage{"outbox.page",
                    ROLECALL_DELIVERY ROLECALL_OF_EVENT
                    "WHERE d.workspace = ? AND d.webhook = ? AND d.seq < ? AND (? = '' OR d.state = ?) "
                    "ORDER BY d.seq DESC LIMIT ?",
                    kKinds};
constexpr Sql kCounts{
    "outbox.counts", "SELECT state, COUNT(*) FROM deliveries WHERE workspace = ? AND webhook = ? GROUP BY state", "tn"};
/// The oldest ones alone are looked at, and a bounded number of them: the writer has other things to do. Deliveries go
/// with their event.
constexpr Sql kPruneAge{"outbox.prune_age",
                        "DELETE FROM outbox WHERE workspace = ? AND at < ? AND seq IN "
                        "(SELECT seq FROM outbox WHERE workspace = ? ORDER BY seq LIMIT 10000)"};
constexpr Sql kPruneCount{
    "outbox.prune_count",
    "DELETE FROM outbox WHERE workspace = ? AND seq IN (SELECT seq FROM outbox WHERE workspace = ? "
    "AND seq <= (SELECT seq FROM outbox WHERE workspace = ? ORDER BY seq DESC LIMIT 1 OFFSET ?) "
    "ORDER BY seq LIMIT 10000)"};

store::DeliveryOfEvent delivery_of(Row& row) {
  store::DeliveryOfEvent found;
  found.delivery.webhook = row.id<WebhookId>(0);
  found.delivery.seq = row.number(1);
  found.delivery.state = kStates.value(row.view(2));
  found.delivery.attempts = row.number(3);
  found.delivery.due = row.instant(4);
  found.delivery.first_attempt = row.optional_instant(5);
  found.delivery.last_attempt = row.optional_instant(6);
  found.delivery.status = row.number(7);
  found.delivery.reason = row.text(8);
  found.delivery.micros = row.number(9);
  found.event.seq = found.delivery.seq;
  found.event.id = row.id<EventId>(10);
  found.event.type = row.text(11);
  found.event.at = row.instant(12);
  return found;
}

}  // namespace

Result<void> OutboxRepository::put(const store::EventRecord& event, const std::vector<WebhookId>& webhooks) {
  ROLECALL_TRY(scope_.session.execute_later(
      kPutEvent, {scope_.workspace, event.seq, event.id, event.type, event.at, event.payload}));
  for (const WebhookId& webhook : webhooks) {
    ROLECALL_TRY(scope_.session.execute_later(kPutDelivery, {scope_.workspace, webhook, event.seq}));
  }
  return {};
}

Result<std::optional<store::DeliveryOfEvent>> OutboxRepository::next_due(const WebhookId& webhook, Instant now) {
  std::optional<store::DeliveryOfEvent> found;
  ROLECALL_TRY(scope_.session.select(kNextDue, {scope_.workspace, webhook, now}, [&](Row& row) {
    found = delivery_of(row);
    found->event.payload = row.text(13);
  }));
  return found;
}

Result<std::optional<store::DeliveryOfEvent>> OutboxRepository::find(const WebhookId& webhook, const EventId& event) {
  std::optional<store::DeliveryOfEvent> found;
  ROLECALL_TRY(scope_.session.select(kFind, {webhook, scope_.workspace, event}, [&](Row& row) {
    found = delivery_of(row);
    found->event.payload = row.text(13);
  }));
  return found;
}

Result<bool> OutboxRepository::update(const store::DeliveryRecord& delivery) {
  ROLECALL_TRY_ASSIGN(
      const auto changed,
      scope_.session.execute(kUpdate, {kStates.text(delivery.state), delivery.attempts, delivery.due,
                                       delivery.first_attempt, delivery.last_attempt, delivery.status, delivery.reason,
                                       delivery.micros, scope_.workspace, delivery.webhook, delivery.seq}));
  return changed > 0;
}

Result<std::vector<store::DeliveryOfEvent>> OutboxRepository::page(const WebhookId& webhook, std::int64_t before,
                                                                   const std::optional<DeliveryState>& state,
                                                                   std::int64_t limit) {
  const std::string_view wanted = state ? std::string_view(kStates.text(*state)) : std::string_view();
  std::vector<store::DeliveryOfEvent> found;
  ROLECALL_TRY(scope_.session.select(kPage, {scope_.workspace, webhook, before, wanted, wanted, limit},
                                     [&](Row& row) { found.push_back(delivery_of(row)); }));
  return found;
}

Result<store::DeliveryCounts> OutboxRepository::counts(const WebhookId& webhook) {
  store::DeliveryCounts counts;
  ROLECALL_TRY(scope_.session.select(kCounts, {scope_.workspace, webhook}, [&](Row& row) {
    const auto state = kStates.value(row.view(0));
    if (state == DeliveryState::pending) counts.pending = row.number(1);
    if (state == DeliveryState::failed) counts.failed = row.number(1);
  }));
  return counts;
}

Result<void> OutboxRepository::prune(std::int64_t keep, Instant oldest) {
  ROLECALL_TRY(scope_.session.execute(kPruneAge, {scope_.workspace, oldest, scope_.workspace}));
  ROLECALL_TRY(scope_.session.execute(kPruneCount, {scope_.workspace, scope_.workspace, scope_.workspace, keep}));
  return {};
}

}  // namespace rolecall::adapter::soci
